"""The step that asks the scorer what a message may mean."""

import zlib
from collections.abc import Sequence

import msgspec

from processors.desk import Desk
from processors.flow import Enriched, Opinion, Scored, ScoreFailed, Scores
from processors.scorer import Scorer
from schemas.vocabulary import Flag, Reason, Stage

# Tells a model that is down from a message it can't take; no customer's words.
PROBE = "hello"


class ModelDown(Exception):
    """The model as a whole can't be asked; the one exception that leaves the pipeline."""


def score(waiting: Sequence[Enriched], scorer: Scorer, desk: Desk) -> list[Scored]:
    """Every message with opinions or with why there are none; ModelDown where nothing can be scored."""
    if desk.model_down:
        unavailable = ScoreFailed("the model is down", Reason.MODEL_UNAVAILABLE)
        return [Scored(one, unavailable, None) for one in waiting]
    results = asked([one.message.text for one in waiting], scorer)
    return [
        Scored(_flagged(one, result), result, scorer.name)
        for one, result in zip(waiting, results, strict=True)
    ]


def _flagged(one: Enriched, result: Scores | ScoreFailed) -> Enriched:
    """A message that there was no time to ask the network about says so from here on."""
    if isinstance(result, ScoreFailed) or result.stage is not Stage.STEPPED_DOWN:
        return one
    return msgspec.structs.replace(one, flags=(*one.flags, Flag.STEPPED_DOWN))


def asked(texts: Sequence[str], scorer: Scorer) -> list[Scores | ScoreFailed]:
    """One sound result for every text; ModelDown where nothing can be scored."""
    try:
        results = scorer.score(texts)
    except ModelDown:
        raise
    except Exception as error:
        return _one_by_one(texts, scorer, error)
    if len(results) != len(texts):
        mismatch = ScoreFailed(f"{len(results)} results for {len(texts)} texts", Reason.SCORE_SIZE_MISMATCH)
        return [mismatch] * len(texts)
    return [_sound(result) for result in results]


def _one_by_one(texts: Sequence[str], scorer: Scorer, error: Exception) -> list[Scores | ScoreFailed]:
    """Each text alone, unless the model can't take even our own; a lone text may be the culprit too."""
    if isinstance(alone(PROBE, scorer), ScoreFailed):
        raise ModelDown(type(error).__name__) from error
    return [alone(text, scorer) for text in texts]


def alone(text: str, scorer: Scorer) -> Scores | ScoreFailed:
    """What a text gets that nobody else is asked with."""
    try:
        results = scorer.score([text])
    except ModelDown:
        raise
    except Exception as error:
        return ScoreFailed(type(error).__name__)
    return _sound(results[0]) if len(results) == 1 else ScoreFailed("one text, another number of results")


def _sound(result: Scores | ScoreFailed) -> Scores | ScoreFailed:
    """The result, unless its best probability is none, as NaN is: that must not be compared."""
    if isinstance(result, ScoreFailed):
        return result
    if result.ranked and 0 <= result.ranked[0].confidence <= 1:
        return result
    return ScoreFailed("no probability")


class ConstantScorer:
    """Opinions from a checksum of the text, for benchmarks, for trials of everything but the model.

    Of sixteen results ten are sure, four are under the usual threshold, two are out of scope.
    """

    name = "constant"
    labels: tuple[str, ...] = ("order.status", "refund.request", "delivery.late", "invoice.copy", "oos")

    def __init__(self) -> None:
        """The sixteen results, made once."""
        sure = [_opinions(label, confidence) for label in self.labels[:-1] for confidence in (0.97, 0.91)]
        edge = [_opinions("order.status", 0.85), _opinions("refund.request", 0.99)]
        unsure = [_opinions(label, 0.849999 - 0.1 * place) for place, label in enumerate(self.labels[:-1])]
        self._results = [*sure, *edge, *unsure, _opinions("oos", 0.93), _opinions("oos", 0.41)]

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """The same text has the same opinions, in every process."""
        return [self._results[zlib.crc32(text.encode()) & 15] for text in texts]


def _opinions(best: str, confidence: float) -> Scores:
    """The best label with its confidence; what is left is halved over the others, as a softmax falls off."""
    others = [label for label in ConstantScorer.labels if label != best]
    left = 1 - confidence
    tail = [Opinion(label, round(left / 2**place, 6)) for place, label in enumerate(others, start=1)]
    margin = round(confidence - tail[0].confidence, 6)
    ranked = (Opinion(best, round(confidence, 6)), *tail)
    known = {each.intent: each.confidence for each in ranked}
    shares = tuple([known[label] for label in ConstantScorer.labels])
    return Scores(ranked, margin, False, ConstantScorer.labels, shares)
