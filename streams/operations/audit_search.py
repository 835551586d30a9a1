"""The search for what was written down of one record, in the partition of the audit that is its own."""

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """An audit record: where it lies, which offset of its lane it is about, what it says."""

    at: int
    offset: int
    value: bytes


class Gap(NamedTuple):
    """Nothing of that offset; which ones of its lane lie next to where it would be."""

    before: int | None
    after: int | None


class Shelf(Protocol):
    """One partition of the audit."""

    def first(self, lane: str, start: int, end: int) -> Entry | None:
        """The first record about a lane from one offset on, before another."""
        ...


def search(
    shelf: Shelf, lane: str, offset: int, span: tuple[int, int], narrowed: Callable[[int], None]
) -> Entry | Gap:
    """Halve the span until the record is found, telling by how much each time.

    Several lanes share a partition, but within each the audit is in the lane's order. A batch that was answered twice,
    as at_least_once may, goes back a little, then over the same offsets again: halving finds one of the two. A
    lane that is rare costs the way to its next record, and never more than one reading of the whole.
    """
    (low, high), before, after = span, None, None
    while low < high:
        width, middle = high - low, (low + high) // 2
        found = shelf.first(lane, middle, high)
        if found is not None and found.offset == offset:
            return found
        if found is not None and found.offset < offset:
            before, low = found.offset, found.at + 1
        else:
            after, high = (found.offset if found else after), middle
        narrowed(width - (high - low))
    return Gap(before, after)
