"""A candidate held against another bundle, message by message."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from streams.evaluation import quality, reliability, resampling
from streams.evaluation.figures import Comparison, Difference, McNemar, Recall
from streams.evaluation.labelled import Labelled, Messages, intents
from streams.evaluation.verdicts import Verdicts
from streams.scoring.bundles import Bundle

Hits: TypeAlias = NDArray[np.bool_]
Pair: TypeAlias = tuple[Verdicts, Verdicts]


@dataclass(frozen=True, slots=True)
class Judged:
    """A bundle with what it made of the messages."""

    bundle: Bundle
    verdicts: Verdicts


def compare(candidate: Judged, other: Judged, messages: Messages, latency_ratio: float) -> Comparison:
    """Every difference that can be told from these messages; labels are compared by their names."""
    own, whole = messages.own, (candidate.verdicts, other.verdicts)
    pair = whole[0].first(len(own)), whole[1].first(len(own))
    knows, other_knows = set(candidate.bundle.manifest.labels), set(other.bundle.manifest.labels)
    return Comparison(
        candidate=candidate.bundle.name,
        other=other.bundle.name,
        differences=(
            _accuracy(own, pair),
            _macro_f1(own, pair),
            _calibration_error(own, pair),
            *_routed("coverage", reliability.in_scope(own), pair),
            *_routed("out_of_scope_let_through", ~reliability.in_scope(messages.all), whole),
        ),
        mcnemar=mcnemar(quality.right(own, pair[0]), quality.right(own, pair[1])),
        recalls=_recalls(own, pair),
        latency_ratio=latency_ratio,
        only_candidate_knows=tuple(sorted(knows - other_knows)),
        only_other_knows=tuple(sorted(other_knows - knows)),
    )


def mcnemar(ours: Hits, theirs: Hits) -> McNemar:
    """The exact test: were the two equally good, each message that one alone gets right is a coin."""
    only_ours, only_theirs = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    coins = only_ours + only_theirs
    ways, tail = 1, 1
    for heads in range(min(only_ours, only_theirs)):
        ways = ways * (coins - heads) // (heads + 1)
        tail += ways
    return McNemar(only_ours, only_theirs, min(1.0, 2 * tail / 2**coins))


def _accuracy(own: Sequence[Labelled], pair: Pair) -> Difference:
    return _of_means("accuracy", *(quality.right(own, each) for each in pair))


def _routed(figure: str, rows: Hits, pair: Pair) -> tuple[Difference, ...]:
    """The difference in what is routed of some messages; none where there are no such messages."""
    return (_of_means(figure, pair[0].routed[rows], pair[1].routed[rows]),) if rows.any() else ()


def _of_means(figure: str, ours: Hits, theirs: Hits) -> Difference:
    interval = resampling.mean_interval(ours.astype(float) - theirs)
    return _difference(figure, quality.share(ours), quality.share(theirs), interval)


def _macro_f1(own: Sequence[Labelled], pair: Pair) -> Difference:
    names = sorted({*intents(own), *pair[0].chosen, *pair[1].chosen})
    places = {name: place for place, name in enumerate(names)}
    truth = np.array([places[each.intent] for each in own], np.intp)
    ours, theirs = (
        resampling.macro_f1(truth, np.array([places[name] for name in each.chosen], np.intp), len(names))
        for each in pair
    )
    values = [quality.macro_f1(quality.per_intent(own, each)) for each in pair]
    interval = resampling.interval(lambda rows: ours(rows) - theirs(rows), len(own))
    return _difference("macro_f1", values[0], values[1], interval)


def _calibration_error(own: Sequence[Labelled], pair: Pair) -> Difference:
    known = [(each.confidence, quality.right(own, each)) for each in pair]
    values = [reliability.calibration_error(*each) for each in known]
    ours, theirs = (resampling.calibration_error(*each) for each in known)
    interval = resampling.interval(lambda rows: ours(rows) - theirs(rows), len(own))
    return _difference("calibration_error", values[0], values[1], interval)


def _difference(figure: str, ours: float, theirs: float, interval: tuple[float, float]) -> Difference:
    return Difference(figure, ours, theirs, quality.rounded(ours - theirs), *interval)


def _recalls(own: Sequence[Labelled], pair: Pair) -> tuple[Recall, ...]:
    """Every intent's recall with both, what fell most first."""
    ours, theirs = ({each.intent: each for each in quality.per_intent(own, part)} for part in pair)
    recalls = [
        Recall(name, each.support, each.recall, theirs[name].recall, each.recall - theirs[name].recall)
        for name, each in ours.items()
    ]
    return tuple(sorted(recalls, key=lambda each: (each.difference, each.intent)))
