"""What of a whole distribution is said: the best few opinions, each at its full probability."""

from collections.abc import Container, Sequence

import numpy as np

from processors.calibration import DECIMALS, Floats, best, rounded
from processors.flow import Opinion, Scores
from schemas.vocabulary import ELSEWHERE

OPINIONS = 5


def opinions(shares: Floats, labels: tuple[str, ...], truncated: Sequence[bool]) -> list[Scores]:
    """The scores of texts, a row of probabilities for each; never made to add up again."""
    order = best(shares, OPINIONS)
    picked = rounded(np.take_along_axis(shares, order, axis=1)).tolist()
    whole = shares.tolist()
    return [
        Scores(
            tuple([Opinion(labels[place], number) for place, number in zip(places, numbers, strict=True)]),
            round(numbers[0] - numbers[1], DECIMALS),
            cut,
            labels,
            tuple(row),
        )
        for places, numbers, row, cut in zip(order.tolist(), picked, whole, truncated, strict=True)
    ]


def among(scores: Scores, known: Container[str], sink: str) -> Scores:
    """The scores of what is known, or of the sink; the mass of all other labels stays, as elsewhere."""
    labels, shares = whole(scores)
    others = {place for place, label in enumerate(labels) if label not in known and label != sink}
    if not others:
        return scores
    order = sorted(range(len(labels)), key=shares.__getitem__, reverse=True)
    left = [place for place in order if place not in others][:OPINIONS]
    ranked = [Opinion(labels[place], round(shares[place], DECIMALS)) for place in left]
    mass = Opinion(ELSEWHERE, round(min(sum([shares[place] for place in others]), 1.0), DECIMALS))
    if mass.confidence:
        ranked = sorted([*ranked, mass], key=lambda opinion: -opinion.confidence)[:OPINIONS]
    lead = ranked[0].confidence - (ranked[1].confidence if len(ranked) > 1 else 0.0)
    return Scores(tuple(ranked), round(lead, DECIMALS), scores.truncated, scores.labels, scores.shares)


def whole(scores: Scores) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """All labels with their probabilities, as far as they are known."""
    if scores.labels:
        return scores.labels, scores.shares
    ranked = scores.ranked
    return tuple([opinion.intent for opinion in ranked]), tuple([opinion.confidence for opinion in ranked])
