"""Kafka and Redis inside this process, for a demonstration: nothing is kept, nothing is installed."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
from confluent_kafka import Producer
from fakeredis import TcpFakeServer
from redis import Redis

from processors.enrich import CUSTOMER
from schemas import topics
from streams.context import redis_key

LOCAL = "127.0.0.1"
ANSWER_S = 10.0
CUSTOMERS: Mapping[str, Mapping[str, str | int]] = {
    "u-0": {"tier": "gold", "orders": 31},
    "u-1": {"tier": "basic", "open_order": "4711"},
    "u-2": {"tier": "basic", "orders": 2},
    "u-3": {"tier": "business", "seats": 12},
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where both are; the broker lives as long as its producer does."""

    producer: Producer
    brokers: str
    redis_url: str


@contextlib.contextmanager
def embedded() -> Iterator[Embedded]:
    """librdkafka's own mock of a broker, and a Redis that is a thread, for as long as the block lasts."""
    producer = Producer(
        {"test.mock.num.brokers": 1, "partitioner": "murmur2_random", "linger.ms": 0, "log_level": 0}
    )
    brokers = producer.list_topics(timeout=ANSWER_S).brokers.values()
    for topic in topics.ALL:
        # The mock makes a topic when it is asked for by name.
        producer.list_topics(topic.name, timeout=ANSWER_S)
    with _redis() as url:
        _remember_customers(url)
        yield Embedded(producer, ",".join(f"{broker.host}:{broker.port}" for broker in brokers), url)


@contextlib.contextmanager
def _redis() -> Iterator[str]:
    server = TcpFakeServer((LOCAL, 0))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="redis", daemon=True).start()
    try:
        yield f"redis://{LOCAL}:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()


def _remember_customers(url: str) -> None:
    """Some facts, so that decisions have something to be enriched with."""
    with Redis.from_url(url, protocol=2) as client:
        for customer, facts in CUSTOMERS.items():
            client.set(redis_key(("default", CUSTOMER, customer)), msgspec.json.encode(facts))
