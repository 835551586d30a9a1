"""A batch as it was read, with what is needed to commit it."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from confluent_kafka import Message, TopicPartition
from msgspec import structs

from processors.flow import Batch, Record, Source
from schemas import offsets
from schemas.offsets import OffsetNote
from streams.flight import Flight
from streams.transaction import GroupMetadata

LOGGED_TRACES = 10
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """The records, the flight, epoch, group generation they were read in, the notes to leave behind them.

    `marks` must be written before the batch is begun, where its partitions are not yet known to be harmless;
    `condemned` says that its only record ended the process too often to be tried again.
    """

    batch: Batch
    epoch: int
    group: GroupMetadata
    notes: Mapping[Place, OffsetNote]
    flight: Flight
    marks: Mapping[Place, tuple[int, OffsetNote]] = field(default_factory=dict)
    condemned: bool = False

    @property
    def void(self) -> bool:
        """Whether it belongs to a stretch of reading that was broken off."""
        return self.epoch != self.flight.epoch

    def halted(self, at: str) -> "Reading":
        """The same batch, leaving behind that its partitions stand still."""
        notes = {place: OffsetNote(halted=at) for place in self.notes}
        return replace(self, notes=notes)

    def unbegun(self) -> "Reading":
        """The same batch with its marks taken back: it was let go before anything ended by it."""
        marks = {
            where: (at, structs.replace(note, tries=note.tries - 1))
            for where, (at, note) in self.marks.items()
        }
        return replace(self, marks=marks)


def place(record: Record) -> Place:
    """The partition a record lies in."""
    return record.source.topic, record.source.partition


def first_offsets(records: Iterable[Record]) -> dict[Place, int]:
    """Where each partition of these records begins."""
    firsts: dict[Place, int] = {}
    for record in records:
        firsts.setdefault(place(record), record.source.offset)
    return firsts


def end_offsets(records: Iterable[Record]) -> dict[Place, int]:
    """Where each partition goes on behind these records."""
    return {place(record): record.source.offset + 1 for record in records}


def offsets_after(records: Iterable[Record], notes: Mapping[Place, OffsetNote]) -> list[TopicPartition]:
    """The offsets to commit once these records are answered."""
    return [commitment(where, end, notes[where]) for where, end in end_offsets(records).items()]


def commitment(where: Place, offset: int, note: OffsetNote) -> TopicPartition:
    """One offset to commit, its note in the metadata."""
    return TopicPartition(*where, offset, metadata=offsets.written(note))


def traces_of(records: Iterable[Record]) -> list[str]:
    """The trace ids that came with these records, as many as a log line holds."""
    headers = (dict(record.headers).get("traceparent") for record in records)
    traces = (header.decode("ascii", "replace")[3:35] for header in headers if header)
    return list(itertools.islice(traces, LOGGED_TRACES))


def record_of(message: Message) -> Record:
    """A message of librdkafka as a record of ours."""
    source = Source(message.topic() or "", message.partition() or 0, message.offset() or 0)
    headers = cast("list[tuple[str, bytes | None]]", message.headers() or [])
    return Record(source, message.key(), message.value(), tuple(headers), message.timestamp()[1])
