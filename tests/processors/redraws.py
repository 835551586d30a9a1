"""Bundles whose every error is known, to draw messages from again and again."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom  # type: ignore[import-untyped]

from processors.promise import GRID, Routes, Terms

REDRAWS = 2_000
# What is broken in 5 % of all cases is broken more often than this in one of 1,000 such simulations.
SLACK = int(binom.ppf(0.999, REDRAWS, 0.05))
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """How often a confidence is drawn, how often it is wrong."""

    confidence: Reals
    weight: Reals
    error: Reals

    def beyond(self, confidence: float) -> float:
        """The true share of wrong ones from a confidence on."""
        reach = self.confidence >= confidence
        return float(np.average(self.error[reach], weights=self.weight[reach]))

    def draw(self, messages: int, rng: np.random.Generator) -> Routes:
        """As many messages as if nobody had ever seen them."""
        places = rng.choice(len(self.weight), messages, p=self.weight)
        return Routes(self.confidence[places], rng.random(messages) < self.error[places])


def known(error: Callable[[Reals], Reals], sure: float = 3.0) -> Known:
    """Confidences from a half to one, the more near one the larger sure is, wrong as often as the function says."""
    confidence = np.linspace(0.5, 0.9999, 1_000)
    weight = (confidence - 0.49) ** sure
    return Known(confidence, weight / weight.sum(), np.clip(error(confidence), 0.0, 1.0))


def broken(
    bundle: Known, messages: int, terms: Terms, choose: Callable[[Routes], float | None], seed: int = 7
) -> int:
    """In how many of all redraws more is wrong in truth than was promised."""
    rng = np.random.default_rng(seed)
    chosen = (choose(bundle.draw(messages, rng)) for _ in range(REDRAWS))
    return sum(each is not None and bundle.beyond(each) > terms.error for each in chosen)


def naive(terms: Terms) -> Callable[[Routes], float | None]:
    """The loosest confidence at which few enough of the messages that were seen are wrong."""

    def choose(routes: Routes) -> float | None:
        return next((each for each in reversed(GRID) if _few(routes, each, terms)), None)

    return choose


def _few(routes: Routes, confidence: float, terms: Terms) -> bool:
    tried = routes.tried(confidence, terms)
    return tried.routes > 0 and tried.wrong <= terms.error * tried.routes


def flat_above(error: float) -> Callable[[Reals], Reals]:
    """A hair more than may be wrong, however sure: everything that is promised is broken."""
    return lambda confidence: np.full_like(confidence, error * 1.000_001)


def zigzag(error: float, top: float, worse: float, middle: float) -> Known:
    """Too many wrong among the surest, none below, too many again below that."""
    return known(
        lambda at: np.where(
            at >= top, worse * error, np.where(at >= middle, 0.0, 1.5 * error + (middle - at))
        ),
        sure=2.0,
    )
