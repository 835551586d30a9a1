"""The search for the one item that a step can't take."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from types import TracebackType
from typing import Protocol, TypeVar, cast

from processors.flow import Record, Rejection
from processors.score import ModelDown
from schemas.vocabulary import Cause


class Carrier(Protocol):
    """Anything that knows the record it came from."""

    @property
    def record(self) -> Record:
        """The record it came from."""
        ...


T = TypeVar("T", bound=Carrier)
R = TypeVar("R")
S = TypeVar("S")


class MiscountError(Exception):
    """A step gave back another number of results than it was given items."""


def halving(step: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]) -> Sequence[R | Rejection]:
    """One result for every item, in order; an item that makes the step fail even alone is rejected.

    Nothing left memory yet, so trying again costs time only: 2 log2(n) calls for one culprit among n.
    """
    try:
        return _counted(step(items), len(items))
    except ModelDown:
        raise
    except Exception as error:
        if len(items) == 1:
            return [Rejection(items[0].record, Cause.STEP_FAILED, _where(error))]
    middle = len(items) // 2
    return [*halving(step, items[:middle]), *halving(step, items[middle:])]


def along(
    kind: type[T], items: Sequence[T | S], step: Callable[[Sequence[T]], Sequence[R]]
) -> list[R | S | Rejection]:
    """The step's results in the place of the items of one kind; what is of another kind passes by."""
    chosen = [item for item in items if isinstance(item, kind)]
    found = halving(step, chosen) if chosen else ()
    if len(chosen) == len(items):
        return list(found)
    results = iter(found)
    return [next(results) if isinstance(item, kind) else cast("S", item) for item in items]


def _counted(results: Sequence[R], expected: int) -> Sequence[R]:
    if len(results) != expected:
        raise MiscountError
    return results


def _where(error: Exception) -> str:
    """The type of the error with its line; its message may quote the customer."""
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f" at {PurePath(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""
    return f"{type(error).__name__}{place}"
