"""The look at a bundle's opinions through a tenant's catalog."""

import msgspec

from processors.book import Book
from processors.flow import Enriched, Scores, Seen
from processors.opinions import among, whole


def look(enriched: Enriched, scores: Scores, book: Book) -> Seen:
    """What a bundle says of a message in the catalog's words, best first.

    Of equals first what is no intent, then the more special intent, then the newer template.
    """
    inbound = enriched.message.inbound
    if scores.labels:
        view = book.view(scores.labels, inbound.channel, inbound.locale)
    else:
        view = book.fleeting(tuple([each.intent for each in scores.ranked]), inbound.channel, inbound.locale)
    return Seen(_ordered(among(scores, view), book), view, whole(scores)[1])


def _ordered(scores: Scores, book: Book) -> Scores:
    """The scores; where the best is no better than the next, equals in the order in which they count."""
    if scores.margin > 0:
        return scores
    ordered = sorted(scores.ranked, key=lambda each: (-each.confidence, _rank(each.intent, book)))
    return msgspec.structs.replace(scores, ranked=tuple(ordered))


def _rank(intent: str, book: Book) -> tuple[bool, int, int, str]:
    entry = book.entries.get(intent)
    return (True, -entry.depth, -entry.version, intent) if entry else (False, 0, 0, intent)
