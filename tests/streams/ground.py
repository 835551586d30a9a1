"""Batches with the edges they pass, each a working fake that remembers what it was told."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

from confluent_kafka import Consumer, TopicPartition

from processors.flow import Answers, Batch, Event, Record, Source
from schemas.offsets import CLEAR, OffsetNote
from schemas.vocabulary import Cause, Kind, Reason
from streams.flight import Flight
from streams.reading import Reading
from streams.transaction import Aborted, GroupMetadata, Refused

LANE = "messages.inbound"


class Generation:
    """A generation of a group that nobody looks into."""


@dataclass(slots=True)
class Ledger:
    """A delivery that writes down what was committed; refuses and undoes as it is told."""

    refuses: Callable[[Sequence[Event]], bool] = lambda events: False
    undoes: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    committed: list[tuple[tuple[str, ...], dict[int, tuple[int, str]]]] = field(default_factory=list)

    def begin_with_the_broker(self, giving_up: Callable[[], bool]) -> bool:
        return not giving_up()

    def commit(self, events: Sequence[Event], offsets: list[TopicPartition], group: GroupMetadata) -> None:
        self.before()
        if self.undoes:
            raise Aborted(self.undoes.pop())
        if self.refuses(events):
            raise Refused("too large")
        said = tuple(f"{event.topic}:{(event.value or b'').decode()}" for event in events)
        self.committed.append((said, {o.partition: (o.offset, o.metadata or "") for o in offsets}))

    def commit_waiting(
        self, consumer: Consumer, lanes: Collection[str], owned: Collection[tuple[str, int]]
    ) -> None: ...

    def keep_alive(self) -> None: ...

    @property
    def events(self) -> list[str]:
        """Everything that was said, in order."""
        return [event for events, _ in self.committed for event in events]

    def position(self, partition: int = 0) -> int:
        """The committed offset of a partition, -1 where there is none."""
        found = [offsets[partition][0] for _, offsets in self.committed if partition in offsets]
        return found[-1] if found else -1

    def notes(self, partition: int = 0) -> list[str]:
        """The notes left at a partition, in order."""
        return [offsets[partition][1] for _, offsets in self.committed if partition in offsets]


def record(offset: int, partition: int = 0, value: bytes | None = None) -> Record:
    """A record whose value is its offset, unless another is given."""
    return Record(Source(LANE, partition, offset), b"k", value or str(offset).encode(), (), 0)


def reading(
    *offsets: int,
    epoch: int = 0,
    partition: int = 0,
    note: OffsetNote = CLEAR,
    mark: OffsetNote | None = None,
    condemned: bool = False,
    flight: Flight | None = None,
) -> Reading:
    """A batch of one partition."""
    where = (LANE, partition)
    marks = {where: (offsets[0], mark)} if mark else {}
    batch = Batch(tuple(record(offset, partition) for offset in offsets), 0.0)
    return Reading(batch, epoch, Generation(), {where: note}, flight or Flight(), marks, condemned)


def answers(batch: Batch, kind: Kind = Kind.ROUTED) -> Answers:
    """One event for each record, saying its value."""
    reason = Cause.BAD_JSON if kind is Kind.REJECTED else Reason.ABOVE_THRESHOLD
    return Answers(
        tuple((Event("out", each.key, each.value, []),) for each in batch.records),
        tuple((kind, reason) for _ in batch.records),
    )


def bury(record: Record, detail: str) -> tuple[Event, ...]:
    """A dead letter that holds the record's value."""
    return (Event("dead", record.key, record.value, [("detail", detail.encode())]),)


def await_true(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Return once it holds."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not come true"
        sleep(0.002)
