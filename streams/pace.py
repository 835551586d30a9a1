"""How large a batch may be, learned from how long the last ones took."""

from dataclasses import dataclass, field

SMOOTHING = 0.2


@dataclass(slots=True)
class Pace:
    """Bounds a batch by count, by bytes, by the time that scoring it will take."""

    most: int
    bytes: int
    seconds: float
    count: int = field(init=False)
    _per_record: float = 0.0

    def __post_init__(self) -> None:
        """Begin with a small batch: nothing is known of the cost yet."""
        self.count = min(self.most, 64)

    def learn(self, records: int, seconds: float) -> None:
        """Take in how long a batch took."""
        if not records:
            return
        cost = seconds / records
        self._per_record += SMOOTHING * (cost - self._per_record) if self._per_record else cost
        self.count = max(1, min(self.most, int(self.seconds / max(self._per_record, 1e-7))))
