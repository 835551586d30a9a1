"""At-least-once delivery: outputs are acknowledged first, offsets committed after them."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from processors.flow import Event
from streams.librdkafka import Options
from streams.transaction import CALL_S, RECORD_ERRORS, Aborted, GroupMetadata, Refused, Sent, Stuck

log = logging.getLogger("intents.librdkafka")


class Acknowledgements:
    """Sends without transactions; the offsets wait here until the reading thread commits them."""

    def __init__(self, options: Options, deadline_s: float, broker_away: Callable[[], bool]) -> None:
        """A producer that has not yet spoken to the broker."""
        self._failures: list[KafkaError] = []
        self._producer = Producer({**options, "on_delivery": self._note_delivery}, logger=log)
        self._deadline_s = deadline_s
        self._broker_away = broker_away
        self._acknowledged: dict[tuple[str, int], TopicPartition] = {}
        self._changed = threading.Condition()
        self._unwritten: set[tuple[str, int]] = set()

    def begin_with_the_broker(self, giving_up: Callable[[], bool]) -> bool:
        """Ask for the broker until it answers, or until told to give up."""
        while not giving_up():
            try:
                self._producer.list_topics(timeout=CALL_S)
                return True
            except KafkaException as error:
                if not error.args[0].retriable():
                    log.info("waiting for the broker: %s", error.args[0].str())
        return False

    def commit(self, events: Sequence[Event], offsets: list[TopicPartition], group: GroupMetadata) -> None:
        """Send the events; once all are acknowledged the offsets may be committed.

        With no events it is the offsets' notes that matter, so those are waited for; what could not be written is
        asked for again by whoever reads there next.
        """
        self._failures.clear()
        for event in events:
            self._send(event)
        self._flush()
        self._raise_failures()
        with self._changed:
            self._acknowledged.update({(o.topic, o.partition): o for o in offsets})
            if not events:
                self._await_written({(o.topic, o.partition) for o in offsets})

    def commit_waiting(
        self, consumer: Consumer, lanes: Collection[str], owned: Collection[tuple[str, int]]
    ) -> None:
        """Commit what of these lanes is acknowledged where it is still ours; the next makes up for what fails."""
        with self._changed:
            waiting = {where: each for where, each in self._acknowledged.items() if where[0] in lanes}
            if not waiting:
                return
            for where in waiting:
                del self._acknowledged[where]
            offsets = [offset for where, offset in waiting.items() if where in owned]
            self._unwritten |= waiting.keys() - set(owned)
            try:
                if offsets:
                    consumer.commit(offsets=offsets, asynchronous=False)
            except KafkaException as error:
                self._unwritten |= waiting.keys()
                log.warning("offsets were not committed: %s", error.args[0].str())
            self._changed.notify_all()

    def _await_written(self, places: set[tuple[str, int]]) -> None:
        """Wait for the reading thread of these to commit."""
        self._unwritten -= places
        in_time = self._changed.wait_for(lambda: places.isdisjoint(self._acknowledged), self._deadline_s)
        if not in_time or not places.isdisjoint(self._unwritten):
            raise Aborted("the notes of a partition could not be written")

    def keep_alive(self) -> None:
        """Serve what librdkafka has to say while nothing is sent."""
        self._producer.poll(0)

    def _send(self, event: Event) -> None:
        partition = -1 if event.partition is None else event.partition
        while True:
            try:
                headers = cast(Sent, event.headers)
                return self._producer.produce(event.topic, event.value, event.key, partition, headers=headers)
            except BufferError:
                self._producer.poll(0.01)
            except KafkaException as error:
                if error.args[0].code() not in RECORD_ERRORS:
                    raise
                return self._failures.append(error.args[0])

    def _flush(self) -> None:
        """Wait for every acknowledgement; the deadline stands still while no broker answers."""
        deadline = time.monotonic() + 2 * self._deadline_s
        while self._producer.flush(CALL_S):
            if self._broker_away():
                deadline = time.monotonic() + 2 * self._deadline_s
            if time.monotonic() > deadline:
                raise Stuck("outputs are not acknowledged")

    def _raise_failures(self) -> None:
        """Say which kind of failure it was, worst first."""
        for failure in self._failures:
            if failure.code() not in RECORD_ERRORS:
                raise Aborted(failure.str())
        if self._failures:
            raise Refused(self._failures[0].str())

    def _note_delivery(self, error: KafkaError | None, _message: object) -> None:
        if error is not None:
            self._failures.append(error)
