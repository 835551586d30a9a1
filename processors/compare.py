"""The step that looks closer at what the classifier is not sure of."""

from collections.abc import Mapping, Sequence

import msgspec

from processors.book import Book
from processors.decide import ambiguous, on_edge, view
from processors.flow import Desk, Scored, ScoreFailed, Scores
from processors.opinions import among
from processors.score import Scorer, alone


def compare(scored: Sequence[Scored], scorer: Scorer, desk: Desk) -> list[Scored]:
    """Every message, on an edge with the scores of its text alone, in the ambiguity band with the nearest examples."""
    return [_looked_at(one, scorer, desk) for one in scored]


def _looked_at(scored: Scored, scorer: Scorer, desk: Desk) -> Scored:
    scores, book = scored.scores, desk.known(scored.enriched.message.tenant)
    if isinstance(scores, ScoreFailed):
        return scored
    if not scored.opinions and on_edge(scored.enriched, scores, book):
        again = alone(scored.enriched.message.text, scorer)
        if isinstance(again, Scores):
            scored, scores = msgspec.structs.replace(scored, scores=again), again
    if desk.comparer is None or not book.exemplified:
        return scored
    examples = _examples(scored, scores, book)
    likeness = desk.comparer.likeness(scored.enriched.message.text, examples) if examples else ()
    return msgspec.structs.replace(scored, likeness=likeness)


def _examples(scored: Scored, scores: Scores, book: Book) -> Mapping[str, Sequence[str]]:
    """The examples of the intents that a message may mean; none where the classifier knows, or has no idea."""
    ranked = among(scores, view(scored.enriched, scores, book))
    if not ambiguous(ranked, book):
        return {}
    return {
        each.intent: book.entries[each.intent].examples
        for each in ranked.ranked
        if each.intent in book.entries and book.entries[each.intent].examples
    }
