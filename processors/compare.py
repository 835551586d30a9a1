"""The step that looks closer at what the classifier is not sure of."""

from collections.abc import Sequence
from itertools import pairwise

from processors.calibration import NEAR
from processors.decide import ambiguous, on_edge, possible
from processors.desk import Desk
from processors.flow import Likeness, Scored, ScoreFailed, Scores, Seen
from processors.look import look
from processors.score import alone
from processors.scorer import Scorer


def compare(scored: Sequence[Scored], scorer: Scorer, desk: Desk) -> list[Scored]:
    """Every message, on an edge with the scores of its text alone, in the ambiguity band with the nearest examples."""
    return [_looked_at(one, scorer, desk) for one in scored]


def _looked_at(scored: Scored, scorer: Scorer, desk: Desk) -> Scored:
    if isinstance(scored.scores, ScoreFailed):
        return scored
    book = desk.known(scored.enriched.message.tenant)
    seen = look(scored.enriched, scored.scores, book)
    # What several bundles said has been looked at again by the step that asked them.
    if not scored.opinions and on_edge(seen, book):
        again = alone(scored.enriched.message.text, scorer)
        if isinstance(again, Scores):
            seen = look(scored.enriched, again, book)
    likeness = _likeness(scored, seen, desk)
    return Scored(scored.enriched, seen.scores, scored.model, scored.opinions, likeness)


def _likeness(scored: Scored, seen: Seen, desk: Desk) -> tuple[Likeness, ...]:
    """How like a message is to the examples of what it may mean; nothing where nobody has to be asked."""
    book = desk.known(scored.enriched.message.tenant)
    if desk.comparer is None or desk.hurried or not book.exemplified or not ambiguous(seen, book):
        return ()
    examples = {name: book.entries[name].examples for name in possible(seen, book)}
    if not examples:
        return ()
    text = scored.enriched.message.text
    found = desk.comparer.likeness(text, examples)
    if _near_on_edge(found, book.catalog.defaults.near):
        return desk.comparer.likeness(text, examples, alone=True)
    return found


def _near_on_edge(likeness: Sequence[Likeness], limit: float) -> bool:
    """Whether the shape of a batch could turn which example counts: next to the limit, or to another beyond it."""
    near = [each.likeness for each in likeness if each.likeness > limit - NEAR]
    return any(value < limit + NEAR for value in near) or any(
        value - other < NEAR for value, other in pairwise(near)
    )
