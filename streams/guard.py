"""Stops a worker that would drain a topic into the dead letters."""

from collections import deque
from collections.abc import Sequence

from processors.flow import Record
from streams.reading import Place, place


class Guard:
    """Watches which share of the recent records was rejected."""

    def __init__(self, share: float, window: int) -> None:
        """Trips once more than this share of a window of so many records was rejected."""
        self._most = share * window
        self._recent: deque[bool] = deque(maxlen=window)
        self._seen_to: dict[Place, int] = {}

    @property
    def rejected(self) -> int:
        """How many of the recent records were."""
        return sum(self._recent)

    def trips(self, records: Sequence[Record], rejected: Sequence[bool]) -> bool:
        """Take in a batch; whether too many of the recent records were rejected."""
        self._recent.extend(
            bad for record, bad in zip(records, rejected, strict=True) if self._is_new(record)
        )
        return any(rejected) and self.rejected > self._most

    def _is_new(self, record: Record) -> bool:
        """Whether it is seen for the first time: one read again after an undone transaction counts once."""
        where, offset = place(record), record.source.offset
        new = offset > self._seen_to.get(where, -1)
        if new:
            self._seen_to[where] = offset
        return new
