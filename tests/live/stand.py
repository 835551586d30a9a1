"""Workers on a real broker, fed and read by a test."""

import atexit
import contextlib
import functools
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition

from schemas.topics import ANSWERS, AUDIT, INBOUND
from streams.lanes import NORMAL, Lane
from tests.ground.nursery import Nursery
from tests.ground.process import Process, free_port, wait_until
from tests.ground.reading import read_committed
from tests.ground.topics import Topics

ANSWERED_S = 60.0


@functools.cache
def nursery() -> Nursery:
    """Where the workers of this process are born."""
    made = Nursery()
    atexit.register(made.close)
    return made


@dataclass(slots=True)
class RunningWorker:
    """A worker as a process of its own."""

    process: Process
    port: int

    def page(self, path: str) -> tuple[int, str]:
        """Status and text of one of its pages; status 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def await_page(self, path: str, status: int, seconds: float = 30) -> None:
        """Wait until a page answers so."""
        wait_until(
            lambda: self.page(path)[0] == status, seconds, f"{path} -> {status}\n{self.process.tail(5)}\n"
        )

    def await_end(self, seconds: float) -> int:
        """Its exit status, once it has ended by itself."""
        status = self.process.wait(seconds)
        assert status is not None
        return status

    def stop(self) -> int:
        """End it by SIGTERM; its exit status. It has ten seconds."""
        self.process.resume()
        os.kill(self.process.pid, 15)
        return self.await_end(10)


@dataclass(slots=True)
class Stand:
    """Topics of one test with the workers on them."""

    topics: Topics
    redis_url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    workers: list[RunningWorker] = field(default_factory=list)

    def worker(self, module: str = "streams.cli", instance: str = "w-1", **settings: str) -> RunningWorker:
        """Start a worker: the command itself, or a module of the tests that wires one with other steps."""
        port = free_port()
        command = [sys.executable, "-m", module, *(["run"] if module == "streams.cli" else [])]
        log = self.folder / f"{instance}.log"
        environment = self.environment(instance, port) | settings
        worker = RunningWorker(Process(command, log, environment, nursery().birth), port)
        worker.process.start()
        self.workers.append(worker)
        return worker

    def environment(self, instance: str, port: int) -> dict[str, str]:
        """What a worker is told."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("INTENTS_")},
            "INTENTS_BROKERS": self.topics.bootstrap,
            "INTENTS_REDIS_URL": self.redis_url,
            "INTENTS_TOPIC_PREFIX": self.topics.prefix,
            "INTENTS_GROUP": self.group,
            "INTENTS_INSTANCE": instance,
            "INTENTS_HTTP_PORT": str(port),
            "INTENTS_SCORER": "constant",
            **self.settings,
        }

    @property
    def group(self) -> str:
        """The consumer group of the workers."""
        return self.topics.prefix + "group"

    def send(
        self,
        values: Sequence[bytes | Mapping[str, Any] | None],
        key: str | None = None,
        headers: list[tuple[str, str | bytes | None]] | None = None,
        partition: int = -1,
        lane: str = INBOUND,
    ) -> None:
        """Records on an input topic, mappings as JSON."""
        producer = Producer({"bootstrap.servers": self.topics.bootstrap, "message.max.bytes": 2_000_000})
        failures: list[object] = []
        for value in values:
            raw = msgspec.json.encode(value) if isinstance(value, Mapping) else value
            producer.produce(
                self.topics.name(lane),
                raw,
                key,
                partition,
                headers=headers or [],
                on_delivery=lambda error, _: failures.append(error) if error else None,
            )
            producer.poll(0)
        producer.flush(30)
        assert not failures, failures

    def send_in_a_transaction(
        self, values: Sequence[Mapping[str, Any]], partition: int, commit: bool
    ) -> None:
        """Records within a transaction, which ends one way or the other."""
        producer = Producer(
            {"bootstrap.servers": self.topics.bootstrap, "transactional.id": f"{self.group}-feeder"}
        )
        producer.init_transactions(30)
        producer.begin_transaction()
        for value in values:
            producer.produce(self.topics.name(INBOUND), msgspec.json.encode(value), partition=partition)
        producer.flush(30)
        (producer.commit_transaction if commit else producer.abort_transaction)(30)

    def await_committed(self, records: int, seconds: float = ANSWERED_S, of: Lane = NORMAL) -> None:
        """Wait until the workers have committed this many records of a lane."""
        consumer = Consumer({"bootstrap.servers": self.topics.bootstrap, "group.id": of.group(self.group)})
        lane = self.topics.name(of.base)
        places = [
            TopicPartition(lane, p) for p in consumer.list_topics(lane, timeout=10).topics[lane].partitions
        ]
        end = time.monotonic() + seconds
        done = -1
        try:
            while time.monotonic() < end:
                with contextlib.suppress(KafkaException):
                    done = sum(max(found.offset, 0) for found in consumer.committed(places, 5))
                if done >= records:
                    return
                time.sleep(0.05)
        finally:
            consumer.close()
        tails = "\n".join(worker.process.tail(8) for worker in self.workers)
        raise AssertionError(f"{done} of {records} records were committed within {seconds:g} s\n{tails}")

    def answers(self) -> list[Message]:
        """Every committed answer, dead letters among them."""
        return read_committed(
            self.topics.bootstrap, [self.topics.name(name) for name in sorted(set(ANSWERS.values()))]
        )

    def audits(self) -> list[Message]:
        """Every committed audit record."""
        return read_committed(self.topics.bootstrap, [self.topics.name(AUDIT)])

    def answers_on(self, base: str) -> list[Message]:
        """The committed answers on one topic."""
        return read_committed(self.topics.bootstrap, [self.topics.name(base)])

    def end(self) -> None:
        """End every worker."""
        for worker in self.workers:
            worker.process.kill()


def body(message: Message) -> dict[str, Any]:
    """The JSON of an event."""
    decoded: dict[str, Any] = msgspec.json.decode(message.value() or b"null")
    return decoded


def headers_of(message: Message) -> dict[str, bytes | None]:
    """The headers of an event, by name."""
    found: list[tuple[str, Any]] = list(message.headers() or [])  # type: ignore[arg-type]
    return dict(found)


def offset_of(event: Mapping[str, Any]) -> tuple[int, int]:
    """Partition and offset of what an event answers."""
    return event["source"]["partition"], event["source"]["offset"]
