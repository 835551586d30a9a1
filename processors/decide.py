"""The step that decides what becomes of a message: the one place where anything is compared with a limit."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from processors.book import Book, Entry
from processors.calibration import NEAR
from processors.conditions import Asker
from processors.flow import Decision, Desk, Enriched, Family, Likeness, Opinion, Scored, ScoreFailed, Scores
from processors.opinions import among, together
from processors.views import View
from schemas.audit import Basis
from schemas.catalog import UNSURE
from schemas.events import Target
from schemas.verdict import ClassifierVerdict, IntentId
from schemas.vocabulary import Decider, Kind, Reason, RiskClass, TargetKind

_RISKS: Final = tuple(RiskClass)
_BY_POLICY: Final = (Reason.MODEL_UNAVAILABLE, Reason.LANGUAGE_UNSUPPORTED)
_DOUBTS: Final = (Reason.BELOW_THRESHOLD, Reason.BELOW_MARGIN)


def decide(scored: Sequence[Scored], desk: Desk) -> list[Decision]:
    """One decision for every message, under the catalog of its tenant; never an intent outside of it."""
    return [_decision(one, desk.known(one.enriched.message.tenant)) for one in scored]


def _decision(scored: Scored, book: Book) -> Decision:
    scores = scored.scores
    if isinstance(scores, ScoreFailed):
        return _unscored(scored, scores, book)
    verdict, above = _verdict(scored, scores, book)
    decision = settled(scored.enriched, verdict, book)
    return msgspec.structs.replace(
        decision,
        model=scored.model,
        truncated=scores.truncated,
        opinions=scored.opinions,
        basis=msgspec.structs.replace(
            decision.basis, failed=scored.enriched.failed, likeness=scored.likeness, above=above
        ),
    )


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
    seen = view(scored.enriched, scores, book)
    best = _classifier(among(scores, seen), book)
    entry = book.entries.get(best.intent or "")
    doubt = _doubt(best.confidence or 0.0, best.margin or 0.0, entry) if entry else None
    if entry is None or doubt is None:
        return best, ()
    above = (*_above(scores, seen, entry, book),)
    verdict = (
        _hierarchy(best, above, entry, book)
        or _examples(best, scored.likeness, entry, book)
        or msgspec.structs.replace(best, reason=doubt)
    )
    return verdict, above


def _doubt(confidence: float, margin: float, entry: Entry) -> Reason | None:
    """What keeps an opinion from being sure."""
    if confidence < entry.confidence:
        return Reason.BELOW_THRESHOLD
    if margin < entry.margin:
        return Reason.BELOW_MARGIN
    return None


def _classifier(scores: Scores, book: Book) -> ClassifierVerdict:
    """The most probable intent; of equals what is no intent, the more special one, the newer template."""
    ranked = scores.ranked
    if len(ranked) > 1 and ranked[0].confidence == ranked[1].confidence:
        ranked = tuple(sorted(ranked, key=lambda each: (-each.confidence, *_rank(each.intent, book))))
    best, entry = ranked[0], book.entries.get(ranked[0].intent)
    return ClassifierVerdict(
        IntentId(entry.name) if entry else None,
        entry.risk if entry else None,
        best.confidence,
        scores.margin,
        ranked[1:],
        Reason.ABOVE_THRESHOLD if entry else Reason.SINK_INTENT,
        Decider.CLASSIFIER,
    )


def _rank(intent: str, book: Book) -> tuple[bool, int, int, str]:
    entry = book.entries.get(intent)
    return (True, -entry.depth, -entry.version, intent) if entry else (False, 0, 0, intent)


def _hierarchy(
    best: ClassifierVerdict, above: Sequence[Family], entry: Entry, book: Book
) -> ClassifierVerdict | None:
    """The nearest intent above the best one that all its kinds together make sure."""
    for family in above:
        parent = book.entries[family.intent]
        if _doubt(family.confidence, family.margin, parent) is None:
            leaf = Opinion(entry.name, best.confidence or 0.0)
            return ClassifierVerdict(
                IntentId(parent.name),
                parent.risk,
                family.confidence,
                family.margin,
                (leaf, *best.alternatives),
                Reason.PARENT_ROUTE,
                Decider.HIERARCHY,
            )
    return None


def _above(scores: Scores, seen: View, entry: Entry, book: Book) -> Iterator[Family]:
    """Every intent above one, nearest first, with the probability of its kinds together, with their lead."""
    for name in entry.above:
        confidence, other = together(scores, seen, book.kinds[name])
        yield Family(name, confidence, round(confidence - other, 6))


def _examples(
    best: ClassifierVerdict, likeness: Sequence[Likeness], entry: Entry, book: Book
) -> ClassifierVerdict | None:
    """The intent of the catalog's nearest example, where a message in the ambiguity band means the same."""
    if not likeness or likeness[0].likeness < book.catalog.defaults.near:
        return None
    nearest = likeness[0]
    meant = book.entries[nearest.intent]
    opinions = (Opinion(entry.name, best.confidence or 0.0), *best.alternatives)
    confidence = next((each.confidence for each in opinions if each.intent == meant.name), None)
    others = tuple([each for each in opinions if each.intent != meant.name])
    return ClassifierVerdict(
        IntentId(meant.name),
        meant.risk,
        confidence,
        None,
        others,
        Reason.ABOVE_THRESHOLD,
        Decider.EXAMPLES,
    )


def ambiguous(scores: Scores, book: Book) -> bool:
    """Whether the classifier is too unsure of its best intent to count, too sure to be passed over."""
    best, entry = scores.ranked[0], book.entries.get(scores.ranked[0].intent)
    if entry is None or _doubt(best.confidence, scores.margin, entry) is None:
        return False
    return _in_band(best.confidence, entry, book)


def _in_band(confidence: float, entry: Entry, book: Book) -> bool:
    return confidence >= entry.confidence - book.catalog.defaults.band


# What may be done about it.


def settled(enriched: Enriched, verdict: ClassifierVerdict, book: Book) -> Decision:
    """What policy makes of an opinion, whoever's it is; nothing downstream looks at the message again."""
    entry = book.entries.get(verdict.intent or "")
    allowed, permitted = allowance(enriched, entry, book)
    kind, reason, by, target = _policy(enriched, verdict, entry, allowed, book)
    routed = kind is Kind.ROUTED
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
        priority=entry.priority if entry else 0,
        steps=entry.steps if entry and routed else None,
        review=bool(entry and routed and entry.draws(enriched.message.event_id)),
        successor=entry.deprecated if entry else None,
        basis=_basis(verdict, entry, allowed, permitted),
    )


def _policy(
    enriched: Enriched, verdict: ClassifierVerdict, entry: Entry | None, allowed: int, book: Book
) -> tuple[Kind, Reason, Decider, Target | None]:
    """The first of these that holds."""
    if entry is not None and entry.deprecated is not None:
        return Kind.REFUSED, Reason.INTENT_DEPRECATED, Decider.POLICY, None
    if entry is None:
        return UNSURE[book.catalog.defaults.sink], verdict.reason, verdict.decided_by, None
    if verdict.reason in _DOUBTS:
        return entry.unsure, verdict.reason, verdict.decided_by, _agent(entry, book)
    if entry.risk.rung > allowed:
        return Kind.REFUSED, Reason.RISK_EXCEEDS_SAFETY_MODE, Decider.POLICY, None
    if entry.always_human:
        return Kind.ESCALATED, Reason.ALWAYS_HUMAN, Decider.POLICY, None
    target = _target(enriched, entry)
    if target is None:
        return Kind.ESCALATED, Reason.RULE_ERROR, Decider.RULE, None
    return Kind.ROUTED, verdict.reason, verdict.decided_by, target


def allowance(enriched: Enriched, entry: Entry | None, book: Book) -> tuple[int, bool]:
    """The highest rung of risk that a message may reach, with whether a permission lifted it there.

    The lower of what the caller allows, what the tenant does; a permission counts only from a trusted sender.
    """
    inbound, ceiling = enriched.message.inbound, entry.allowed if entry else book.catalog.ceiling.rung
    allowed = min(ceiling, inbound.safety_mode.rung) if inbound.safety_mode else ceiling
    if entry is None or not inbound.permissions:
        return allowed, False
    if enriched.message.sender not in book.catalog.trusted_sources:
        return allowed, False
    granted = [_RISKS.index(RiskClass(each)) for each in inbound.permissions if each in set(_RISKS)]
    granted += [entry.risk.rung for each in inbound.permissions if book.names.get(each) == entry.name]
    lifted = max([allowed, *granted])
    return lifted, lifted > allowed


def _agent(entry: Entry, book: Book) -> Target | None:
    """Who gets what is unsure, where that is neither a person nor the customer."""
    agent = book.catalog.defaults.policy_agent
    return Target(TargetKind.POLICY_AGENT, agent) if entry.unsure is Kind.ROUTED and agent else None


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


def _basis(verdict: ClassifierVerdict, entry: Entry | None, allowed: int, permitted: bool) -> Basis:
    """What was compared with what; a caller's or rule's word is not measured."""
    measured = entry if verdict.confidence is not None else None
    return Basis(
        confidence=measured.confidence if measured else None,
        margin=measured.margin if measured else None,
        allowed=_RISKS[allowed],
        permitted=permitted,
        told_by=verdict.decided_by,
    )


# Where the last digits decide.


def view(enriched: Enriched, scores: Scores, book: Book) -> View:
    """How the catalog sees what a bundle says of a message."""
    inbound = enriched.message.inbound
    if scores.labels:
        return book.view(scores.labels, inbound.channel, inbound.locale)
    return book.fleeting(tuple([each.intent for each in scores.ranked]), inbound.channel, inbound.locale)


def on_edge(enriched: Enriched, scores: Scores, book: Book) -> bool:
    """Whether anything that is compared lies so near to its limit that the shape of a batch could turn it."""
    return any(abs(value - limit) < NEAR for value, limit in _compared(enriched, scores, book))


def _compared(enriched: Enriched, scores: Scores, book: Book) -> Iterator[tuple[float, float]]:
    """Every number of a message's scores with the limit it is held against."""
    seen = view(enriched, scores, book)
    ranked = among(scores, seen)
    best, entry = ranked.ranked[0], book.entries.get(ranked.ranked[0].intent)
    yield ranked.margin, 0.0
    if entry is None:
        return
    yield best.confidence, entry.confidence
    yield ranked.margin, entry.margin
    if _doubt(best.confidence, ranked.margin, entry) is None:
        return
    yield best.confidence, entry.confidence - book.catalog.defaults.band
    for family in _above(scores, seen, entry, book):
        parent = book.entries[family.intent]
        yield family.confidence, parent.confidence
        yield family.margin, parent.margin
