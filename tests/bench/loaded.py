"""A worker with the shipped bundle loaded that scores one batch in fifty with it, so that a million messages pass."""

from collections.abc import Sequence

from processors.flow import ScoreFailed, Scores
from processors.score import ConstantScorer
from processors.scorer import Scorer
from streams import app
from streams.ready import load_scorer
from streams.settings import read
from streams.wiring import wire

EVERY = 50


class SometimesScorer:
    """The real scorer now and then, the constant one otherwise."""

    def __init__(self, real: Scorer) -> None:
        """Both, with the real one's name."""
        self._real = real
        self._constant = ConstantScorer()
        self._batches = 0
        self.name = real.name
        self.labels = real.labels

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """One result for every text."""
        self._batches += 1
        return (self._constant if self._batches % EVERY else self._real).score(texts)


if __name__ == "__main__":
    settings = read()
    app.run(wire(settings, SometimesScorer(load_scorer(settings))))
