"""What a downstream reader sees of a topic."""

import time
from collections.abc import Iterable, Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.operations.scanning import span

READ_S = 60.0


def read_committed(bootstrap: str, names: Iterable[str], seconds: float = READ_S) -> list[Message]:
    """Every committed record of the topics, from their beginning to their end as it is now."""
    return list(committed(bootstrap, names, seconds))


def committed(bootstrap: str, names: Iterable[str], seconds: float = READ_S) -> Iterator[Message]:
    """The same one after the other, for more than memory should hold."""
    return _read(bootstrap, list(names), "read_committed", seconds)


def read_all(bootstrap: str, names: Iterable[str], seconds: float = READ_S) -> list[Message]:
    """Every record of the topics, those of aborted transactions too."""
    return list(_read(bootstrap, list(names), "read_uncommitted", seconds))


def ends(bootstrap: str, names: Iterable[str], isolation: str) -> dict[tuple[str, int], int]:
    """Where each partition ends for a reader of this isolation."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "tests-ends", "isolation.level": isolation}
    )
    try:
        places = list(_partitions(consumer, list(names)))
        return {place: span(consumer, *place)[1] for place in places}
    finally:
        consumer.close()


def _read(bootstrap: str, names: list[str], isolation: str, seconds: float) -> Iterator[Message]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "tests-never-committed",
            "enable.auto.commit": False,
            "isolation.level": isolation,
            "enable.partition.eof": True,
            # Else the broker keeps every fetch at the end open for half a second.
            "fetch.wait.max.ms": 10,
            "auto.offset.reset": "error",
        }
    )
    try:
        open_ends = set(_partitions(consumer, names))
        consumer.assign([TopicPartition(name, partition, 0) for name, partition in open_ends])
        end = time.monotonic() + seconds
        while open_ends:
            if time.monotonic() > end:
                raise TimeoutError(f"the end of {sorted(open_ends)} was not reached in {seconds:g} s")
            yield from _records(consumer.consume(5000, 0.2), open_ends)
    finally:
        consumer.close()


def _records(messages: list[Message], open_ends: set[tuple[str, int]]) -> Iterator[Message]:
    """The records among what was read; ends that were reached are struck out."""
    for message in messages:
        error = message.error()
        if error is None:
            yield message
        elif error.code() == KafkaError._PARTITION_EOF:
            open_ends.discard((str(message.topic()), int(message.partition() or 0)))
        elif not error.retriable():
            raise KafkaException(error)


def _partitions(consumer: Consumer, names: list[str]) -> Iterator[tuple[str, int]]:
    for name in names:
        found = consumer.list_topics(name, timeout=10).topics[name]
        if found.error is not None:
            raise KafkaException(found.error)
        yield from ((name, partition) for partition in found.partitions)
