"""How long what can't wait does wait behind a backlog, how much of the work a flood of it leaves the rest."""

import time

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.events import Source
from schemas.topics import AUDIT, PRIORITY
from tests.bench.field import Field, message
from tests.bench.latency import Watch, quantile

PER_SECOND = 20


def report(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    """The worst p99 of the rounds, the smallest share."""
    waits = [behind(Field(brokers, redis_url), 30_000 // less, 20 // min(less, 4)) for _ in range(rounds)]
    shares = [share(Field(brokers, redis_url), 10_000 // less) for _ in range(rounds)]
    worst = sorted(max(waits, key=lambda each: quantile(sorted(each), 0.99)))
    return [
        f"urgent behind a backlog: p50 {quantile(worst, 0.5):.0f} ms, p99 {quantile(worst, 0.99):.0f} ms (at most 500)",
        f"share of the normal lane in a flood: {min(shares):.0%} (at least 20 %)",
    ]


def behind(field: Field, backlog: int, seconds: int) -> list[float]:
    """Milliseconds of urgent messages while the normal lane's wait."""
    field.create()
    field.feed(200)
    with field.process("streams.cli", "run"):
        field.await_count(200, 120)
        watch = Watch(field, [AUDIT])
        field.feed(backlog)
        steadily(field, PRIORITY, "t", PER_SECOND, PER_SECOND * seconds)
        return watch.latencies(PER_SECOND * seconds, PER_SECOND)


def share(field: Field, messages: int) -> float:
    """How much of the work was the normal lane's, from its first message to the last urgent one."""
    field.create()
    field.feed(messages, PRIORITY)
    field.feed(messages)
    with field.process("streams.cli", "run"):
        field.await_count(messages, 600)
        lanes = [
            each.source.topic for each in sorted(decided(field, 2 * messages), key=lambda one: one.decided_at)
        ]
    urgent = field.prefix + PRIORITY
    last = len(lanes) - lanes[::-1].index(urgent)
    both = lanes[next(place for place, lane in enumerate(lanes) if lane != urgent) : last]
    return 1 - both.count(urgent) / len(both)


class Decided(msgspec.Struct, frozen=True):
    """Of an audit record what says when a record of which topic was decided."""

    decided_at: str
    message_id: str
    conversation: str
    source: Source


_decided = msgspec.json.Decoder(Decided).decode


def decided(field: Field, wanted: int, seconds: float = 60) -> list[Decided]:
    """What was decided of all records, in no order; fails where some are missing."""
    consumer: Consumer = field.onlooker()
    consumer.assign([TopicPartition(field.prefix + AUDIT, p, 0) for p in range(field.partitions)])
    found: list[Decided] = []
    end = time.monotonic() + seconds
    while len(found) < wanted and time.monotonic() < end:
        found += [_decided(each.value() or b"") for each in consumer.consume(5000, 0.2) if not each.error()]
    consumer.close()
    if len(found) != wanted:
        raise RuntimeError(f"{len(found)} of {wanted} were decided within {seconds:.0f} s")
    return found


def steadily(
    field: Field, topic: str, mark: str, per_second: int, messages: int, tenant: str = "default"
) -> None:
    """One message at a time on a fixed schedule, the moment of sending in its id, which is its audit's key."""
    producer = Producer({"bootstrap.servers": field.brokers, "linger.ms": 0})
    begin = time.time()
    for number in range(messages):
        time.sleep(max(0.0, begin + number / per_second - time.time()))
        said = msgspec.json.decode(message(number)) | {"id": f"{mark}-{time.time():.6f}", "tenant": tenant}
        said["conversation"] = f"{tenant}-{number % 500}"
        producer.produce(field.prefix + topic, msgspec.json.encode(said), said["conversation"])
        producer.poll(0)
    producer.flush(30)
