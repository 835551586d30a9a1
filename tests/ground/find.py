"""Which broker the tests get: a given one, one in a container, one from Kafka's jars."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.ground import container, jars
from tests.ground.broker import Listener
from tests.ground.kafka import Broker, JarBroker, answers

GIVEN = "INTENTS_TEST_BROKERS"
REMEDY = (
    "the live tests need a Kafka broker: start a Docker engine, or install Java 17+ with Maven, "
    f"or name one in {GIVEN}"
)


class NoBroker(Exception):
    """No broker can be had on this machine; says what would help."""


class GivenBroker:
    """A broker that somebody else runs: it is used, never touched."""

    def __init__(self, bootstrap: str) -> None:
        """It has to be there already."""
        self.bootstrap = bootstrap

    def door(self, name: str) -> str:
        """Only its plain one is known."""
        return pytest.skip(f"the broker of {GIVEN} has no listener {name} that we know of")

    def start(self) -> None:
        """Nothing to do but look."""
        if not answers(self.bootstrap):
            raise NoBroker(f"nothing answers at {self.bootstrap}, which {GIVEN} names")

    def stop(self) -> None:
        """It goes on without us."""

    def kill(self) -> None:
        """Not ours to end."""
        pytest.skip(f"the broker of {GIVEN} is not ours to end")

    pause = resume = restart = kill


def shared_broker(folder: Path) -> Broker:
    """The broker that the live tests share, not yet started."""
    given = os.environ.get(GIVEN)
    return GivenBroker(given) if given else own_broker(folder)


def own_broker(
    folder: Path, *, config: Mapping[str, str] | None = None, listeners: tuple[Listener, ...] = ()
) -> Broker:
    """A broker that may be killed, not yet started."""
    if container.can_be_had():
        return container.ContainerBroker(config=config, listeners=listeners)
    if missing := jars.missing_tools():
        raise NoBroker(
            f"{REMEDY} ({', '.join(missing)} not found, no Docker engine with {container.wanted_image()})"
        )
    return JarBroker(folder, config=config, listeners=listeners)
