"""What is between reading and commit: how many batches, of which epoch."""

import threading
import time
from collections.abc import Callable

from streams.gate import Gate
from streams.lanes import NORMAL, Lane


class Flight:
    """The one thing that a lane's reading thread, the agent, the outbox share.

    A batch takes off when it is read, is passed on when the outbox has it, lands when it is committed or dropped.
    An epoch is a stretch of reading without a break in positions: raising it makes every batch of an older one
    void, wherever it is, and makes the reading thread go back to what is committed.
    """

    def __init__(self, lane: Lane = NORMAL, gate: Gate | None = None) -> None:
        """Nothing in the air, in epoch 0; all lanes of a worker go through the same gate."""
        self.lane = lane
        self._gate = gate or Gate((lane,))
        self._changed = threading.Condition()
        self._epoch = 0
        self._aloft = 0
        self.moved_at = time.monotonic()
        self.failures = 0
        # A batch that only waits, as for a model that is down, is let go in order instead of becoming void.
        self.recalled = False

    @property
    def epoch(self) -> int:
        """The epoch in which batches count."""
        return self._epoch

    def wait_turn(self, seconds: float) -> bool:
        """Whether the step ahead takes a batch of this lane within so many seconds; it is kept free for that."""
        return self._gate.enter(self.lane, seconds)

    def step_back(self) -> None:
        """It is our turn, but there is no batch."""
        self._gate.leave()

    @property
    def portion(self) -> float:
        """How much of a whole batch may be read now."""
        return self._gate.portion(self.lane)

    def take_off(self) -> None:
        """Count a batch that was read."""
        with self._changed:
            self._aloft += 1

    def passed_on(self) -> None:
        """The step ahead of reading is free again."""
        self._gate.leave()

    def landed(self, *, moved: bool) -> None:
        """A batch is committed (it moved the partition on) or dropped."""
        with self._changed:
            self._aloft -= 1
            if moved:
                self.moved_at = time.monotonic()
                self.failures = 0
            self._changed.notify_all()

    def raise_epoch(self, *, failed: bool = False) -> None:
        """Make every batch in the air void; a failed transaction counts towards giving up."""
        with self._changed:
            self._epoch += 1
            self.failures += failed
            self._changed.notify_all()

    def wait_empty(self, seconds: float) -> bool:
        """Whether everything in the air lands within so many seconds."""
        return self._wait(lambda: self._aloft == 0, seconds)

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, seconds)
