"""A worker whose scorer does to some texts what no scorer should."""

import os
import threading
from collections.abc import Sequence
from typing import Any, NoReturn

from processors.flow import Opinion, ScoreFailed, Scores
from processors.score import ConstantScorer
from streams import app
from streams.settings import read
from streams.wiring import wire

TRIPS_A_STEP = "trip the step"
ENDS_THE_PROCESS = "end the process"
FAILS_ALONE = "fail alone"
HANGS = "hang for ever"
OUTAGE_FILE = "INTENTS_TEST_OUTAGE_FILE"


class _Trap(tuple[Opinion, ...]):
    """Opinions that no step can read."""

    def __getitem__(self, _index: Any) -> NoReturn:
        raise ArithmeticError("a trap was sprung")

    __iter__ = __len__ = __getitem__  # type: ignore[assignment]


class PoisonedScorer:
    """Scores as the constant scorer does, but for the marked texts; is down while a certain file exists."""

    def __init__(self, outage_file: str) -> None:
        self._constant = ConstantScorer()
        self._outage_file = outage_file
        self.name = self._constant.name
        self.labels: tuple[str, ...] = self._constant.labels

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        if self._outage_file and os.path.exists(self._outage_file):
            raise RuntimeError("the model is gone")
        if any(FAILS_ALONE in text for text in texts):
            raise ValueError("this text can't be scored")
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Scores | ScoreFailed:
        if ENDS_THE_PROCESS in text:
            os.abort()
        if HANGS in text:
            threading.Event().wait()
        if TRIPS_A_STEP in text:
            return Scores(_Trap(), 0.9, False)
        return self._constant.score([text])[0]


if __name__ == "__main__":
    app.run(wire(read(), PoisonedScorer(os.environ.get(OUTAGE_FILE, ""))))
