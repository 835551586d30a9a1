"""A server process that never outlives the tests that began it."""

import atexit
import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

# Waits for the end of its standard input, which comes however its parent died, then ends the group.
LEASH = 'trap "" INT TERM HUP; read -r _; kill -s KILL -- -"$0" 2>/dev/null'


# Below the range that outgoing connections take theirs from: a client that knocks at the port of a dead
# server may otherwise be given that very port, be connected to itself, and keep the server from coming back.
PORTS = range(20_000, 30_000)


def free_port() -> int:
    """A port that nobody listens on now, nor will by chance."""
    for port in random.sample(PORTS, 200):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no free port in {PORTS}")


def listens(port: int) -> bool:
    """Whether something on this machine accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once it is so; say what was waited for when it never is."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} took longer than {seconds:g} s")
        time.sleep(0.02)


class Child(Protocol):
    """What is asked of a process that runs."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


Birth: TypeAlias = Callable[[Sequence[str], Path, Mapping[str, str] | None], Child]


def begun(command: Sequence[str], log: Path, env: Mapping[str, str] | None) -> Child:
    """The command as a process of its own, in a session of its own."""
    with log.open("ab") as file:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env, start_new_session=True
        )


class Process:
    """One command in its own process group, with its output in a file."""

    def __init__(
        self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, birth: Birth = begun
    ) -> None:
        """Nothing runs yet."""
        self.command = list(command)
        self.log = log
        self._env = None if env is None else dict(env)
        self._birth = birth
        self._child: Child | None = None
        self._leash: subprocess.Popen[bytes] | None = None
        atexit.register(self.kill)

    @property
    def pid(self) -> int:
        """The pid of the last run."""
        assert self._child is not None, "never started"
        return self._child.pid

    @property
    def returncode(self) -> int | None:
        """How the last run ended; None while it goes on, or before the first."""
        return None if self._child is None else self._child.poll()

    @property
    def alive(self) -> bool:
        """Whether it runs, stopped or not."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Run the command; its output is added to the log."""
        assert not self.alive, f"{self.command[0]} runs already"
        self._child = self._birth(self.command, self.log, self._env)
        leash = ["sh", "-c", LEASH, str(self._child.pid)]
        self._leash = subprocess.Popen(leash, stdin=subprocess.PIPE, start_new_session=True)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        if self.alive:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it at once, with no chance to say goodbye."""
        self.signal(signal.SIGKILL)
        self.wait(10)

    def stop(self, seconds: float = 30) -> None:
        """Ask it to end, insist after a while."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def pause(self) -> None:
        """Freeze it."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def wait(self, seconds: float) -> int | None:
        """Wait for its end; returns how it ended."""
        if self._child is None:
            return None
        code = self._child.wait(seconds)
        self._let_go()
        return code

    def tail(self, lines: int = 20) -> str:
        """The last lines it wrote."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _let_go(self) -> None:
        """The leash goes first: the number of a dead group may be given to another."""
        if self._leash is not None:
            self._leash.kill()
            self._leash.wait()
            assert self._leash.stdin is not None
            self._leash.stdin.close()
            self._leash = None
