"""How the process treats its memory."""

import gc
import weakref

from streams.memory import settle


class Ring:
    """Garbage that only the search for cycles finds."""

    def __init__(self) -> None:
        """A ring of one."""
        self.me = self


def test_what_is_there_is_not_searched_for_garbage_again() -> None:
    kept = Ring()
    try:
        settle()
        late = Ring()
        gone_before, gone_after = weakref.ref(kept), weakref.ref(late)
        del kept, late
        gc.collect()
        assert gone_before() is not None
        assert gone_after() is None
    finally:
        gc.unfreeze()


def test_what_was_garbage_before_does_not_stay() -> None:
    gone = weakref.ref(Ring())
    try:
        settle()
        assert gone() is None
    finally:
        gc.unfreeze()
