"""Whether this worker lives, whether it is ready."""

import time
from collections.abc import Callable

from streams.flight import Flight
from streams.pulse import Pulse

DEADLINES = 3


class Health:
    """Watches for the one state a worker must never be in: records wait, and nothing moves."""

    def __init__(
        self,
        flight: Flight,
        pulse: Pulse,
        commit_deadline_s: float,
        records_wait: Callable[[], bool],
        standing_by: Callable[[], bool],
    ) -> None:
        """Everything is well so far.

        `records_wait` asks the broker whether records wait in a partition of ours, False too where it does not
        answer; `standing_by` says whether the worker waits on purpose, as for a model that is down.
        """
        self._flight = flight
        self._pulse = pulse
        self._deadline_s = commit_deadline_s
        self._records_wait = records_wait
        self._standing_by = standing_by
        self._well_at = time.monotonic()

    def look(self) -> None:
        """Take note when all is well: something moved lately, or nothing waits, or the wait is meant."""
        if time.monotonic() - self._flight.moved_at < self._deadline_s:
            self._well_at = self._flight.moved_at
        elif self._standing_by() or not self._records_wait():
            # Of the moment of the answer: asking may take seconds.
            self._well_at = time.monotonic()

    def live(self) -> bool:
        """False once records waited for three commit deadlines while nothing moved."""
        return time.monotonic() - max(self._well_at, self._flight.moved_at) < DEADLINES * self._deadline_s

    def ready(self, *, sending: bool, assigned: bool) -> str:
        """Why this worker takes no records, or nothing where it does."""
        if not sending:
            return "waiting for the broker"
        if not assigned:
            return "waiting for partitions"
        if self._pulse.broker_away():
            return "no broker answers"
        if self._standing_by():
            return "waiting for the model"
        return ""
