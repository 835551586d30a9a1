"""Workers that begin where a worker has loaded all it needs.

Loading takes a second of processor time, a test run begins some two hundred workers. A nursery loads once, then forks:
what runs is the same module in a process of its own, with its own group, environment, log. The proofs that tell of
starts (chaos, the bench, the commands) begin theirs in full.
"""

import gc
import json
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

LOADED = ("streams.cli", "streams.app", "streams.wiring")


class Nursery:
    """The side of the tests: asks for a process, hears how it ended."""

    def __init__(self) -> None:
        """The first that is born waits for the loading."""
        self._asking = threading.Lock()
        self._news = threading.Condition()
        self._born: list[int] = []
        self._ends: dict[int, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def birth(self, command: Sequence[str], log: Path, env: Mapping[str, str] | None) -> "Born":
        """`python -m MODULE WORDS` as a process of its own."""
        wanted = {"words": command[2:], "log": str(log), "env": dict(os.environ if env is None else env)}
        assert self._process.stdin is not None
        with self._asking:
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            with self._news:
                assert self._news.wait_for(lambda: self._born, 60), "the nursery is silent"
                return Born(self, self._born.pop())

    def end_of(self, pid: int, seconds: float | None) -> int | None:
        """How a process ended, if it does within so many seconds."""
        with self._news:
            self._news.wait_for(lambda: pid in self._ends, seconds)
            return self._ends.get(pid)

    def close(self) -> None:
        """Nobody else is born."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _listen(self) -> None:
        """Take in who was born, who ended."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            pid, _, status = line.strip().partition(" ")
            with self._news:
                if status:
                    self._ends[int(pid)] = int(status)
                else:
                    self._born.append(int(pid))
                self._news.notify_all()


class Born:
    """A process of the nursery, as `subprocess.Popen` tells of one of its own."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        """It runs."""
        self.pid = pid
        self._nursery = nursery

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._nursery.end_of(self.pid, 0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has."""
        status = self._nursery.end_of(self.pid, timeout)
        if status is None:
            raise subprocess.TimeoutExpired(f"process {self.pid} of the nursery", timeout or 0)
        return status


def serve() -> Callable[[], object]:
    """Fork for every line that asks for it; returns in each process that was born, with what it has to do."""
    for line in sys.stdin:
        wanted = json.loads(line)
        keeper = os.fork()
        if not keeper and not (pid := os.fork()):
            return lambda: live(**wanted)
        if not keeper:
            keep(pid)
        # The keepers of those who have ended.
        while _reaped():
            pass
    os._exit(0)


def keep(pid: int) -> NoReturn:
    """Tell of a birth, then of the end."""
    # Whoever hears of it may signal its group at once.
    os.setpgid(pid, pid)
    os.write(1, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(1, f"{pid} {os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def live(words: list[str], log: str, env: dict[str, str]) -> None:
    """Be a process of one's own: group, environment, files; then do as `python -m` does."""
    os.setpgid(0, 0)
    for target, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, log, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        os.dup2(os.open(path, flags, 0o644), target)
    os.dup2(1, 2)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(env)
    module, sys.argv = words[0], words
    sys.modules.pop(module, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _reaped() -> bool:
    """Whether one that had ended was taken note of."""
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


if __name__ == "__main__":
    for name in LOADED:
        __import__(name)
    gc.freeze()
    work = serve()
    work()
