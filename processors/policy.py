"""What may be done about an opinion: ceilings, permissions, what is kept for people, in order of precedence."""

from collections.abc import Mapping
from typing import Final

import msgspec

from processors.book import Book, Entry
from processors.conditions import Asker
from processors.flow import Advice, Decision, Enriched, Family, Likeness
from schemas.audit import Basis
from schemas.catalog import UNSURE
from schemas.events import Target
from schemas.verdict import ClassifierVerdict
from schemas.vocabulary import DOUBTS, Decider, Kind, Reason, RiskClass

_RISKS: Final = tuple(RiskClass)
_RUNGS: Final[Mapping[str, int]] = {risk: risk.rung for risk in RiskClass}


class Heard(msgspec.Struct, frozen=True, gc=False):
    """What models said of a message before somebody's opinion counted; nothing where none was asked."""

    model: str | None = None
    truncated: bool = False
    opinions: tuple[Advice, ...] = ()
    likeness: tuple[Likeness, ...] = ()
    above: tuple[Family, ...] = ()


NOTHING: Final = Heard()


def settled(enriched: Enriched, verdict: ClassifierVerdict, book: Book, heard: Heard = NOTHING) -> Decision:
    """What policy makes of an opinion, whoever's it is; nothing downstream looks at the message again."""
    entry = book.entry(verdict.intent)
    if entry is None:
        return _for_nobody(enriched, verdict, book, heard)
    allowed, permitted = _allowance(enriched, entry, book)
    kind, reason, by, target = _policy(enriched, verdict, entry, allowed)
    routed = kind is Kind.ROUTED
    # A caller's or rule's word is not measured.
    measured = verdict.confidence is not None
    return Decision(
        enriched=enriched,
        kind=kind,
        reason=reason,
        decided_by=by,
        catalog=book.hash,
        intent=verdict.intent,
        confidence=verdict.confidence,
        margin=verdict.margin,
        alternatives=verdict.alternatives,
        risk=verdict.risk,
        target=target,
        model=heard.model,
        truncated=heard.truncated,
        opinions=heard.opinions,
        priority=entry.priority,
        steps=entry.steps if routed else None,
        review=routed and entry.draws(enriched.message.event_id),
        successor=entry.deprecated,
        basis=Basis(
            confidence=entry.confidence if measured else None,
            margin=entry.margin if measured else None,
            allowed=_RISKS[allowed],
            permitted=permitted,
            failed=enriched.failed,
            likeness=heard.likeness,
            told_by=verdict.decided_by,
            above=heard.above,
        ),
    )


def _for_nobody(enriched: Enriched, verdict: ClassifierVerdict, book: Book, heard: Heard) -> Decision:
    """What the catalog wants done with what no intent is for."""
    return Decision(
        enriched=enriched,
        kind=UNSURE[book.catalog.defaults.sink],
        reason=verdict.reason,
        decided_by=verdict.decided_by,
        catalog=book.hash,
        confidence=verdict.confidence,
        margin=verdict.margin,
        alternatives=verdict.alternatives,
        model=heard.model,
        truncated=heard.truncated,
        opinions=heard.opinions,
        basis=Basis(
            allowed=_RISKS[_lower(book.catalog.ceiling.rung, enriched)],
            failed=enriched.failed,
            likeness=heard.likeness,
            told_by=verdict.decided_by,
            above=heard.above,
        ),
    )


def _policy(
    enriched: Enriched, verdict: ClassifierVerdict, entry: Entry, allowed: int
) -> tuple[Kind, Reason, Decider, Target | None]:
    """The first of these that holds."""
    if entry.deprecated is not None:
        return Kind.REFUSED, Reason.INTENT_DEPRECATED, Decider.POLICY, None
    if verdict.reason in DOUBTS:
        kind, agent = _unsure(entry, allowed)
        return kind, verdict.reason, verdict.decided_by, agent
    if entry.risk.rung > allowed:
        return Kind.REFUSED, Reason.RISK_EXCEEDS_SAFETY_MODE, Decider.POLICY, None
    if entry.always_human:
        return Kind.ESCALATED, Reason.ALWAYS_HUMAN, Decider.POLICY, None
    target = _target(enriched, entry)
    if target is None:
        return Kind.ESCALATED, Reason.RULE_ERROR, Decider.RULE, None
    return Kind.ROUTED, verdict.reason, verdict.decided_by, target


def _allowance(enriched: Enriched, entry: Entry, book: Book) -> tuple[int, bool]:
    """The highest rung of risk that a message may reach, with whether a permission lifted it there.

    The lower of what the caller allows, what the tenant does; a permission counts only from a trusted sender.
    """
    permissions, allowed = enriched.message.inbound.permissions, _lower(entry.allowed, enriched)
    if not permissions or enriched.message.sender not in book.catalog.trusted_sources:
        return allowed, False
    lifted = max([allowed, *(_granted(each, entry, book) for each in permissions)])
    return lifted, lifted > allowed


def _lower(ceiling: int, enriched: Enriched) -> int:
    mode = enriched.message.inbound.safety_mode
    return ceiling if mode is None else min(ceiling, mode.rung)


def _granted(permission: str, entry: Entry, book: Book) -> int:
    """The rung that a permission grants, by the name of the intent or of a risk class."""
    if book.names.get(permission) == entry.name:
        return entry.risk.rung
    return _RUNGS.get(permission, 0)


def _unsure(entry: Entry, allowed: int) -> tuple[Kind, Target | None]:
    """What the catalog wants done with a doubt; no agent gets what it might not do if there were none."""
    if entry.agent is None or entry.risk.rung > allowed or entry.always_human:
        return entry.unsure, None
    return Kind.ROUTED, entry.agent


def _target(enriched: Enriched, entry: Entry) -> Target | None:
    """The first detour whose condition holds, else the intent's own target; None where a condition fails."""
    asker = Asker(enriched)
    for condition, target in entry.detours:
        held = asker.holds(condition)
        if held is True:
            return target
        if held is not False and not entry.skips:
            return None
    return entry.target
