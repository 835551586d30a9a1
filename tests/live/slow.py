"""A worker whose scorer needs its time for every text, as a network does."""

import os
import time
from collections.abc import Sequence

from processors.flow import ScoreFailed, Scores
from processors.score import ConstantScorer
from streams import app
from streams.settings import read
from streams.wiring import wire

MS_A_TEXT = "INTENTS_TEST_MS_A_TEXT"


class SlowScorer:
    """Scores as the constant scorer does, at the pace of a network."""

    def __init__(self, seconds: float) -> None:
        self._constant = ConstantScorer()
        self._seconds = seconds
        self.name = self._constant.name
        self.labels: tuple[str, ...] = self._constant.labels

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        time.sleep(self._seconds * len(texts))
        return self._constant.score(texts)


if __name__ == "__main__":
    app.run(wire(read(), SlowScorer(float(os.environ.get(MS_A_TEXT, "1")) / 1000)))
