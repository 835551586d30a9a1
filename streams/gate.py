"""The one place ahead of reading: who has read a batch waits here until it is his lane's turn."""

import threading
import time
from collections.abc import Sequence

from streams.lanes import LANES, Lane

# So long after its last batch a lane still counts as busy.
BUSY_S = 10.0


class Gate:
    """Lets one batch at a time through: the most urgent lane's, but nobody waits longer than his patience."""

    def __init__(self, lanes: Sequence[Lane] = LANES) -> None:
        """Open; the lanes are given most urgent first."""
        self._lanes = tuple(lanes)
        self._changed = threading.Condition()
        self._waiting: set[Lane] = set()
        self._passed_by = dict.fromkeys(self._lanes, 0)
        self._entered_at = dict.fromkeys(self._lanes, float("-inf"))
        self._open = True

    def enter(self, lane: Lane, seconds: float) -> bool:
        """Whether it becomes this lane's turn within so many seconds; then all others wait until it leaves."""
        with self._changed:
            self._waiting.add(lane)
            entered = self._changed.wait_for(lambda: self._open and self._next() is lane, seconds)
            self._waiting.discard(lane)
            if entered:
                self._let_in(lane)
            return entered

    def leave(self) -> None:
        """The step ahead is free again."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many lanes have a batch."""
        return len(self._waiting)

    def portion(self, lane: Lane) -> float:
        """How much of a whole batch the lane may read now."""
        since = time.monotonic() - BUSY_S
        urgent = self._lanes[: self._lanes.index(lane)]
        return min(lane.portion, lane.beside) if self._any_since(urgent, since) else lane.portion

    def _any_since(self, lanes: Sequence[Lane], moment: float) -> bool:
        return any(self._entered_at[each] > moment for each in lanes)

    def _next(self) -> Lane:
        """Whoever's patience is at its end, else the most urgent, of those that wait."""
        waiting = [each for each in self._lanes if each in self._waiting]
        impatient = (each for each in waiting if self._passed_by[each] >= each.patience > 0)
        return next(impatient, waiting[0])

    def _let_in(self, lane: Lane) -> None:
        self._open = False
        self._entered_at[lane] = time.monotonic()
        self._passed_by[lane] = 0
        for each in self._waiting:
            self._passed_by[each] += 1
