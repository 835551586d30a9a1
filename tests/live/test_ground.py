"""The servers that the other live tests stand on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient

from schemas.topics import INBOUND, ROUTED
from tests.ground import redis
from tests.ground.broker import sasl
from tests.ground.kafka import Broker, answers
from tests.ground.process import wait_until
from tests.ground.reading import read_all, read_committed
from tests.ground.redis import RedisServer
from tests.ground.topics import Topics
from tests.ground.users import add_scram_user

PASSWORD = "not-a-secret"


@pytest.mark.prove
def test_a_killed_broker_comes_back_with_its_data(brokers: Callable[..., Broker]) -> None:
    broker = brokers()
    topics = Topics(broker.bootstrap)
    topics.create(only=[INBOUND])
    _send(broker.bootstrap, topics.name(INBOUND), b"kept")
    broker.kill()
    assert not answers(broker.bootstrap)
    broker.start()
    assert [each.value() for each in read_committed(broker.bootstrap, [topics.name(INBOUND)])] == [b"kept"]


@pytest.mark.prove
def test_a_frozen_broker_answers_again_once_it_goes_on(brokers: Callable[..., Broker]) -> None:
    broker = brokers()
    broker.pause()
    assert not answers(broker.bootstrap)
    broker.resume()
    wait_until(lambda: answers(broker.bootstrap), 10, "going on")


def test_what_an_aborted_transaction_wrote_is_seen_only_by_those_who_ask(
    broker: Broker, topics: Topics
) -> None:
    topics.create(only=[ROUTED])
    producer = Producer({"bootstrap.servers": broker.bootstrap, "transactional.id": topics.prefix})
    producer.init_transactions()
    for value, end in ((b"gone", producer.abort_transaction), (b"there", producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(topics.name(ROUTED), value)
        producer.flush()
        end()
    names = [topics.name(ROUTED)]
    assert [each.value() for each in read_committed(broker.bootstrap, names)] == [b"there"]
    assert {each.value() for each in read_all(broker.bootstrap, names)} == {b"gone", b"there"}


@pytest.mark.prove
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_the_locked_door_opens_for_the_password_alone(brokers: Callable[..., Broker], mechanism: str) -> None:
    broker = brokers(listeners=(sasl(PASSWORD),))
    add_scram_user(broker.bootstrap, "worker", PASSWORD)
    assert _opens(broker.door("SASL"), mechanism, PASSWORD)
    assert not _opens(broker.door("SASL"), mechanism, "wrong")


def test_a_killed_redis_comes_back_empty_on_its_port(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.start()
    server.kill()
    assert not redis.answers(server.url)
    server.start()
    assert redis.answers(server.url)
    server.stop()


def test_a_server_ends_even_when_its_tests_are_killed(tmp_path: Path) -> None:
    script = f"""
import pathlib, time
from tests.ground.redis import RedisServer
server = RedisServer(pathlib.Path({str(tmp_path)!r}))
server.start()
print(server.url, flush=True)
time.sleep(60)
"""
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    url = child.stdout.readline().strip()
    assert redis.answers(url)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    wait_until(lambda: not redis.answers(url), 5, "the server's end")


def _send(bootstrap: str, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(topic, value)
    assert producer.flush(10) == 0


def _opens(bootstrap: str, mechanism: str, password: str) -> bool:
    client = AdminClient(
        {
            "bootstrap.servers": bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": mechanism,
            "sasl.username": "worker",
            "sasl.password": password,
            "log_level": 0,
        }
    )
    try:
        return bool(client.list_topics(timeout=5).brokers)
    except KafkaException:
        return False
