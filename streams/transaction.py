"""One transaction: everything a batch says, with the offsets it was read from."""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from typing import Protocol, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from processors.flow import Event
from streams.librdkafka import Options

CALL_S = 1.0
Sent = list[tuple[str, str | bytes | None]]
RECORD_ERRORS = frozenset(
    {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG_SIZE, KafkaError.INVALID_RECORD}
)
# Somebody else has begun with the same transactional id.
FENCED = frozenset({KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH})

log = logging.getLogger("intents.librdkafka")


class GroupMetadata(Protocol):
    """The generation of the group in which a batch was read; only librdkafka looks inside."""


class Refused(Exception):
    """Client or broker will not take one of these outputs, however often it is sent."""


class Aborted(Exception):
    """The transaction is undone; what it held has to be read again."""


class Stuck(Exception):
    """The transaction can neither be finished nor undone in time."""


def insist(call: Callable[[], None], seconds: float, broker_away: Callable[[], bool] = lambda: False) -> None:
    """Call again while the error is retriable: a commit that timed out is still going on.

    The deadline stands still while no broker answers, so that an outage ends no worker. What was begun before it is
    called once more: a process that was paused meanwhile hears that it was fenced, not that time is up.
    """
    deadline = time.monotonic() + seconds
    while True:
        begun = time.monotonic()
        try:
            return call()
        except KafkaException as error:
            if not error.args[0].retriable():
                raise
            log.info("trying again: %s", error.args[0].str(), extra={"code": error.args[0].name()})
            if broker_away():
                deadline = time.monotonic() + seconds
            if begun > deadline:
                raise


class Transactions:
    """Transactions of one producer, one after the other."""

    def __init__(self, options: Options, deadline_s: float, broker_away: Callable[[], bool]) -> None:
        """A producer that has not yet spoken to the broker."""
        self._refusals: list[KafkaError] = []
        self._hole = False
        self._producer = Producer(
            {**options, "on_delivery": self._note_delivery, "error_cb": _quiet}, logger=log
        )
        self._deadline_s = deadline_s
        self._broker_away = broker_away

    def begin_with_the_broker(self, giving_up: Callable[[], bool]) -> bool:
        """Fence an earlier process of the same instance; asks until the broker answers, or until told to give up."""
        while not giving_up():
            self._producer.poll(0)
            try:
                self._producer.init_transactions(CALL_S)
                return True
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise
        return False

    def commit(self, events: Sequence[Event], offsets: list[TopicPartition], group: GroupMetadata) -> None:
        """Send the events and move the offsets, both or neither.

        Outputs that were refused or dropped leave a hole in the sequence numbers of their partition: librdkafka
        mends it by undoing the next transaction too, so that one is tried twice.
        """
        hole = self._hole
        try:
            self._attempt(events, offsets, group)
        except Aborted:
            if not hole:
                raise
            self._attempt(events, offsets, group)

    def _attempt(self, events: Sequence[Event], offsets: list[TopicPartition], group: GroupMetadata) -> None:
        """One transaction from its beginning to its end."""
        self._refusals.clear()
        try:
            self._producer.begin_transaction()
            self._send(events)
            self._insist(lambda: self._producer.send_offsets_to_transaction(offsets, group, CALL_S))
            self._insist(lambda: self._producer.commit_transaction(CALL_S))
            self._hole = False
        except KafkaException as error:
            self._undo(error)

    def commit_waiting(
        self, consumer: Consumer, lanes: Collection[str], owned: Collection[tuple[str, int]]
    ) -> None:
        """Nothing ever waits: the offsets are committed with the events."""

    def keep_alive(self) -> None:
        """Serve what librdkafka has to say while nothing is sent (logs, fresh tokens)."""
        self._producer.poll(0)

    def _send(self, events: Sequence[Event]) -> None:
        """Hand every event to librdkafka; a full queue is waited out, never dropped."""
        produce = self._producer.produce
        for event in events:
            partition = -1 if event.partition is None else event.partition
            while True:
                try:
                    produce(event.topic, event.value, event.key, partition, headers=cast(Sent, event.headers))
                    break
                except BufferError:
                    self._producer.poll(0.01)

    def _insist(self, call: Callable[[], None]) -> None:
        """Call until it is done; a broker that does not finish it in time leaves the transaction stuck."""
        try:
            insist(call, self._deadline_s, self._broker_away)
        except KafkaException as error:
            if error.args[0].retriable():
                raise Stuck(str(error)) from error
            raise

    def _undo(self, error: KafkaException) -> None:
        """Abort where that helps, then say which kind of failure it was."""
        cause = error.args[0]
        if cause.code() in RECORD_ERRORS:
            self._refusals.append(cause)
        if cause.fatal() or not (cause.txn_requires_abort() or self._refusals):
            raise error
        self._insist(lambda: self._producer.abort_transaction(CALL_S))
        self._hole = True
        # Looked at only now: reports of delivery may come as late as with the abort.
        if self._refusals:
            raise Refused(self._refusals[0].str()) from error
        raise Aborted(cause.str()) from error

    def _note_delivery(self, error: KafkaError | None, _message: object) -> None:
        if error is not None and error.code() in RECORD_ERRORS:
            self._refusals.append(error)


def _quiet(_error: KafkaError) -> None:
    """Connection errors are seen in the statistics; here they would be a line for each attempt."""
