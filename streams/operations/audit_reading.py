"""Reads records of the audit, and the record that one is about, from where they lie."""

import time
from collections.abc import Callable, Iterator
from types import TracebackType

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.events import Source
from schemas.topics import AUDIT, DEFERRED, INBOUND, PRIORITY
from streams import librdkafka
from streams.operations.admin import ANSWER_S, QUIET, BrokerError, in_one_line
from streams.operations.audit_search import Entry, Gap, search
from streams.operations.scanning import ends, scan, span, starts
from streams.settings import Settings

# A probe looks at a few records, so it should not fetch a megabyte ahead.
PROBE_BYTES = 64 * 1024


class _About(msgspec.Struct, frozen=True):
    """Of an audit record only what it is about."""

    source: Source


_about = msgspec.json.Decoder(_About).decode
Told = Callable[[int], None]


def lanes(settings: Settings) -> tuple[str, ...]:
    """The topics that messages come in on."""
    return tuple(settings.topic_prefix + name for name in (INBOUND, PRIORITY, DEFERRED))


def source_of(settings: Settings, name: str) -> Source:
    """The record that an id speaks of, of an event or of the record itself; raises BrokerError with the remedy."""
    parts = name.split("/")
    if len(parts) not in (3, 5) or not all(part.isascii() and part.isdigit() for part in parts[1:3]):
        raise BrokerError(
            f"{name!r} is no id such as {settings.topic_prefix}{INBOUND}/3/117 or that of an event; "
            "for a message's own id add --message"
        )
    if parts[0] not in lanes(settings):
        raise BrokerError(
            f"no messages come in on {parts[0]}, only on {', '.join(lanes(settings))}; look at INTENTS_TOPIC_PREFIX"
        )
    return Source(parts[0], int(parts[1]), int(parts[2]))


class Reader:
    """A look into topics, outside of any group."""

    def __init__(self, settings: Settings) -> None:
        """Connected when first asked."""
        self._settings = settings
        self._audit = settings.topic_prefix + AUDIT
        options = {**librdkafka.onlooker(settings), **QUIET, "enable.partition.eof": True}
        self._consumer = Consumer({**options, "fetch.message.max.bytes": PROBE_BYTES})

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def span(self, topic: str, partition: int) -> tuple[int, int]:
        """From where on records are kept, where the last committed one ends."""
        with in_one_line(f"reading {topic}"):
            found = self._consumer.list_topics(topic, timeout=ANSWER_S).topics[topic]
            if partition not in found.partitions:
                raise BrokerError(f"{topic} has no partition {partition}")
            return span(self._consumer, topic, partition)

    def entry(self, source: Source, span: tuple[int, int], told: Told) -> Entry | Gap:
        """What was written down of a record."""
        return search(
            _Partition(self, self._audit, source.partition), source.topic, source.offset, span, told
        )

    def record(self, source: Source) -> Message | None:
        """The record itself; None where it is gone."""
        first = next(self.records(source.topic, source.partition, source.offset), None)
        return first if first is not None and first.offset() == source.offset else None

    def records(self, topic: str, partition: int, offset: int) -> Iterator[Message]:
        """The committed records of a partition from an offset on, up to where it ends now."""
        with in_one_line(f"reading {topic}"):
            self._consumer.assign([TopicPartition(topic, partition, offset)])
            deadline = time.monotonic() + ANSWER_S
            while time.monotonic() < deadline:
                message = self._consumer.poll(0.5)
                if message is None:
                    continue
                error = message.error()
                if error is None:
                    deadline = time.monotonic() + ANSWER_S
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    return
                else:
                    raise KafkaException(error)
            raise BrokerError(f"{topic}/{partition} can't be read from {offset} on: nothing comes; try again")


class _Partition:
    """One partition of the audit as a shelf."""

    def __init__(self, reader: Reader, topic: str, partition: int) -> None:
        """Nothing is read yet."""
        self._reader = reader
        self._topic = topic
        self._partition = partition

    def first(self, lane: str, start: int, end: int) -> Entry | None:
        """The first record about a lane from one offset on, before another."""
        for message in self._reader.records(self._topic, self._partition, start):
            at, value = message.offset() or 0, message.value() or b""
            if at >= end:
                return None
            source = _about(value).source
            if source.topic == lane:
                return Entry(at, source.offset, value)
        return None


def of_message(settings: Settings, name: str, since_ms: int, watch: Callable[[int], Told]) -> list[bytes]:
    """Every audit record of a message's own id since a moment; nothing tells its partition, so all are read."""
    topic = settings.topic_prefix + AUDIT
    with in_one_line(f"reading {topic}"):
        begins = starts(settings, topic, since_ms)
        total = sum(end - begins[number] for number, end in ends(settings, topic, begins).items())
        step, key, found = watch(total), name.encode(), []
        for message in scan(settings, topic, begins):
            step(1)
            if message.key() == key:
                found.append(message.value() or b"")
    return found
