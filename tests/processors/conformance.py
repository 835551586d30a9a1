"""The one check that every step passes: input unchanged, deterministic, a batch as good as each alone."""

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def check(step: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]) -> None:
    """Raises AssertionError where the step breaks one of the three promises."""
    before = copy.deepcopy(list(items))
    results = list(step(items))
    assert list(items) == before, "the input was changed"
    assert list(step(items)) == results, "a second time it came out otherwise"
    assert len(results) == len(items), "not one result an item"
    assert [alone for item in items for alone in step([item])] == results, "alone it came out otherwise"
    assert list(step(list(reversed(items)))) == results[::-1], "the neighbours count"
