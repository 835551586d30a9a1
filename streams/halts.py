"""The partitions that stand still because too many of their records were rejected."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas import offsets
from schemas.topics import DEAD, INBOUND
from streams import librdkafka
from streams.admin import ANSWER_S, QUIET
from streams.letters import Letter, headers_of, letter
from streams.scanning import scan, starts
from streams.settings import Settings

COMMITTED_S = 15.0
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Halt:
    """A stopped partition: at which offset, since when."""

    topic: str
    partition: int
    offset: int
    since: str


def halts(settings: Settings) -> list[Halt]:
    """Every partition of the lanes whose committed offset carries the note that it was stopped."""
    with _stranger(settings) as consumer:
        return _halts(consumer, settings.topic_prefix + INBOUND)


def lift(settings: Settings, found: list[Halt]) -> None:
    """Take the notes away; the offsets stay where they are.

    A group with members takes offsets from them alone, but a transaction's from anybody who does not claim to
    be one; so this works while workers restart again and again.
    """
    clear = [
        TopicPartition(h.topic, h.partition, h.offset, metadata=offsets.written(offsets.CLEAR)) for h in found
    ]
    producer = Producer({**librdkafka.sender(settings, f"{settings.group}-accept"), **QUIET})
    producer.init_transactions(ANSWER_S)
    producer.begin_transaction()
    with _stranger(settings) as consumer:
        producer.send_offsets_to_transaction(clear, consumer.consumer_group_metadata(), ANSWER_S)
        producer.commit_transaction(ANSWER_S)


def rejected_before(settings: Settings, found: list[Halt]) -> Counter[Halt]:
    """How many records of these partitions became dead letters within the day before each was stopped."""
    counts = Counter(dict.fromkeys(found, 0))
    topic = settings.topic_prefix + DEAD
    since = min(datetime.fromisoformat(halt.since) for halt in found) - DAY
    for message in scan(settings, topic, starts(settings, topic, int(since.timestamp() * 1000))):
        dead = letter(message.partition() or 0, message.offset() or 0, headers_of(message))
        counts.update(halt for halt in found if dead is not None and _led_to(halt, dead))
    return counts


def _led_to(halt: Halt, dead: Letter) -> bool:
    source = dead.source
    return (source.topic, source.partition) == (halt.topic, halt.partition) and (
        source.offset < halt.offset and dead.rejected_at >= datetime.fromisoformat(halt.since) - DAY
    )


def _halts(consumer: Consumer, lane: str) -> list[Halt]:
    topic = consumer.list_topics(lane, timeout=ANSWER_S).topics[lane]
    committed = consumer.committed([TopicPartition(lane, number) for number in topic.partitions], COMMITTED_S)
    noted = [(found, offsets.read(found.metadata)) for found in committed if found.error is None]
    return [Halt(lane, f.partition, f.offset, note.halted) for f, note in noted if note.halted]


@contextlib.contextmanager
def _stranger(settings: Settings) -> Iterator[Consumer]:
    """A consumer that knows the group's offsets without being its member."""
    options = {**librdkafka.onlooker(settings), **QUIET, "group.id": settings.group}
    consumer = Consumer(options)
    try:
        yield consumer
    finally:
        consumer.close()
