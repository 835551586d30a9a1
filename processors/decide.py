"""The step that decides what becomes of a message: whose opinion counts, held against every limit of the catalog."""

from collections.abc import Iterator, Sequence
from typing import Final

from processors.book import Book, Entry
from processors.calibration import DECIMALS, NEAR
from processors.desk import Desk
from processors.flow import Decision, Family, Likeness, Opinion, Scored, ScoreFailed, Scores, Seen
from processors.look import look
from processors.opinions import share, together
from processors.policy import Heard, settled
from schemas.audit import Basis
from schemas.verdict import ClassifierVerdict, IntentId
from schemas.vocabulary import Decider, Kind, Reason

# Below this an intent is not held for possible, however near its examples are.
POSSIBLE: Final = 0.01
_BY_POLICY: Final = (Reason.MODEL_UNAVAILABLE, Reason.LANGUAGE_UNSUPPORTED, Reason.DEADLINE)


def decide(scored: Sequence[Scored], desk: Desk) -> list[Decision]:
    """One decision for every message, under the catalog of its tenant; never an intent outside of it."""
    return [_decision(one, desk.known(one.enriched.message.tenant)) for one in scored]


def _decision(scored: Scored, book: Book) -> Decision:
    scores = scored.scores
    if isinstance(scores, ScoreFailed):
        return _unscored(scored, scores, book)
    verdict, above = _verdict(scored, scores, book)
    heard = Heard(scored.model, scores.truncated, scored.opinions, scored.likeness, above)
    return settled(scored.enriched, verdict, book, heard)


def _unscored(scored: Scored, failed: ScoreFailed, book: Book) -> Decision:
    return Decision(
        enriched=scored.enriched,
        kind=Kind.ESCALATED,
        reason=failed.reason,
        decided_by=Decider.POLICY if failed.reason in _BY_POLICY else Decider.CLASSIFIER,
        catalog=book.hash,
        model=scored.model,
        basis=Basis(failed=scored.enriched.failed),
    )


# Whose opinion counts.


def _verdict(scored: Scored, scores: Scores, book: Book) -> tuple[ClassifierVerdict, tuple[Family, ...]]:
    """The first of classifier, hierarchy, examples that is sure; else the classifier's with its doubt.

    Beside it the families that were looked at.
    """
    seen = look(scored.enriched, scores, book)
    best, entry = seen.scores.ranked[0], book.entry(seen.scores.ranked[0].intent)
    if entry is None:
        return _nobody(seen.scores), ()
    doubt = _doubt(best.confidence, seen.scores.margin, entry)
    if doubt is None:
        return _classifier(seen.scores, entry, Reason.ABOVE_THRESHOLD), ()
    above = (*_above(seen, entry, book),)
    verdict = (
        _hierarchy(seen.scores, above, book)
        or _examples(seen, scored.likeness, book)
        or _classifier(seen.scores, entry, doubt)
    )
    return verdict, above


def _doubt(confidence: float, margin: float, entry: Entry) -> Reason | None:
    """What keeps an opinion from being sure."""
    if confidence < entry.confidence:
        return Reason.BELOW_THRESHOLD
    if margin < entry.margin:
        return Reason.BELOW_MARGIN
    return None


def _classifier(scores: Scores, entry: Entry, reason: Reason) -> ClassifierVerdict:
    """The most probable intent."""
    best, *others = scores.ranked
    by = Decider.CLASSIFIER
    return _opinion(entry, best.confidence, scores.margin, others, reason, by)


def _nobody(scores: Scores) -> ClassifierVerdict:
    """That it is most probably no intent of the catalog."""
    best, *others = scores.ranked
    reason, by = Reason.SINK_INTENT, Decider.CLASSIFIER
    return ClassifierVerdict(None, None, best.confidence, scores.margin, tuple(others), reason, by)


def _hierarchy(scores: Scores, above: Sequence[Family], book: Book) -> ClassifierVerdict | None:
    """The nearest intent above the best one that all its kinds together make sure."""
    for family in above:
        parent = book.entries[family.intent]
        if _doubt(family.confidence, family.margin, parent) is None:
            reason, by = Reason.PARENT_ROUTE, Decider.HIERARCHY
            return _opinion(parent, family.confidence, family.margin, scores.ranked, reason, by)
    return None


def _opinion(
    entry: Entry,
    confidence: float | None,
    margin: float | None,
    others: Sequence[Opinion],
    reason: Reason,
    by: Decider,
) -> ClassifierVerdict:
    """A verdict for an intent; it is no alternative to itself."""
    others = tuple([each for each in others if each.intent != entry.name])
    return ClassifierVerdict(IntentId(entry.name), entry.risk, confidence, margin, others, reason, by)


def _above(seen: Seen, entry: Entry, book: Book) -> Iterator[Family]:
    """Every intent above one that can be meant, nearest first, with what its kinds have together, with their lead."""
    for name in entry.above:
        if name in seen.view.candidates:
            confidence, other = together(seen, book.kinds[name])
            yield Family(name, confidence, round(confidence - other, DECIMALS))


def _examples(seen: Seen, likeness: Sequence[Likeness], book: Book) -> ClassifierVerdict | None:
    """The intent of the catalog's nearest example, where a message in the ambiguity band means the same."""
    nearest = next((each for each in likeness if each.likeness >= book.catalog.defaults.near), None)
    if nearest is None:
        return None
    confidence = share(seen, (nearest.intent,))
    reason, by = Reason.ABOVE_THRESHOLD, Decider.EXAMPLES
    return _opinion(book.entries[nearest.intent], confidence, None, seen.scores.ranked, reason, by)


def ambiguous(seen: Seen, book: Book) -> bool:
    """Whether the classifier is too unsure of its best intent to count, too sure to be passed over."""
    best, entry = seen.scores.ranked[0], book.entry(seen.scores.ranked[0].intent)
    if entry is None or _doubt(best.confidence, seen.scores.margin, entry) is None:
        return False
    return best.confidence >= entry.floor


def possible(seen: Seen, book: Book) -> list[str]:
    """The intents with examples that a message may mean.

    However many they are: which of them were the best few could hang on the shape of a batch.
    """
    return [name for name in book.exemplified if share(seen, (name,)) >= POSSIBLE]


# Where the last digits decide.


def on_edge(seen: Seen, book: Book) -> bool:
    """Whether anything that is compared lies so near to its limit that the shape of a batch could turn it."""
    return any(abs(value - limit) < NEAR for value, limit in _compared(seen, book))


def _compared(seen: Seen, book: Book) -> Iterator[tuple[float, float]]:
    """Every number of a message's scores with the limit it is held against."""
    best, margin = seen.scores.ranked[0], seen.scores.margin
    entry = book.entry(best.intent)
    yield margin, 0.0
    if entry is None:
        return
    yield best.confidence, entry.confidence
    yield margin, entry.margin
    if _doubt(best.confidence, margin, entry) is None:
        return
    yield best.confidence, entry.floor
    for family in _above(seen, entry, book):
        parent = book.entries[family.intent]
        yield family.confidence, parent.confidence
        yield family.margin, parent.margin
    for name in book.exemplified:
        yield share(seen, (name,)), POSSIBLE
