"""The count: every record answered once, in the order in which its conversation wrote."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SHOWN = 5
EVERY = ("missing", "twice", "disordered", "astray")


class Source(NamedTuple):
    """Where an inbound record lies."""

    topic: str
    partition: int
    offset: int


class Seen(NamedTuple):
    """One record of an output topic, in the order of its partition, with the source it names."""

    topic: str
    partition: int
    source: Source


@dataclass(slots=True)
class Findings:
    """What is wrong with an output; all empty where nothing is."""

    asked: int
    answered: int = 0
    missing: list[Source] = field(default_factory=list)
    twice: list[Source] = field(default_factory=list)
    disordered: list[Source] = field(default_factory=list)
    # Names a source that was never asked, or lies in another partition than its conversation did before.
    astray: list[Source] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.missing or self.twice or self.disordered or self.astray)

    def lines(self, kinds: Sequence[str] = EVERY) -> list[str]:
        """Each kind of fault in one line, with the first few of them."""
        found = ((kind, getattr(self, kind)) for kind in kinds)
        return [f"{kind}: {len(which)}, such as {which[:SHOWN]}" for kind, which in found if which]


def verify(asked: Mapping[Source, bytes], seen: Iterable[Seen]) -> Findings:
    """Hold what was answered against what was asked, each source with the key of its conversation."""
    findings = Findings(asked=len(asked))
    times: Counter[Source] = Counter()
    order = _Order()
    for each in seen:
        findings.answered += 1
        times[each.source] += 1
        key = asked.get(each.source)
        if key is None or not order.same_partition(each, key):
            findings.astray.append(each.source)
        elif not order.later(each, key):
            findings.disordered.append(each.source)
    findings.missing = sorted(asked.keys() - times.keys())
    findings.twice = sorted(source for source, count in times.items() if count > 1)
    return findings


class _Order:
    """Where each conversation stands in each output topic."""

    def __init__(self) -> None:
        self._partition: dict[tuple[str, bytes], int] = {}
        self._last: dict[tuple[str, str, int, bytes], int] = {}

    def same_partition(self, seen: Seen, key: bytes) -> bool:
        """A conversation in two partitions of one topic has no order there."""
        return self._partition.setdefault((seen.topic, key), seen.partition) == seen.partition

    def later(self, seen: Seen, key: bytes) -> bool:
        """Whether it came after what this conversation wrote before."""
        where = (seen.topic, seen.source.topic, seen.source.partition, key)
        last = self._last.get(where, -1)
        self._last[where] = max(last, seen.source.offset)
        return seen.source.offset > last
