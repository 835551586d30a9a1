"""The step that settles what needs no model."""

from collections.abc import Sequence

import msgspec

from processors.book import Book, Entry
from processors.desk import Desk
from processors.flow import Decision, Enriched
from processors.noise import is_noise
from processors.policy import settled
from processors.rules import Told, told
from processors.visible import says_something
from schemas.verdict import ClassifierVerdict, IntentId
from schemas.vocabulary import Decider, Flag, Kind, Reason


def triage(enriched: Sequence[Enriched], desk: Desk) -> list[Enriched | Decision]:
    """What nobody can decide, what says nothing, what caller or rules know is decided; the rest goes on."""
    return [_triaged(one, desk) for one in enriched]


def _triaged(one: Enriched, desk: Desk) -> Enriched | Decision:
    """The opinions that need no model, in the order in which they count."""
    book = desk.book(one.message.tenant)
    if book is None:
        return _unread(one, Kind.ESCALATED, Reason.UNKNOWN_TENANT, Decider.POLICY, "")
    if not says_something(one.message.text):
        return _unread(one, Kind.IGNORED, Reason.EMPTY_MESSAGE, Decider.NOISE, book.hash)
    if is_noise(one.message.inbound):
        return _unread(one, Kind.IGNORED, Reason.NOISE, Decider.NOISE, book.hash)
    if one.message.inbound.deadline is not None and one.message.inbound.deadline.timestamp() <= desk.now:
        return _unread(one, Kind.ESCALATED, Reason.DEADLINE, Decider.POLICY, book.hash)
    if not book.served(one.message.inbound.locale):
        return _unread(one, Kind.ESCALATED, Reason.LANGUAGE_UNSUPPORTED, Decider.POLICY, book.hash)
    return _declared(one, book) or _ruled(_flagged(one), book)


def _unread(one: Enriched, kind: Kind, reason: Reason, by: Decider, catalog: str) -> Decision:
    return Decision(one, kind, reason, by, catalog)


def _declared(one: Enriched, book: Book) -> Decision | None:
    """The intent that the caller names, where the catalog has it for this channel in this language."""
    inbound = one.message.inbound
    entry = book.entry(inbound.intent)
    if entry is None or not book.candidate(entry, inbound.channel, inbound.locale):
        return None
    return settled(one, _sure(entry, Reason.DECLARED, Decider.DECLARED), book)


def _flagged(one: Enriched) -> Enriched:
    """A message whose caller named an intent that does not hold says so from here on."""
    if one.message.inbound.intent is None:
        return one
    return msgspec.structs.replace(one, flags=(*one.flags, Flag.DECLARED_MISMATCH))


def _ruled(one: Enriched, book: Book) -> Enriched | Decision:
    """The intent that a rule tells; a person where a rule that must not be passed over could not be asked."""
    if not book.rules:
        return one
    found = told(one, book)
    if found.stops:
        decision = _unread(one, Kind.ESCALATED, Reason.RULE_ERROR, Decider.RULE, book.hash)
    elif found.best is not None:
        decision = settled(one, _sure(found.best, Reason.RULE, Decider.RULE), book)
    else:
        return msgspec.structs.replace(one, failed=found.failed) if found.failed else one
    return _explained(decision, found)


def _explained(decision: Decision, found: Told) -> Decision:
    basis = msgspec.structs.replace(decision.basis, rules=found.held, failed=found.failed)
    return msgspec.structs.replace(decision, basis=basis)


def _sure(entry: Entry, reason: Reason, by: Decider) -> ClassifierVerdict:
    """The verdict of somebody who does not guess."""
    return ClassifierVerdict(IntentId(entry.name), entry.risk, None, None, (), reason, by)
