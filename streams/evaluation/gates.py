"""What a candidate must not be worse at, to take another bundle's place."""

from collections.abc import Iterator
from dataclasses import dataclass

from streams.evaluation.figures import Comparison, Difference

LET_THROUGH = "out_of_scope_let_through"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse is still let pass; an intent with fewer messages than min_support is not held against it."""

    max_drop: float = 0.15
    min_support: int = 20
    max_let_through: float = 0.03
    max_latency: float = 1.5


def failures(found: Comparison, limits: Limits) -> tuple[str, ...]:
    """Every gate that the candidate does not pass, in words."""
    return (*_accuracy(found), *_recalls(found, limits), *_scope(found, limits), *_latency(found, limits))


def _accuracy(found: Comparison) -> Iterator[str]:
    """An interval wholly below 0 is no chance."""
    fell = _named(found, "accuracy")
    if fell and fell.high < 0:
        yield (
            f"accuracy fell by {-100 * fell.difference:.2f} points "
            f"(95 % interval {100 * fell.low:+.2f} to {100 * fell.high:+.2f})"
        )


def _recalls(found: Comparison, limits: Limits) -> Iterator[str]:
    for each in found.recalls:
        if each.support >= limits.min_support and -each.difference > limits.max_drop:
            yield (
                f"recall of {each.intent} fell from {each.other:.1%} to {each.candidate:.1%}, "
                f"over {limits.max_drop:.1%}"
            )


def _scope(found: Comparison, limits: Limits) -> Iterator[str]:
    rose = _named(found, LET_THROUGH)
    if rose and rose.difference > limits.max_let_through:
        yield (
            f"out-of-scope let through rose from {rose.other:.1%} to {rose.candidate:.1%}, "
            f"over {limits.max_let_through:.1%}"
        )


def _latency(found: Comparison, limits: Limits) -> Iterator[str]:
    if found.latency_ratio > limits.max_latency:
        yield f"one message takes {found.latency_ratio:.2f} times as long, over {limits.max_latency:g}"


def _named(found: Comparison, figure: str) -> Difference | None:
    return next((each for each in found.differences if each.figure == figure), None)
