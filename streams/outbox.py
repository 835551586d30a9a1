"""The thread that sends: answers with the offsets they answer, one batch after the other."""

import logging
import queue
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from time import monotonic, perf_counter
from typing import Protocol

from confluent_kafka import Consumer, TopicPartition
from msgspec import structs

from processors.flow import Answers, Event, Record
from schemas.vocabulary import Cause, Kind
from streams.ending import HALTED, crash
from streams.flight import Flight
from streams.reading import Place, Reading, commitment, offsets_after
from streams.transaction import Aborted, GroupMetadata, Refused

FAILURES_BEFORE_THE_END = 5
IDLE_S = 0.5
# Fewer records than these are answered about as fast as they are committed.
SMALL = 32
UNDELIVERABLE = (Kind.REJECTED, Cause.UNDELIVERABLE)

log = logging.getLogger("intents.outbox")

Bury = Callable[[Record, str], tuple[Event, ...]]


class Delivery(Protocol):
    """How outputs and offsets are made to last: in transactions, or by acknowledgement."""

    def begin_with_the_broker(self, giving_up: Callable[[], bool]) -> bool: ...
    def commit(
        self, events: Sequence[Event], offsets: list[TopicPartition], group: GroupMetadata
    ) -> None: ...
    def commit_waiting(
        self, consumer: Consumer, lanes: Collection[str], owned: Collection[Place]
    ) -> None: ...
    def keep_alive(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A batch with the events that answer each of its records; `halts` says why it is the last one."""

    reading: Reading
    answers: Answers
    halts: str = ""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A wish to write notes down before a batch is begun; the waiting thread is told how it went."""

    reading: Reading
    offsets: list[TopicPartition]
    went: "queue.Queue[bool]" = field(default_factory=lambda: queue.Queue(1))


class Outbox(threading.Thread):
    """Commits one parcel while the next is being worked on, where that takes long; keeps their order."""

    def __init__(
        self,
        delivery: Delivery,
        bury: Bury,
        committed: Callable[[Answers, float], None],
        landed: Callable[[Reading], None] = lambda reading: None,
    ) -> None:
        """An outbox that has not yet spoken to the broker."""
        super().__init__(name="outbox", daemon=True)
        self._delivery = delivery
        self._bury = bury
        self._committed = committed
        self._landed = landed
        self._waiting: queue.Queue[Parcel | _Mark] = queue.Queue(1)
        self._stopping = threading.Event()
        self.busy_since = 0.0
        self.ready = threading.Event()

    def run(self) -> None:
        """Fence an earlier self, then send until told to stop; what nobody expected ends the process."""
        try:
            if self._delivery.begin_with_the_broker(self._stopping.is_set):
                self.ready.set()
            while not (self._stopping.is_set() and self._waiting.empty()):
                self._turn()
        except BaseException as error:
            crash("sending failed", error)

    def stop(self) -> None:
        """Send what waits, then end."""
        self._stopping.set()

    def put(self, parcel: Parcel) -> None:
        """Leave a parcel; waits while an earlier one has not been taken up."""
        self._waiting.put(parcel)

    def mark(self, reading: Reading) -> bool:
        """Write down that a batch is begun, at offsets that stay where they are; whether it is written."""
        offsets = [commitment(where, offset, note) for where, (offset, note) in reading.marks.items()]
        mark = _Mark(reading, offsets)
        self._waiting.put(mark)
        return mark.went.get()

    def commit_waiting(self, consumer: Consumer, lanes: Collection[str], owned: Collection[Place]) -> None:
        """Let a reading thread commit what of its lanes is acknowledged, where transactions don't."""
        self._delivery.commit_waiting(consumer, lanes, owned)

    def _turn(self) -> None:
        """Take up what waits."""
        try:
            item = self._waiting.get(timeout=IDLE_S)
        except queue.Empty:
            return self._delivery.keep_alive()
        if isinstance(item, _Mark):
            item.went.put(self._write(item))
        else:
            self._let_go(item)

    def _let_go(self, parcel: Parcel) -> None:
        """Commit a parcel while the next batch is answered; behind a small one that is read only afterwards.

        What comes while a small one is committed would, in a batch of its own, wait for that commit and for its own
        all the same, and keep those that come after it waiting for both.
        """
        flight, small = parcel.reading.flight, len(parcel.reading.batch.records) < SMALL
        if not small:
            flight.passed_on()
        self._deliver(parcel)
        if small:
            flight.passed_on()

    def _write(self, mark: _Mark) -> bool:
        """Write a mark that still counts: one behind a batch that was undone would pass that batch by."""
        if mark.reading.void:
            return False
        return self._kept(
            mark.reading.flight, lambda: self._delivery.commit((), mark.offsets, mark.reading.group)
        )

    def _deliver(self, parcel: Parcel) -> None:
        """Commit a parcel that still counts; one that stops its partitions is the last."""
        reading = parcel.reading
        moved = False
        if not reading.void:
            moved = self._kept(
                reading.flight, lambda: self._commit(reading, reading.batch.records, parcel.answers)
            )
        if moved:
            self._landed(reading)
        if moved and parcel.halts:
            self._halt(parcel)
        reading.flight.landed(moved=moved)

    def _halt(self, parcel: Parcel) -> None:
        """End the process once its last notes are surely written: without events their commit is waited for."""
        reading = parcel.reading
        notes = offsets_after(reading.batch.records, reading.notes)
        if self._kept(reading.flight, lambda: self._delivery.commit((), notes, reading.group)):
            crash(parcel.halts, status=HALTED)

    def _commit(self, reading: Reading, records: Sequence[Record], answers: Answers) -> None:
        """Commit these records; where an output is refused, find it by halving, bury its record."""
        self.busy_since = monotonic()
        began = perf_counter()
        events = [event for events in answers.per_record for event in events]
        try:
            self._delivery.commit(events, offsets_after(records, reading.notes), reading.group)
        except Refused as refusal:
            half = len(records) // 2
            if half:
                self._commit(reading, records[:half], _part(answers, slice(half)))
                self._commit(reading, records[half:], _part(answers, slice(half, None)))
            else:
                self._commit_dead(reading, records[0], _letters(records[0], str(refusal)))
        else:
            self._committed(answers, perf_counter() - began)

    def _commit_dead(self, reading: Reading, record: Record, letters: Sequence[tuple[Record, str]]) -> None:
        """Answer an undeliverable record by the first of these dead letters that is taken."""
        (kept, detail), *smaller = letters
        dead = Answers((self._bury(kept, detail),), (UNDELIVERABLE,))
        began = perf_counter()
        try:
            self._delivery.commit(dead.per_record[0], offsets_after([record], reading.notes), reading.group)
        except Refused:
            if not smaller:
                raise
            self._commit_dead(reading, record, smaller)
        else:
            self._committed(dead, perf_counter() - began)

    def _kept(self, flight: Flight, commit: Callable[[], None]) -> bool:
        """Whether a commit went through; one that was undone makes everything of its lane in the air void."""
        self.busy_since = monotonic()
        try:
            commit()
        except Aborted as aborted:
            log.warning("a transaction was undone: %s", aborted)
            flight.raise_epoch(failed=True)
            if flight.failures >= FAILURES_BEFORE_THE_END:
                crash(f"{FAILURES_BEFORE_THE_END} transactions in a row were undone, the last by: {aborted}")
            return False
        finally:
            self.busy_since = 0.0
        return True


def _part(answers: Answers, part: slice) -> Answers:
    """The answers of a part of the batch."""
    return Answers(answers.per_record[part], answers.outcomes[part], answers.whose[part], answers.flags[part])


def _letters(record: Record, detail: str) -> list[tuple[Record, str]]:
    """A dead letter of the whole record; should that be too large as well, one with less and less of it."""
    left = f"{detail}; its value of {len(record.value or b'')} bytes is left at its source"
    valueless = structs.replace(record, value=None)
    bare = structs.replace(valueless, key=None, headers=())
    return [(record, detail), (valueless, left), (bare, left)]
