"""Exact odds of counting so few wrong ones among so many."""

from collections.abc import Callable
from functools import lru_cache
from math import ceil, exp, lgamma, log, log1p

# What is left out of a sum is below a double's last digit.
_NEGLIGIBLE = 1e-18
# Halving an interval so often leaves 1e-18 of it.
_HALVINGS = 60


@lru_cache(maxsize=65_536)
def tail(wrong: int, among: int, share: float) -> float:
    """The probability of at most so many wrong ones, were this share of all wrong."""
    if wrong >= among or share <= 0:
        return 1.0
    if wrong < 0 or share >= 1:
        return 0.0
    odds = share / (1 - share)
    # The longer end of the distribution is never summed: its terms would all count.
    if wrong < among * share:
        return min(1.0, _summed(wrong, among, share, lambda at: at / ((among - at + 1) * odds), -1))
    return max(0.0, 1 - _summed(wrong + 1, among, share, lambda at: (among - at) * odds / (at + 1), 1))


def upper(wrong: int, among: int, certainty: float) -> float:
    """The share of wrong ones that is not exceeded, with this certainty: Clopper and Pearson's one-sided bound."""
    low, high = wrong / among if among else 1.0, 1.0
    for _ in range(_HALVINGS if low < high else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(wrong, among, middle) > 1 - certainty else (low, middle)
    return high


def proves(wrong: int, among: int, error: float, certainty: float) -> bool:
    """Whether so few wrong ones show, with this certainty, that at most this share of all is."""
    return among > 0 and tail(wrong, among, error) <= 1 - certainty


def flawless(error: float, certainty: float) -> int:
    """The fewest that can prove it, every single one right."""
    found = max(1, ceil(log(1 - certainty) / log1p(-error)) - 1) if error < 1 else 1
    return found if proves(0, found, error, certainty) else found + 1


def _summed(start: int, among: int, share: float, ratio: Callable[[int], float], step: int) -> float:
    """The probabilities from one count to the near end, each made of the one before."""
    term = exp(
        lgamma(among + 1)
        - lgamma(start + 1)
        - lgamma(among - start + 1)
        + start * log(share)
        + (among - start) * log1p(-share)
    )
    total, at = 0.0, start
    while 0 <= at <= among and term > total * _NEGLIGIBLE:
        total += term
        term, at = term * ratio(at), at + step
    return total
