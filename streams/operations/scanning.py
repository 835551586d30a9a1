"""Reads a topic from a moment to its present end, outside of any group."""

import time
from collections.abc import Iterator, Mapping

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams import librdkafka
from streams.operations.admin import ANSWER_S, QUIET, BrokerError
from streams.settings import Settings

FETCH = 1000
FETCH_S = 0.05
WAIT_MS = 10
# A partition is on its way to another leader, or has just been made; it answers in a moment.
MOVING = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.OFFSET_NOT_AVAILABLE,
    }
)
MOMENT_S = 0.05
# Beyond the end of committed records may lie a transaction that is still open; every one ends some day.
GRACE_S = 30.0


def scan(settings: Settings, topic: str, starts: Mapping[int, int]) -> Iterator[Message]:
    """Every committed record from these offsets up to where the partitions end now."""
    open_ends = ends(settings, topic, starts)
    consumer = _reader(settings)
    try:
        # A reader that does not know the leader when it is assigned looks again half a second later.
        consumer.list_topics(topic, timeout=ANSWER_S)
        consumer.assign([TopicPartition(topic, number, starts[number]) for number in open_ends])
        deadline = time.monotonic() + _patience(settings)
        while open_ends:
            if time.monotonic() > deadline:
                raise BrokerError(f"{topic} can't be read to its end while a transaction is open; try again")
            for message in consumer.consume(FETCH, FETCH_S):
                error = message.error()
                if error is None:
                    deadline = time.monotonic() + _patience(settings)
                    yield message
                elif error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                elif (message.offset() or 0) >= open_ends.get(message.partition() or 0, 0):
                    open_ends.pop(message.partition() or 0, None)
    finally:
        consumer.close()


def starts(settings: Settings, topic: str, since_ms: int | None) -> dict[int, int]:
    """Where each partition begins, or where it first holds a record of this moment or later."""
    consumer = _reader(settings)
    try:
        numbers = list(consumer.list_topics(topic, timeout=ANSWER_S).topics[topic].partitions)
        if since_ms is None:
            return dict.fromkeys(numbers, OFFSET_BEGINNING)
        asked = [TopicPartition(topic, number, since_ms) for number in numbers]
        found = consumer.offsets_for_times(asked, ANSWER_S)
        return {place.partition: place.offset for place in found if place.offset >= 0}
    finally:
        consumer.close()


def ends(settings: Settings, topic: str, starts: Mapping[int, int]) -> dict[int, int]:
    """Where partitions end, open transactions included, which readers of committed records do not see."""
    options = {**librdkafka.onlooker(settings), **QUIET, "isolation.level": "read_uncommitted"}
    consumer = Consumer(options)
    try:
        marks = {number: span(consumer, topic, number) for number in starts}
        return {number: high for number, (low, high) in marks.items() if high > max(low, starts[number])}
    finally:
        consumer.close()


def span(consumer: Consumer, topic: str, number: int) -> tuple[int, int]:
    """From where on a partition's records are kept, and where those end that this reader may see."""
    deadline = time.monotonic() + ANSWER_S
    while True:
        try:
            return consumer.get_watermark_offsets(TopicPartition(topic, number), ANSWER_S)
        except KafkaException as error:
            if error.args[0].code() not in MOVING or time.monotonic() > deadline:
                raise
            time.sleep(MOMENT_S)


def _reader(settings: Settings) -> Consumer:
    options = {**librdkafka.onlooker(settings), **QUIET, "enable.partition.eof": True}
    # At the end of a partition the broker keeps a fetch open for as long, half a second if nobody says so.
    return Consumer({**options, "fetch.wait.max.ms": WAIT_MS})


def _patience(settings: Settings) -> float:
    return settings.transaction_timeout_ms / 1000 + GRACE_S
