"""What the rules of a catalog tell of a message, without the model."""

from collections.abc import Sequence

import msgspec

from processors.book import Book, Entry, Line
from processors.conditions import Asker
from processors.flow import Enriched


class Told(msgspec.Struct, frozen=True, gc=False):
    """The intent that counts, with the rules that held, those that failed, whether one of these stops the message."""

    best: Entry | None
    held: tuple[str, ...]
    failed: tuple[str, ...]
    stops: bool


def told(enriched: Enriched, book: Book) -> Told:
    """What all rules together say; of several that hold the most special one counts."""
    asker = Asker(enriched)
    held: list[Line] = []
    failed: list[Line] = []
    for line in book.rules:
        if _concerns(line, enriched, asker, book):
            answer = _holds(line, asker)
            if answer:
                held.append(line)
            elif answer is None:
                failed.append(line)
    return Told(
        best=_most_special(held),
        held=tuple([line.name for line in held]),
        failed=tuple([line.name for line in failed]),
        stops=any(line.on_error == "escalate" for line in failed),
    )


def _concerns(line: Line, enriched: Enriched, asker: Asker, book: Book) -> bool:
    """Whether a rule is for a message written here, in this language, with these words."""
    inbound = enriched.message.inbound
    if line.channels and inbound.channel not in line.channels:
        return False
    if line.locales and not book.spoken(inbound.locale, line.locales):
        return False
    if line.says is not None and not asker.says(line.says):
        return False
    return book.candidate(line.entry, inbound.channel, inbound.locale)


def _holds(line: Line, asker: Asker) -> bool | None:
    """True where every condition holds, false where one does not, else none: one could not be evaluated."""
    sound = True
    for condition in line.when:
        answer = asker.holds(condition)
        if answer is False:
            return False
        sound = sound and answer is True
    return sound or None


def _most_special(held: Sequence[Line]) -> Entry | None:
    """The deepest intent, then the rule with the most conditions, then the newest template; the first of equals."""
    if not held:
        return None
    return max(held, key=lambda line: (line.entry.depth, line.conditions, line.entry.version)).entry
