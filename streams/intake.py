"""The thread that reads: on demand, in batches, each in one epoch."""

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from processors.flow import Batch, Record
from streams.ending import BAD_SETTINGS, crash
from streams.flight import Flight
from streams.librdkafka import Options, ends_it, raise_unless_passing
from streams.outbox import Outbox
from streams.pace import Pace
from streams.positions import Positions
from streams.pulse import Pulse
from streams.reading import Place, Reading, place, record_of
from streams.settings import SettingsError

POLL_S = 0.1
BUSY_S = 1.0
# How often the quotas are asked for room: each answer is a batch of its own, a commit of 6-13 ms.
ADMITTED_S = 0.25

log = logging.getLogger("intents.intake")


class Intake(threading.Thread):
    """Reads a lane whenever it is its turn; only this thread touches the consumer."""

    def __init__(
        self,
        options: Options,
        lanes: list[str],
        flight: Flight,
        outbox: Outbox,
        pace: Pace,
        pulse: Pulse,
        preflight: Callable[[], None],
        revoke_wait_s: float,
        commit_limit_s: float,
        admits: Callable[[Sequence[Record]], int] | None = None,
    ) -> None:
        """A reader that has not yet joined its group; `admits` says how many of some records may go on now."""
        super().__init__(name=f"intake of {' '.join(lanes)}", daemon=True)
        self._consumer = Consumer(
            {**options, "stats_cb": pulse.hear, "error_cb": _fatal_ends},
            logger=logging.getLogger("intents.librdkafka"),
        )
        self._lanes = lanes
        self._flight = flight
        self._outbox = outbox
        self._pace = pace
        self._pulse = pulse
        self._preflight = preflight
        self.hand_over: Callable[[Reading], None] = _nobody
        self._revoke_wait_s = revoke_wait_s
        self._commit_limit_s = commit_limit_s
        self._admits = admits
        self.held = False
        self._positions = Positions(self._consumer)
        self._kept: deque[Record] = deque()
        self._epoch = flight.epoch
        self._stopping = threading.Event()
        self._gave_up = False
        self._broker_seen_away_at = 0.0
        self.assigned = threading.Event()

    def run(self) -> None:
        """Join the group, then read until told to stop; what nobody expected ends the process."""
        try:
            self._join()
            while not self._stopping.is_set():
                self._turn()
            self._close()
        except SettingsError as error:
            crash(str(error), status=BAD_SETTINGS)
        except BaseException as error:
            crash("reading failed", error)

    def stop(self) -> None:
        """Read no more; what is in the air still lands."""
        self._stopping.set()

    def owned(self) -> list[Place]:
        """The partitions that are ours, as far as another thread can know."""
        return list(self._positions.owned)

    def _join(self) -> None:
        """Once sending is ready (an earlier self is fenced) and answers have somewhere to go, join the group."""
        while not self._outbox.ready.wait(POLL_S):
            if self._stopping.is_set():
                return
        self._preflight()
        self._consumer.subscribe(
            self._lanes, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )

    def _turn(self) -> None:
        """One look at the broker: settle what is in doubt, wait for a record, then for our turn, read a batch."""
        self._watch()
        if self._epoch != self._flight.epoch:
            self._void()
        if self._positions.in_doubt() and not self._flight.wait_empty(POLL_S):
            return self._stand_still()
        self._commit_waiting()
        self._positions.settle()
        if not self._has_one():
            return
        room = self._room()
        if self.held:
            return self._wait_outside()
        if not self._flight.wait_turn(BUSY_S):
            return self._stand_still()
        self._positions.go_on()
        records = self._read(room)
        if records and self._epoch == self._flight.epoch:
            self._send(records)
        else:
            self._flight.step_back()

    def _watch(self) -> None:
        """End the process when a commit does not return: librdkafka has calls that outlast their time-outs."""
        now = time.monotonic()
        if self._pulse.broker_away():
            self._broker_seen_away_at = now
        began = self._outbox.busy_since
        if began and now - max(began, self._broker_seen_away_at) > self._commit_limit_s:
            crash("a transaction does not end")

    def _has_one(self) -> bool:
        """Whether there is a record, waited for until our turn is of use; a lane with none keeps nobody waiting."""
        if not self._kept:
            self._positions.go_on()
            self._poll_only(POLL_S)
        return bool(self._kept)

    def _room(self) -> int:
        """How many records may be read now, as far as somebody else than the step ahead has a say."""
        if self._admits is None:
            return sys.maxsize
        self._fill(self._most())
        room = self._admits(tuple(self._kept))
        self.held = bool(self._kept) and not room
        return room

    def _most(self) -> int:
        """How many records a batch may have."""
        return 1 if self._positions.careful() else max(1, int(self._pace.count * self._flight.portion))

    def _fill(self, limit: int) -> None:
        """Take what is already there."""
        self._poll_only(0)
        if limit > len(self._kept):
            self._keep(self._consumer.consume(limit - len(self._kept), 0))

    def _read(self, room: int) -> list[Record]:
        """The record that was waited for, with what is already there."""
        limit = min(self._most(), room)
        self._fill(limit)
        return self._take(limit)

    def _wait_outside(self) -> None:
        """None of what is kept may go on: stay a member of the group, ask again in a moment."""
        self._stand_still()
        self._stopping.wait(ADMITTED_S)

    def _keep(self, messages: list[Message]) -> None:
        """Queue what was read, as records; a partition in doubt is read again anyway."""
        for message in messages:
            if message.error() is not None:
                raise_unless_passing(message.error())
            elif self._positions.certain((message.topic(), message.partition())):
                self._kept.append(record_of(message))

    def _take(self, limit: int) -> list[Record]:
        """The next records that fit into one batch."""
        records: list[Record] = []
        room = self._pace.bytes
        while self._kept and len(records) < limit and (room > 0 or not records):
            record = self._kept.popleft()
            room -= len(record.value or b"")
            records.append(record)
        return records

    def _send(self, records: list[Record]) -> None:
        """Hand a batch over, with the marks to be written before it is begun, the notes to be left behind it."""
        group = self._consumer.consumer_group_metadata()
        marks, condemned = self._positions.begin(records)
        notes = self._positions.pass_by(records)
        batch = Batch(tuple(records), time.time())
        self._flight.take_off()
        self.hand_over(Reading(batch, self._epoch, group, notes, self._flight, marks, condemned))

    def _void(self) -> None:
        """The epoch changed: what was read is read again."""
        self._epoch = self._flight.epoch
        self._kept.clear()
        self._positions.doubt()

    def _stand_still(self) -> None:
        """The step ahead takes long: stay a member of the group without reading, or what is kept grows."""
        self._positions.stand_still()
        self._poll_only(0)

    def _poll_only(self, seconds: float) -> None:
        """Serve rebalances; should a record come all the same, it is the next to be read."""
        message = self._consumer.poll(seconds)
        if message is not None:
            self._keep([message])

    def _on_assign(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """New partitions are ours, if not yet read."""
        self._positions.take(partitions)
        self.assigned.set()
        log.info("partitions assigned", extra={"partitions": _names(partitions)})

    def _on_revoke(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Let what is in the air land; what can't land in time is void."""
        self._land()
        self._forget(partitions)
        log.info("partitions revoked", extra={"partitions": _names(partitions)})

    def _on_lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Others may own these by now: everything in the air is void at once."""
        self._flight.raise_epoch()
        self.assigned.clear()
        self._forget(partitions)
        log.warning("partitions lost", extra={"partitions": _names(partitions)})

    def _forget(self, partitions: list[TopicPartition]) -> None:
        self._positions.give(partitions)
        self._kept = deque(record for record in self._kept if place(record) in self._positions.owned)

    def _close(self) -> None:
        """Leave once everything has landed; a static member keeps its partitions for its return."""
        self._land()
        self._consumer.close()

    def _land(self) -> None:
        """Wait until what is in the air has landed, once; what can't land in time is void."""
        self._flight.recalled = True
        deadline = time.monotonic() + (0 if self._gave_up else self._revoke_wait_s)
        while not self._flight.wait_empty(POLL_S):
            self._commit_waiting()
            if time.monotonic() > deadline:
                self._gave_up = self._stopping.is_set()
                self._flight.raise_epoch()
                break
        self._commit_waiting()
        self._flight.recalled = False

    def _commit_waiting(self) -> None:
        """Commit what is acknowledged, of the partitions that are still ours."""
        self._outbox.commit_waiting(self._consumer, self._lanes, self._positions.owned)


def _nobody(_reading: Reading) -> None:
    raise RuntimeError("no agent takes batches yet")


def _names(partitions: list[TopicPartition]) -> list[str]:
    return sorted(f"{p.topic}/{p.partition}" for p in partitions)


def _fatal_ends(error: KafkaError) -> None:
    """A consumer that can't go on must not stay alive."""
    if ends_it(error):
        crash(f"the broker refuses this worker: {error.str()}")
