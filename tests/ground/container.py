"""The broker in a container, where a Docker engine answers."""

import atexit
import contextlib
import functools
import os
from collections.abc import Mapping
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from tests.ground.broker import CLUSTER, PLAIN, Listener, settings
from tests.ground.kafka import START_S, answers, doors, wanted_version
from tests.ground.process import wait_until

DATA = "/var/lib/kafka/data"
EVERYWHERE = "0.0.0.0"
FETCH_S = 600


@functools.cache
def can_be_had() -> bool:
    """Whether an engine answers that has the images, or gets them: it may stand where no registry is reached."""
    with contextlib.suppress(DockerException, OSError):
        # Asked shortly, for mostly nobody answers; to fetch an image takes its time.
        with contextlib.closing(docker.from_env(timeout=3)) as asked:
            asked.ping()
        with contextlib.closing(docker.from_env(timeout=FETCH_S)) as client:
            own = [] if testcontainers_config.ryuk_disabled else [testcontainers_config.ryuk_image]
            for image in (wanted_image(), *own):
                _fetch(client, image)
        return True
    return False


def wanted_image() -> str:
    """The image that the broker comes from."""
    return os.environ.get("INTENTS_TEST_KAFKA_IMAGE", f"apache/kafka:{wanted_version()}")


def _fetch(client: docker.DockerClient, image: str) -> None:
    """Have an image, or fail."""
    try:
        client.images.get(image)
    except ImageNotFound:
        client.images.pull(image)


class ContainerBroker:
    """A broker in a container, whose ports are the same inside as outside."""

    def __init__(
        self, *, config: Mapping[str, str] | None = None, listeners: tuple[Listener, ...] = ()
    ) -> None:
        """Nothing runs yet; the container keeps the data until the tests end."""
        self.version = wanted_version()
        self._doors = doors(listeners)
        said = settings(self._doors, DATA, EVERYWHERE, config or {})
        self._container = DockerContainer(wanted_image()).with_env("CLUSTER_ID", CLUSTER)
        for name, value in said.items():
            self._container.with_env(_as_environment(name), value)
        for port in self._doors.ports.values():
            self._container.with_bind_ports(port, port)
        self._begun = False

    @property
    def bootstrap(self) -> str:
        """Where clients find it."""
        return self.door(PLAIN)

    def door(self, name: str) -> str:
        """Where clients find one of its listeners."""
        return self._doors.at(name)

    def start(self) -> None:
        """Run it until it answers."""
        if self._begun:
            self._engine.start()
        else:
            self._container.start()
            atexit.register(self.remove)
            self._begun = True
        wait_until(lambda: answers(self.bootstrap), START_S, "the broker's start")

    def stop(self) -> None:
        """End it in order."""
        self.resume()
        self._engine.stop()

    def kill(self) -> None:
        """End it the way a power cut does."""
        self._engine.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open, nobody answers."""
        self._engine.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._engine.reload()
        if self._engine.status == "paused":
            self._engine.unpause()

    def restart(self) -> None:
        """Run it again on the data and ports it had."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Throw it away with its data."""
        with contextlib.suppress(DockerException):
            self._container.stop()

    @property
    def _engine(self) -> Any:
        # The engine's own handle; its author ships no types.
        return self._container.get_wrapped_container()


def _as_environment(name: str) -> str:
    """The image's way of writing a setting as a variable."""
    return "KAFKA_" + name.replace("_", "__").replace("-", "___").replace(".", "_").upper()
