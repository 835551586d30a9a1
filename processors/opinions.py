"""What of a whole distribution is said: the best few opinions, each at its full probability."""

import heapq
from collections.abc import Collection, Sequence

import msgspec
import numpy as np

from processors.calibration import DECIMALS, Floats, best, rounded
from processors.flow import Opinion, Scores, Seen
from processors.views import View
from schemas.vocabulary import ELSEWHERE

OPINIONS = 5


def opinions(shares: Floats, labels: tuple[str, ...], truncated: Sequence[bool]) -> list[Scores]:
    """The scores of texts, a row of probabilities for each; never made to add up again."""
    order = best(shares, OPINIONS)
    picked = rounded(np.take_along_axis(shares, order, axis=1)).tolist()
    # Made for all rows at once: row by row the sum of 2,000 takes 10 us.
    whole, totals = shares.tolist(), shares.sum(axis=1).tolist()
    return [
        Scores(
            tuple([Opinion(labels[place], number) for place, number in zip(places, numbers, strict=True)]),
            round(numbers[0] - numbers[1], DECIMALS),
            cut,
            labels,
            tuple(row),
            total=total,
        )
        for places, numbers, row, total, cut in zip(
            order.tolist(), picked, whole, totals, truncated, strict=True
        )
    ]


def among(scores: Scores, view: View) -> Scores:
    """The scores of what can be meant, or of the sink, by their names; the mass of all else stays, as elsewhere."""
    if view.whole or scores.seen is view:
        return scores
    ranked = _best(scores, view)
    mass = Opinion(ELSEWHERE, round(view.elsewhere(whole(scores)[1], scores.total), DECIMALS))
    if mass.confidence:
        ranked = sorted([*ranked, mass], key=lambda opinion: -opinion.confidence)[:OPINIONS]
    lead = ranked[0].confidence - (ranked[1].confidence if len(ranked) > 1 else 0.0)
    return msgspec.structs.replace(scores, ranked=tuple(ranked), margin=round(lead, DECIMALS), seen=view)


def _best(scores: Scores, view: View) -> list[Opinion]:
    """The best few of what can be meant; mostly these are the best of all."""
    if not view.merged and all(opinion.intent in view.known for opinion in scores.ranked):
        return list(scores.ranked)
    sums = _sums(whole(scores)[1], view)
    order = heapq.nlargest(OPINIONS, sums, key=sums.__getitem__)
    return [Opinion(name, _rounded(sums[name])) for name in order]


def _sums(shares: tuple[float, ...], view: View) -> dict[str, float]:
    """The probability of each name, that of all its labels."""
    return {name: sum([shares[place] for place in places]) for name, places in view.places.items()}


def _rounded(probability: float) -> float:
    return round(min(probability, 1.0), DECIMALS)


def together(seen: Seen, members: Collection[str]) -> tuple[float, float]:
    """The probability of some intents together, and that of the best opinion outside of them, both rounded."""
    outside = [each.confidence for each in seen.scores.ranked if each.intent not in members]
    return share(seen, members), max(outside) if outside else _beyond(seen, members)


def share(seen: Seen, members: Collection[str]) -> float:
    """The probability of some intents together, rounded."""
    places = seen.view.places
    return _rounded(sum([seen.shares[place] for name in members for place in places.get(name, ())]))


def _beyond(seen: Seen, members: Collection[str]) -> float:
    """The best opinion outside of some intents that all of the best few are of."""
    # Name by name 2,000 labels take a millisecond, so that only names of several labels are looked at by name.
    shares, places, several = list(seen.shares), seen.view.places, seen.view.several
    for name in (*members, *several):
        for place in places.get(name, ()):
            shares[place] = 0.0
    shares += [sum([seen.shares[place] for place in places[name]]) for name in several if name not in members]
    return _rounded(max(seen.view.elsewhere(seen.shares, seen.scores.total), *shares))


def whole(scores: Scores) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """All labels with their probabilities, as far as they are known."""
    if scores.labels:
        return scores.labels, scores.shares
    ranked = scores.ranked
    return tuple([opinion.intent for opinion in ranked]), tuple([opinion.confidence for opinion in ranked])
