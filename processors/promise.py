"""The loosest confidence from which on few enough routes are wrong, with a stated certainty."""

# Candidates are tested from strict to loose, and the first that fails ends it. So a promise can be broken only at
# the first candidate that is too loose, which passes by luck with a probability of at most 1 - certainty: testing
# many costs nothing, where the best of many would (fixed-sequence testing, the simplest case of Learn then Test).
#
# Which candidates are tested is settled by how many messages reach them, never by which of them are wrong. Of the
# messages that reach a confidence, each is wrong with the same probability whatever their number, so their count
# spoils nothing; that holds exactly where a step that follows a too loose one is too loose by itself. Where shares
# of wrong ones rise, fall, rise again down the confidences it holds nearly: of 192 such shapes, built to break it,
# 2,000 redraws of each broke the worst in 3.7 % at a certainty of 95 %.

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processors.binomial import flawless, proves

# Fine where confidences crowd; below a half another intent may be as probable.
GRID: Final = (0.999, 0.998, 0.997, 0.996, 0.995, *(round(1 - step / 100, 2) for step in range(1, 51)))
LOOSEST: Final = GRID[-1]
# So many times the fewest routes prove a bound of 2 % while a quarter of it is wrong in 8 cases of 10; the fewest do
# in 5, twice as many in 6.
AMPLE: Final = 3
# A share of fewer routes says nothing of how many it would take.
TELLING: Final = 20
REASONABLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised: at most this share of routes wrong, true with this certainty."""

    error: float
    certainty: float

    @property
    def fewest(self) -> int:
        """How many routes can show it at all, none of them wrong."""
        return flawless(self.error, self.certainty)


@dataclass(frozen=True, slots=True)
class Routes:
    """Messages that the classifier would route if it were let: how sure it was, whether it was wrong."""

    confidence: NDArray[np.float64]
    wrong: NDArray[np.bool_]

    def reaching(self, confidence: float) -> int:
        """How many are at least so sure."""
        return int(np.count_nonzero(self.confidence >= confidence))

    def tried(self, confidence: float, terms: Terms) -> "Trial":
        """What they say of a confidence."""
        reach = self.confidence >= confidence
        among, wrong = int(np.count_nonzero(reach)), int(np.count_nonzero(self.wrong & reach))
        return Trial(confidence, among, wrong, proves(wrong, among, terms.error, terms.certainty))


@dataclass(frozen=True, slots=True)
class Trial:
    """How many routes a confidence lets through, how many of them are wrong, whether those are few enough."""

    confidence: float
    routes: int
    wrong: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """The trials of some routes in their order; nothing looser than the floor is looked at."""

    terms: Terms
    floor: float
    routes: Routes
    trials: tuple[Trial, ...]

    @property
    def promised(self) -> Trial | None:
        """The last trial that passed; None where nothing can be promised."""
        return next((each for each in reversed(self.trials) if each.passed), None)

    @property
    def loosest(self) -> Trial:
        """What the floor lets through, whether it was tried or not."""
        return self.routes.tried(self.floor, self.terms)

    @property
    def needed(self) -> int | None:
        """How many messages would have to reach the floor, by what is seen at each confidence; a guess.

        None where even the surest of them are wrong too often.
        """
        first = self.trials[0].confidence if self.trials else self.floor
        seen = [self.routes.tried(each, self.terms) for each in (*GRID, self.floor) if each >= first]
        telling = [each for each in seen if each.routes >= TELLING]
        if not telling:
            return self.terms.fewest
        reach = self.routes.reaching(self.floor)
        enough = [(self._enough(each), each.routes) for each in telling]
        return min((ceil(routes * reach / among) for routes, among in enough if routes), default=None)

    def _enough(self, trial: Trial) -> int | None:
        """How many routes like these prove it; what is stricter than a failed trial is tried only where it is ample."""
        found = _enough(trial.wrong / trial.routes, self.terms)
        stricter = bool(self.trials) and trial.confidence > self.trials[0].confidence
        return max(found, AMPLE * self.terms.fewest) if found and stricter else found


def fit(routes: Routes, terms: Terms, floor: float = LOOSEST) -> Fit:
    """The trials of a sequence down to its first failure."""
    trials: list[Trial] = []
    for confidence in sequence(routes.confidence, terms, floor):
        trials.append(routes.tried(confidence, terms))
        if not trials[-1].passed:
            break
    return Fit(terms, floor, routes, tuple(trials))


def sequence(confidences: NDArray[np.float64], terms: Terms, floor: float = LOOSEST) -> tuple[float, ...]:
    """What is tried, strict to loose, whoever is right: none where too few messages could prove anything.

    It begins with more than the fewest where there are more, as a single wrong one fails a trial of those.
    """
    reach = int(np.count_nonzero(confidences >= floor))
    if reach < terms.fewest:
        return ()
    least = min(max(terms.fewest, reach // 2), AMPLE * terms.fewest)
    stricter = (each for each in GRID if each > floor)
    begun = [each for each in stricter if np.count_nonzero(confidences >= each) >= least]
    return (*begun, floor)


def joined(parts: Sequence[Routes]) -> Routes:
    """All routes of some intents together."""
    if not parts:
        return Routes(np.zeros(0), np.zeros(0, np.bool_))
    return Routes(
        np.concatenate([each.confidence for each in parts]), np.concatenate([each.wrong for each in parts])
    )


def _enough(share: float, terms: Terms) -> int | None:
    """The fewest routes that prove it while such a share of them is wrong; None where no reasonable number does."""
    if share >= terms.error:
        return None
    enough = terms.fewest
    while not proves(ceil(share * enough), enough, terms.error, terms.certainty):
        enough = ceil(enough * 1.02)
        if enough > REASONABLE:
            return None
    return enough
