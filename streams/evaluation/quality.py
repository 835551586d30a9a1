"""How right the best labels are."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streams.evaluation.figures import Confusion, IntentFigures
from streams.evaluation.labelled import Labelled
from streams.evaluation.verdicts import Verdicts

PAIRS = 30
DECIMALS = 6
# Of the normal distribution, for 95 %.
SIGMAS = 1.959964


def right(messages: Sequence[Labelled], found: Verdicts) -> NDArray[np.bool_]:
    """Which messages got the label that they mean."""
    return np.array(
        [message.intent == chosen for message, chosen in zip(messages, found.chosen, strict=True)], np.bool_
    )


def share(hits: NDArray[np.bool_]) -> float:
    """The share that is true; of nothing it is none."""
    return rounded(float(hits.mean())) if len(hits) else 0.0


def interval(hits: NDArray[np.bool_]) -> tuple[float, float]:
    """Wilson's interval of a share, which holds near 0 and 1 too."""
    count, found = len(hits), float(hits.mean())
    weight = SIGMAS**2 / count
    middle = (found + weight / 2) / (1 + weight)
    half = SIGMAS / (1 + weight) * math.sqrt(found * (1 - found) / count + weight / (4 * count))
    return rounded(max(0.0, middle - half)), rounded(min(1.0, middle + half))


def per_intent(messages: Sequence[Labelled], found: Verdicts) -> tuple[IntentFigures, ...]:
    """Precision with recall for every intent that a message means, the worst told first."""
    meant = Counter(each.intent for each in messages)
    said = Counter(found.chosen)
    hits = Counter(
        each.intent for each, chosen in zip(messages, found.chosen, strict=True) if each.intent == chosen
    )
    figures = [_figures(intent, hits[intent], said[intent], support) for intent, support in meant.items()]
    return tuple(sorted(figures, key=lambda each: (each.f1, each.intent)))


def macro_f1(figures: Sequence[IntentFigures]) -> float:
    """The mean of F1 over intents, so that a rare one counts as much as a common one."""
    return rounded(sum(each.f1 for each in figures) / len(figures))


def confusions(messages: Sequence[Labelled], found: Verdicts) -> tuple[Confusion, ...]:
    """The pairs most often confused, each with the place of its most believed mistake."""
    meant = Counter(each.intent for each in messages)
    mistakes = Counter(
        (each.intent, chosen)
        for each, chosen in zip(messages, found.chosen, strict=True)
        if each.intent != chosen
    )
    order = sorted(mistakes.items(), key=lambda pair: (-pair[1], pair[0]))[:PAIRS]
    examples = _most_believed(messages, found)
    return tuple(
        Confusion(intent, chosen, count, rounded(count / meant[intent]), examples[intent, chosen])
        for (intent, chosen), count in order
    )


def rounded(value: float) -> float:
    """A figure as it is written."""
    return round(float(value), DECIMALS)


def _figures(intent: str, hits: int, said: int, support: int) -> IntentFigures:
    precision = hits / said if said else 0.0
    return IntentFigures(
        intent, rounded(precision), rounded(hits / support), rounded(2 * hits / (said + support)), support
    )


def _most_believed(messages: Sequence[Labelled], found: Verdicts) -> dict[tuple[str, str], str]:
    """For every confused pair the place of the message where confidence was highest."""
    places: dict[tuple[str, str], str] = {}
    for row in np.argsort(found.confidence, kind="stable").tolist():
        places[messages[row].intent, found.chosen[row]] = messages[row].place
    return places
