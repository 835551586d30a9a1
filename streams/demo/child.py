"""A worker in a process of its own, which never outlives the one that started it."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import IO

from streams.settings import environment_with

LOCAL = "127.0.0.1"
READY_S = 60.0
LOOK_S = 0.05
STOP_S = 12.0
# Ends the worker when our end of its pipe closes, however we ended.
LEASH = 'trap "" INT TERM HUP; read -r _; kill -9 "$0" 2>/dev/null'


class ChildError(Exception):
    """The worker did not come up; says what it wrote last."""


class Child:
    """A worker that was started; it may not be ready yet."""

    def __init__(self, settings: Mapping[str, str], log: IO[bytes]) -> None:
        """Start it the way `intents run` does, under these settings alone."""
        self._log = log
        self._port = _free_port()
        environment = environment_with({**settings, "INTENTS_HTTP_PORT": str(self._port)})
        # A session of its own: Ctrl-C at the terminal is for us, and we end it in order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "run"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        leash = ["sh", "-c", LEASH, str(self._process.pid)]
        self._leash = subprocess.Popen(leash, stdin=subprocess.PIPE, start_new_session=True)

    def await_ready(self) -> None:
        """Return once it takes records."""
        deadline = time.monotonic() + READY_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ChildError(f"the worker did not come up:\n{self._last_words()}")
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """End it in order, insist after a while."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # The leash goes after: until then it would have ended the worker with us.
        self._leash.kill()
        self._leash.communicate()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOCAL}:{self._port}/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _last_words(self) -> str:
        self._log.seek(0)
        return b"".join(self._log.readlines()[-5:]).decode(errors="replace").strip()


@contextlib.contextmanager
def child(settings: Mapping[str, str]) -> Iterator[Child]:
    """A worker for as long as the block lasts."""
    with tempfile.TemporaryFile() as log:
        started = Child(settings, log)
        try:
            yield started
        finally:
            started.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])
