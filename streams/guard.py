"""Stops a worker that would drain a topic into the dead letters."""

from collections import deque


class Guard:
    """Watches which share of the recent records was rejected."""

    def __init__(self, share: float, window: int) -> None:
        """Trips once more than this share of a window of so many records was rejected."""
        self._most = share * window
        self._window = window
        self._recent: deque[tuple[int, int]] = deque()
        self._records = 0
        self.rejected = 0

    def trips(self, records: int, rejected: int) -> bool:
        """Take in a batch; whether too many of the recent records were rejected."""
        self._recent.append((records, rejected))
        self._records += records
        self.rejected += rejected
        while self._records - self._recent[0][0] >= self._window:
            old_records, old_rejected = self._recent.popleft()
            self._records -= old_records
            self.rejected -= old_rejected
        return self.rejected > self._most
