"""What the committed offsets over time say about recovery."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

# A longer gap between two looks means that the broker was away: nobody can commit then.
GAP_S = 2.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the group, by partition: up to where it committed, up to where records lie."""

    at: float
    committed: Mapping[int, int]
    ends: Mapping[int, int]

    def waiting(self, partition: int) -> bool:
        """Whether records lie there that nobody committed."""
        return self.ends.get(partition, 0) > self.committed.get(partition, 0)


@dataclass(frozen=True, slots=True)
class Standstill:
    """The longest time that records waited in a partition while nothing was committed there."""

    seconds: float
    partition: int
    since: float


def recovery(samples: Sequence[Sample], began: float, partitions: Collection[int]) -> float | None:
    """Seconds from the fault until each of these partitions committed again; None where one never did.

    A partition in which nothing waited until the end needs no recovery.
    """
    after = [sample for sample in samples if sample.at >= began]
    if not after:
        return None
    # A commit may be on its way at the fault, so the first look after it counts, unless that one came late.
    before = [sample for sample in samples if sample.at < began]
    stood = before[-1] if before and after[0].at - began > GAP_S else after[0]
    moments = [_moved(after, partition, stood.committed.get(partition, 0)) for partition in partitions]
    known = [moment for moment in moments if moment is not None]
    return None if len(known) < len(moments) else max((moment - began for moment in known), default=0.0)


def standstill(samples: Sequence[Sample]) -> Standstill:
    """The longest standstill of any partition; an outage of the broker starts the count again."""
    worst = Standstill(0.0, -1, 0.0)
    since: dict[int, float] = {}
    before: Sample | None = None
    for sample in samples:
        for partition in sample.ends:
            if before is None or _moves(before, sample, partition):
                since[partition] = sample.at
            stood = sample.at - since.setdefault(partition, sample.at)
            if stood > worst.seconds:
                worst = Standstill(stood, partition, since[partition])
        before = sample
    return worst


def _moved(after: Sequence[Sample], partition: int, stood: int) -> float | None:
    """When it committed beyond where it stood."""
    for sample in after:
        if sample.committed.get(partition, 0) > stood:
            return sample.at
    return None if after[-1].waiting(partition) else after[0].at


def _moves(before: Sample, now: Sample, partition: int) -> bool:
    """Whether the count of a standstill starts again at this look."""
    progressed = now.committed.get(partition, 0) != before.committed.get(partition, 0)
    return progressed or not now.waiting(partition) or now.at - before.at > GAP_S
