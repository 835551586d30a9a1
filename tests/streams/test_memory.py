"""How the process treats its memory."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from streams.memory import YOUNG, gather, settle


class Ring:
    """Garbage that only the search for cycles finds."""

    def __init__(self) -> None:
        """A ring of one."""
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What is set for the whole process is taken back."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    gc.enable()


def test_what_is_there_is_not_searched_for_garbage_again() -> None:
    kept = Ring()
    settle()
    late = Ring()
    gone_before, gone_after = weakref.ref(kept), weakref.ref(late)
    del kept, late
    gc.collect()
    assert gone_before() is not None
    assert gone_after() is None


def test_what_was_garbage_before_does_not_stay() -> None:
    gone = weakref.ref(Ring())
    settle()
    assert gone() is None


def test_a_batch_that_comes_and_goes_costs_no_search_but_garbage_is_found() -> None:
    settle()
    searches = gc.get_stats()[0]["collections"]
    batch: list[list[str]] = []
    for _ in range(10):
        batch = [[] for _ in range(YOUNG // 3)]
    assert gc.get_stats()[0]["collections"] == searches
    gone = weakref.ref(Ring())
    batch = [[] for _ in range(2 * YOUNG)]
    assert gone() is None, f"{len(batch)} objects later"


def test_nothing_is_searched_until_all_is_there() -> None:
    gather()
    searches = gc.get_stats()[0]["collections"]
    loaded: list[list[str]] = [[] for _ in range(2 * YOUNG)]
    assert gc.get_stats()[0]["collections"] == searches, f"{len(loaded)} objects are there"
    settle()
    assert gc.isenabled()
