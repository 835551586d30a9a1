"""The thread that follows the catalog topic."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from schemas.catalog import Snapshot
from schemas.topics import CATALOG
from streams import librdkafka
from streams.catalogs.archive import Archive
from streams.catalogs.reloading import Reloading
from streams.ending import BAD_SETTINGS, crash
from streams.settings import Settings, SettingsError

POLL_S = 0.1
FETCH = 500
ANSWER_S = 10.0
# A transaction ends in its partitions one by one; a worker that was about to plant a seed may have failed.
SEEN_S = 5.0
GIVE_UP_S = 30.0

log = logging.getLogger("intents.catalogs")

Seed = Callable[[Sequence[Snapshot]], None]


class Following(threading.Thread):
    """Reads the topic to its end, plants what is missing there, then follows it; outside of any group."""

    def __init__(
        self, settings: Settings, seeds: Sequence[Snapshot], seed: Seed, reloading: Reloading
    ) -> None:
        """A follower that has not read anything; `seed` publishes catalogs of tenants that nobody published for."""
        super().__init__(name="catalogs", daemon=True)
        self._settings = settings
        self._seeds = seeds
        self._seed = seed
        self._reloading = reloading
        self._archive = Archive()
        self._give_up_at = 0.0
        self._stopping = threading.Event()
        self._there = threading.Event()

    def begin(self) -> None:
        """Start; return once what counts is in place, or once told to stop."""
        self.start()
        self._there.wait()

    def stop(self) -> None:
        """Follow no more."""
        self._stopping.set()
        self._there.set()

    def run(self) -> None:
        """Catch up, then follow until told to stop; what nobody expected ends the process."""
        try:
            consumer = Consumer(
                librdkafka.onlooker(self._settings), logger=logging.getLogger("intents.librdkafka")
            )
            self._catch_up(consumer)
            while not self._stopping.is_set():
                self._turn(consumer)
            consumer.close()
        except SettingsError as error:
            crash(str(error), status=BAD_SETTINGS)
        except BaseException as error:
            crash("following the catalogs failed", error)

    def _catch_up(self, consumer: Consumer) -> None:
        """Everything that is there already, with a seed for every tenant that nobody published for."""
        topic = self._settings.topic_prefix + CATALOG
        found = consumer.list_topics(topic, timeout=ANSWER_S).topics[topic]
        places = [TopicPartition(topic, number, OFFSET_BEGINNING) for number in found.partitions]
        consumer.assign(places)
        open_ends = set(found.partitions)
        while open_ends and not self._stopping.is_set():
            open_ends -= self._read(consumer)
        self._plant(consumer)
        self._await(consumer, self._archive.complete)
        if not self._stopping.is_set():
            self._reloading.begin(self._archive)
            self._archive.forget()
        self._there.set()

    def _plant(self, consumer: Consumer) -> None:
        """Publish until each seed's tenant has a catalog, whoever published it."""
        self._give_up_at = time.monotonic() + GIVE_UP_S
        while missing := [each for each in self._seeds if not self._archive.knows(each.catalog.tenant)]:
            if self._stopping.is_set():
                return
            self._sow(missing)
            self._await(consumer, partial(self._planted, missing))

    def _sow(self, missing: Sequence[Snapshot]) -> None:
        """Publish seeds; a broker that is away comes back, a right that is missing does not."""
        try:
            self._seed(missing)
        except SettingsError as error:
            if time.monotonic() > self._give_up_at:
                raise
            log.warning("trying again: %s", error)

    def _planted(self, seeds: Sequence[Snapshot]) -> bool:
        return all(each.catalog.tenant in self._archive.pointers for each in seeds)

    def _await(self, consumer: Consumer, there: Callable[[], bool]) -> None:
        """Read on until something is there, for as long as somebody's transaction may take to be seen."""
        deadline = time.monotonic() + SEEN_S
        while not (there() or self._stopping.is_set() or time.monotonic() > deadline):
            self._read(consumer)

    def _turn(self, consumer: Consumer) -> None:
        """Whatever is new."""
        self._read(consumer)
        for fault in self._archive.faults:
            log.error("the catalog topic holds what can't be used: %s", fault)
        self._reloading.follow(self._archive, {each.tenant for each in self._archive.moves})
        self._archive.forget()

    def _read(self, consumer: Consumer) -> set[int]:
        """Take in what is there by now; the partitions whose end was reached."""
        first = consumer.poll(POLL_S)
        if first is None:
            return set()
        return {end for each in (first, *consumer.consume(FETCH, 0)) if (end := self._take(each)) is not None}

    def _take(self, message: Message) -> int | None:
        """A record, or the end of a partition."""
        error = message.error()
        if error is None:
            self._archive.take(message.key(), message.value())
        elif error.code() == KafkaError._PARTITION_EOF:
            return message.partition()
        else:
            self._fail(error)
        return None

    def _fail(self, error: KafkaError) -> None:
        """Before all was read a refusal ends the worker; later it goes on with what it has."""
        topic = self._settings.topic_prefix + CATALOG
        if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED and not self._there.is_set():
            raise SettingsError(
                f"may not READ topic {topic}; run: kafka-acls --add --allow-principal User:... "
                f"--operation READ --topic {topic}"
            )
        librdkafka.raise_unless_passing(error)
