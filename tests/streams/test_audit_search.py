"""An audit record is found by halving, whichever lanes share its partition."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from streams.operations.audit_search import Entry, Gap, search

Line = tuple[int, str, int]


@dataclass
class ListedShelf:
    """A partition as a list of where a record lies, of which lane it is, of which offset there."""

    lines: Sequence[Line]
    probes: int = 0
    looked_at: int = field(default=0)

    def first(self, lane: str, start: int, end: int) -> Entry | None:
        """Reads from the start on, as a consumer does."""
        self.probes += 1
        for at, name, offset in self.lines:
            if at >= end:
                break
            self.looked_at += at >= start
            if at >= start and name == lane:
                return Entry(at, offset, f"{name}/{offset}".encode())
        return None


@st.composite
def shelves(draw: st.DrawFn) -> list[Line]:
    """Lanes mixed at will, each in its order with gaps; gaps between the records, too, where markers lie."""
    lanes = {"a": 0, "b": 0, "c": 0}
    at, lines = draw(st.integers(0, 50)), []
    for lane in draw(st.lists(st.sampled_from("aaaabbc"), max_size=60)):
        lanes[lane] += draw(st.integers(1, 3))
        at += draw(st.integers(1, 3))
        lines.append((at, lane, lanes[lane]))
    return lines


def span(lines: Sequence[Line]) -> tuple[int, int]:
    return (lines[0][0], lines[-1][0] + 2) if lines else (7, 7)


@given(shelves())
def test_every_record_is_found_and_no_other(lines: list[Line]) -> None:
    there = {(lane, offset) for _, lane, offset in lines}
    for lane in "abc":
        for offset in range(130):
            found = search(ListedShelf(lines), lane, offset, span(lines), lambda _: None)
            if (lane, offset) in there:
                assert isinstance(found, Entry)
                assert found.value == f"{lane}/{offset}".encode()
            else:
                assert isinstance(found, Gap)


@given(shelves(), st.integers(0, 130))
def test_of_what_is_not_there_the_neighbours_are_told(lines: list[Line], offset: int) -> None:
    offsets = [each for _, lane, each in lines if lane == "a"]
    found = search(ListedShelf(lines), "a", offset, span(lines), lambda _: None)
    if isinstance(found, Gap):
        assert (found.before is None) is all(each > offset for each in offsets)
        assert (found.after is None) is all(each < offset for each in offsets)


@given(st.lists(st.integers(1, 8), min_size=1, max_size=12), st.data())
def test_a_batch_that_was_answered_twice_is_found_too(steps: list[int], data: st.DataObject) -> None:
    """As after a fault under at_least_once: back to what was committed, then on over the same offsets."""
    offsets: list[int] = []
    for step in steps:
        offsets += range(len(set(offsets)), len(set(offsets)) + step)
        if data.draw(st.booleans()):
            offsets += range(max(0, offsets[-1] - data.draw(st.integers(0, 6))), offsets[-1] + 1)
    lines = [(at, "a", offset) for at, offset in enumerate(offsets)]
    for offset in set(offsets):
        assert isinstance(search(ListedShelf(lines), "a", offset, span(lines), lambda _: None), Entry)


def test_a_long_partition_takes_few_looks() -> None:
    lines = [(at, "ab"[at % 2], at // 2) for at in range(4096)]
    shelf, steps = ListedShelf(lines), list[int]()
    assert isinstance(search(shelf, "a", 777, span(lines), steps.append), Entry)
    assert shelf.probes <= 13
    assert 0 < sum(steps) <= 4097


def test_a_lane_that_never_comes_costs_one_reading_at_most() -> None:
    lines = [(at, "a", at) for at in range(1000)]
    shelf = ListedShelf(lines)
    assert search(shelf, "b", 5, span(lines), lambda _: None) == Gap(None, None)
    assert shelf.looked_at <= 1000
