"""Verdicts as a scorer would have given them, made up by the test that needs them."""

from collections.abc import Sequence

import numpy as np

from streams.evaluation.labelled import OUT_OF_SCOPE, Labelled
from streams.evaluation.verdicts import Verdicts

THRESHOLD = 0.85


def labelled(*intents: str) -> list[Labelled]:
    """Messages that mean these intents."""
    return [Labelled(f"text {line}", intent, f"test.jsonl:{line}") for line, intent in enumerate(intents, 1)]


def verdicts(chosen: Sequence[str], confidence: Sequence[float] | float = 0.9) -> Verdicts:
    """These best labels; routed from the threshold on, unless out of scope."""
    sure = np.broadcast_to(np.array(confidence, np.float64), len(chosen)).copy()
    routed = (sure >= THRESHOLD) & np.array([label != OUT_OF_SCOPE for label in chosen])
    neither = np.zeros(len(chosen), np.bool_)
    return Verdicts(tuple(chosen), sure, routed, neither, neither)
