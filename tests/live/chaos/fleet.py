"""Workers as real processes, restarted when they die."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from tests.ground.process import Process, free_port

ROOT = Path(__file__).parents[3]
WORKER = (sys.executable, "-m", "streams.cli", "run")
DRAIN = (sys.executable, "-m", "streams.cli", "drain")
LOOK_S = 0.1
# Beyond this the test goes on with kill -9; the fault counts all the same.
PATIENCE_S = 30.0
DRAIN_S = 90.0
# Its session timed out before the operator came.
GONE = "is no static member"


class State(Enum):
    """What was last done to a worker."""

    WHOLE = "whole"
    FROZEN = "frozen"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Exit:
    """An end of a worker's process; asked for, or its own doing."""

    at: float
    instance: str
    code: int | None
    asked: bool


@dataclass(slots=True)
class Worker:
    """One worker with its place in the group."""

    instance: str
    process: Process
    env: Mapping[str, str]
    state: State = State.WHOLE
    asked: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)


class Fleet:
    """So many workers, watched over as Kubernetes would."""

    def __init__(
        self, folder: Path, env: Mapping[str, str], workers: int, command: Sequence[str] = WORKER
    ) -> None:
        """Nothing runs yet."""
        self._folder = folder
        self._command = command
        self.workers = [self._worker(f"w{number}", env) for number in range(workers)]
        self.exits: list[Exit] = []
        self.stop_seconds: list[float] = []
        self._noted: set[int] = set()
        self._over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    def start(self) -> None:
        """Run them all, and what restarts them."""
        for worker in self.workers:
            worker.process.start()
        self._supervisor.start()

    def kill(self, worker: Worker) -> None:
        """End it at once; the supervisor brings it back."""
        with worker.lock:
            worker.asked = True
            worker.process.kill()

    def terminate(self, worker: Worker) -> None:
        """Ask it to end; how long that took is kept."""
        with worker.lock:
            worker.asked = True
            began = time.monotonic()
            worker.process.signal(signal.SIGTERM)
            try:
                worker.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                worker.process.kill()
            self.stop_seconds.append(time.monotonic() - began)

    def freeze(self, worker: Worker) -> None:
        """Stop its clock."""
        worker.state = State.FROZEN
        worker.process.pause()

    def thaw(self, worker: Worker) -> None:
        """Let it go on; it may find itself replaced, and end."""
        worker.process.resume()
        worker.state = State.WHOLE

    def remove(self, worker: Worker, *, goodbye: bool) -> None:
        """End it for good; its partitions are free once it is drained."""
        worker.state = State.REMOVED
        if goodbye:
            self.terminate(worker)
        else:
            self.kill(worker)

    def drain(self, worker: Worker) -> None:
        """Give its partitions away, as an operator would: again where the broker was away just then."""
        end = time.monotonic() + DRAIN_S
        while True:
            done = subprocess.run(
                [*DRAIN, worker.instance],
                env=dict(worker.env),
                capture_output=True,
                text=True,
                timeout=DRAIN_S,
            )
            if done.returncode == 0 or GONE in done.stderr:
                return
            if time.monotonic() > end:
                raise RuntimeError(
                    f"drain {worker.instance} ended with {done.returncode}: {done.stderr[-500:]}"
                )

    def bring_back(self, worker: Worker) -> None:
        """Let the supervisor start it again."""
        worker.state = State.WHOLE

    def whole(self, first: int) -> Worker | None:
        """A worker that nothing is being done to, looked for from this one on."""
        turn = [*self.workers[first:], *self.workers[:first]]
        return next((each for each in turn if each.state is State.WHOLE and each.process.alive), None)

    def stop(self) -> None:
        """End them all in order."""
        self._over.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for worker in self.workers:
            self.thaw(worker)
            if worker.process.alive:
                self.terminate(worker)
                self._note_end(worker)

    def end(self) -> None:
        """End them at once; nothing is left behind whatever happened."""
        self._over.set()
        for worker in self.workers:
            worker.process.kill()

    def last_words(self) -> str:
        """Where every thread of every worker stands; that ends them."""
        for worker in self.workers:
            with worker.lock:
                worker.state, worker.asked = State.REMOVED, True
                worker.process.signal(signal.SIGABRT)
                worker.process.wait(PATIENCE_S)
        return self.tails(60)

    def tails(self, lines: int = 15) -> str:
        """The last words of each."""
        return "\n".join(f"--- {each.instance}\n{each.process.tail(lines)}" for each in self.workers)

    def _worker(self, instance: str, env: Mapping[str, str]) -> Worker:
        own = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            # An abort is told with the stack of every thread.
            "PYTHONFAULTHANDLER": "1",
            **env,
            "INTENTS_INSTANCE": instance,
            "INTENTS_HTTP_PORT": str(free_port()),
        }
        return Worker(instance, Process(self._command, self._folder / f"{instance}.log", own), own)

    def _supervise(self) -> None:
        while not self._over.wait(LOOK_S):
            for worker in self.workers:
                if worker.lock.acquire(blocking=False):
                    try:
                        self._restart_dead(worker)
                    finally:
                        worker.lock.release()

    def _restart_dead(self, worker: Worker) -> None:
        if worker.process.alive:
            return
        if worker.process.returncode is not None:
            self._note_end(worker)
        if worker.state is not State.REMOVED and not self._over.is_set():
            worker.process.start()

    def _note_end(self, worker: Worker) -> None:
        """Keep how it ended, once."""
        code, pid = worker.process.wait(1), worker.process.pid
        if pid not in self._noted:
            self._noted.add(pid)
            self.exits.append(Exit(time.monotonic(), worker.instance, code, worker.asked))
            worker.asked = False
