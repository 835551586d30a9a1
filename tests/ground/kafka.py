"""A real Kafka broker of the tests' own, which can be killed and comes back with its data."""

import contextlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.ground import jars
from tests.ground.broker import CLUSTER, CONTROLLER, HOST, PLAIN, Doors, Listener, settings
from tests.ground.process import Process, free_port, wait_until

# 4.2 and 4.3 forget a transaction that is being committed when a broker comes back while its partitions have no leader
# (KAFKA-20734): no marker is written, so its answers stay hidden, or its offsets are lost and it is answered again.
CURRENT = "4.1.1"
LAST_OF_3 = "3.9.2"
START_S = 60.0
JAVA = ("-Xms256m", "-Xmx512m", "-XX:+UseG1GC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")


class Broker(Protocol):
    """What the tests ask of a broker, wherever it runs."""

    @property
    def bootstrap(self) -> str: ...
    def door(self, name: str) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def restart(self) -> None: ...


class JarBroker:
    """A broker from Kafka's own jars, in KRaft mode."""

    def __init__(
        self,
        folder: Path,
        *,
        version: str | None = None,
        config: Mapping[str, str] | None = None,
        listeners: tuple[Listener, ...] = (),
    ) -> None:
        """Nothing runs yet; the folder keeps its data."""
        self.version = version or wanted_version()
        self._folder = folder
        self._wishes = dict(config or {})
        self._doors = doors(listeners)
        self._process: Process | None = None

    @property
    def bootstrap(self) -> str:
        """Where clients find it."""
        return self.door(PLAIN)

    def door(self, name: str) -> str:
        """Where clients find one of its listeners."""
        return self._doors.at(name)

    @property
    def process(self) -> Process:
        """The running JVM."""
        assert self._process is not None, "the broker was never started"
        return self._process

    def start(self) -> None:
        """Run it until it answers; its data is made at the first start."""
        if self._process is None:
            self._format()
            self._process = Process(
                [*self._java(), "kafka.Kafka", str(self._properties)], self._folder / "log"
            )
        self._process.start()
        wait_until(self._answers, START_S, "the broker's start")

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def kill(self) -> None:
        """End it the way a power cut does."""
        self.process.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open, nobody answers."""
        self.process.pause()

    def resume(self) -> None:
        """Let it go on."""
        self.process.resume()

    def restart(self) -> None:
        """Run it again on the data and ports it had."""
        if self.process.alive:
            self.stop()
        self.start()

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    def _java(self) -> list[str]:
        return ["java", *JAVA, "-cp", f"{jars.library(self.version)}/*"]

    def _format(self) -> None:
        """Write the settings, make the empty data folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        said = settings(self._doors, str(self._folder / "data"), HOST, self._wishes)
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in said.items()))
        tool = [
            "kafka.tools.StorageTool",
            "format",
            "--ignore-formatted",
            "-t",
            CLUSTER,
            "-c",
            str(self._properties),
        ]
        done = subprocess.run([*self._java(), *tool], capture_output=True, text=True, timeout=START_S)
        if done.returncode:
            raise RuntimeError(f"the broker's data could not be made: {done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        """Whether it serves clients; its early end is told with what it wrote."""
        if not self.process.alive:
            raise RuntimeError(f"the broker ended by itself:\n{self.process.tail()}")
        return answers(self.bootstrap)


def wanted_version() -> str:
    """The Kafka version that the tests run against."""
    return os.environ.get("INTENTS_TEST_KAFKA_VERSION", CURRENT)


def doors(listeners: tuple[Listener, ...]) -> Doors:
    """A port for each listener, that stays the same over restarts."""
    names = (PLAIN, CONTROLLER, *(each.name for each in listeners))
    return Doors({name: free_port() for name in names}, listeners)


def answers(bootstrap: str) -> bool:
    """Whether a broker serves clients there."""
    quiet: dict[str, str | int | float | bool] = {
        "bootstrap.servers": bootstrap,
        "log_level": 0,
        "socket.timeout.ms": 1000,
    }
    with contextlib.suppress(KafkaException):
        return bool(AdminClient(quiet).list_topics(timeout=1).brokers)
    return False
