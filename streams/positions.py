"""Where a worker reads on: every partition it owns, in doubt or settled, standing still or read."""

import time
from collections.abc import Collection

from confluent_kafka import Consumer, KafkaException, TopicPartition

from processors.flow import Record
from schemas import offsets
from schemas.offsets import OffsetNote
from streams.ending import HALTED, HALTED_REMEDY, crash
from streams.librdkafka import raise_unless_passing
from streams.reading import Place, end_offsets, first_offsets
from streams.share import Share

ANSWER_S = 0.3
BEGINNING = -2


class Positions:
    """Keeps librdkafka's positions and what we know of them as one; only the reading thread comes here."""

    def __init__(self, consumer: Consumer) -> None:
        """No partition yet."""
        self._consumer = consumer
        self._share = Share()
        self._stand_still = False
        self._ask_again_at = 0.0

    @property
    def owned(self) -> Collection[Place]:
        """The partitions that are ours."""
        return self._share.owned.keys()

    def take(self, partitions: list[TopicPartition]) -> None:
        """New partitions stand still until their committed offset is known."""
        self._consumer.incremental_assign(partitions)
        self._pause(partitions)
        self._share.take(_places(partitions))

    def give(self, partitions: list[TopicPartition]) -> None:
        """These are no longer ours."""
        self._share.give(_places(partitions))

    def doubt(self) -> None:
        """Forget every position: all partitions are settled anew."""
        self._share.unsettle()
        self._pause(_partitions(self._share.owned))

    def in_doubt(self) -> bool:
        """Whether a position is to be asked for."""
        return bool(self._share.unsettled())

    def certain(self, where: tuple[str | None, int | None]) -> bool:
        """Whether a record from there is the one that comes next."""
        owned = self._share.owned.get((where[0] or "", where[1] or 0))
        return owned is not None and owned.settled

    def careful(self) -> bool:
        """Whether records are read one at a time."""
        return self._share.careful()

    def settle(self) -> None:
        """Go back to what is committed; what can't be known yet (a transaction is still open there) is asked again."""
        places = self._share.unsettled()
        if not places or time.monotonic() < self._ask_again_at:
            return
        try:
            for found in self._consumer.committed(_partitions(places), ANSWER_S):
                self._begin_at(found)
        except KafkaException as error:
            raise_unless_passing(error.args[0])
            self._ask_again_at = time.monotonic() + ANSWER_S

    def stand_still(self) -> None:
        """Read nothing for a while."""
        if not self._stand_still:
            self._stand_still = True
            self._pause(_partitions(self._share.settled()))

    def go_on(self) -> None:
        """Read again."""
        if self._stand_still:
            self._stand_still = False
            self._consumer.resume(_partitions(self._share.settled()))

    def begin(self, records: list[Record]) -> tuple[dict[Place, tuple[int, OffsetNote]], bool]:
        """The marks that must be written before these are begun; whether they may be begun no more."""
        owned, firsts = self._share.owned, first_offsets(records)
        marks = {
            where: (at, owned[where].mark(at)) for where, at in firsts.items() if owned[where].must_mark(at)
        }
        return marks, any(owned[where].condemned(at) for where, at in firsts.items())

    def pass_by(self, records: list[Record]) -> dict[Place, OffsetNote]:
        """The notes to leave behind these, which count as read."""
        owned = self._share.owned
        return {where: owned[where].after(end) for where, end in end_offsets(records).items()}

    def _begin_at(self, found: TopicPartition) -> None:
        """Read a partition from its committed offset on; no commit means the beginning."""
        if found.error is not None:
            raise KafkaException(found.error)
        note = offsets.read(found.metadata)
        if note.halted:
            stopped = f"{found.topic}/{found.partition} was stopped at {note.halted}"
            crash(f"{stopped}: {HALTED_REMEDY}", status=HALTED)
        partition = TopicPartition(found.topic, found.partition)
        self._consumer.seek(
            TopicPartition(found.topic, found.partition, found.offset if found.offset >= 0 else BEGINNING)
        )
        self._share.owned[(found.topic, found.partition)].settle(found.offset, note)
        if not self._stand_still:
            self._consumer.resume([partition])

    def _pause(self, partitions: list[TopicPartition]) -> None:
        if partitions:
            self._consumer.pause(partitions)


def _partitions(places: Collection[Place]) -> list[TopicPartition]:
    return [TopicPartition(*where) for where in places]


def _places(partitions: list[TopicPartition]) -> list[Place]:
    return [(each.topic, each.partition) for each in partitions]
