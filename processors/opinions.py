"""What of a whole distribution is said: the best few opinions, each at its full probability."""

import heapq
from collections.abc import Container, Sequence

import numpy as np

from processors.calibration import DECIMALS, Floats, best, rounded
from processors.flow import Opinion, Scores
from processors.views import View
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


def among(scores: Scores, view: View) -> Scores:
    """The scores of what can be meant, or of the sink, by their names; the mass of all else stays, as elsewhere."""
    if view.whole:
        return scores
    ranked = _best(scores, view)
    mass = Opinion(ELSEWHERE, round(view.elsewhere(whole(scores)[1]), DECIMALS))
    if mass.confidence:
        ranked = sorted([*ranked, mass], key=lambda opinion: -opinion.confidence)[:OPINIONS]
    lead = ranked[0].confidence - (ranked[1].confidence if len(ranked) > 1 else 0.0)
    return Scores(tuple(ranked), round(lead, DECIMALS), scores.truncated, scores.labels, scores.shares)


def _best(scores: Scores, view: View) -> list[Opinion]:
    """The best few of what can be meant; mostly these are the best of all."""
    if not view.merged and all(opinion.intent in view.known for opinion in scores.ranked):
        return list(scores.ranked)
    labels, shares = whole(scores)
    sums: dict[str, float] = {}
    for place in view.kept:
        name = view.known[labels[place]]
        sums[name] = sums.get(name, 0.0) + shares[place]
    order = heapq.nlargest(OPINIONS, sums, key=sums.__getitem__)
    return [Opinion(name, round(min(sums[name], 1.0), DECIMALS)) for name in order]


def together(scores: Scores, view: View, members: Container[str]) -> tuple[float, float]:
    """The probability of some intents together, and that of the best one outside of them, both rounded."""
    labels, shares = whole(scores)
    inside, best = 0.0, 0.0
    for place in view.kept:
        if view.known[labels[place]] in members:
            inside += shares[place]
        else:
            best = max(best, shares[place])
    return round(min(inside, 1.0), DECIMALS), round(best, DECIMALS)


def whole(scores: Scores) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """All labels with their probabilities, as far as they are known."""
    if scores.labels:
        return scores.labels, scores.shares
    ranked = scores.ranked
    return tuple([opinion.intent for opinion in ranked]), tuple([opinion.confidence for opinion in ranked])
