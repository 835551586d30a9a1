"""Why a message went where it went, told from its audit record."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from processors.book import Book
from processors.tiers import tiers
from processors.words import CAUSES, FLAGS, KINDS, REASONS, facts, place
from schemas.audit import AuditRecord
from schemas.vocabulary import Kind, Mode, Reason


class Said(msgspec.Struct, frozen=True, gc=False):
    """One line of an explanation: what it is about, what is said of it."""

    about: str
    words: str


_NOBODY: Final = "nothing"


def explain(line: AuditRecord, book: Book | None = None) -> list[Said]:
    """What came in, what became of it, why; limits and examples in full where its catalog is at hand."""
    return [*_said(_message(line)), *why(line, book), Said("time", _time(line))]


def why(line: AuditRecord, book: Book | None = None) -> list[Said]:
    """What became of a message, then every tier that was asked, in order, with what it knew."""
    told = [("answer", _answer(line)), ("because", _because(line))]
    if line.kind is not Kind.REJECTED:
        asked = [*tiers(line, book), *_policy(line, book)]
        told += [(f"{number}. {tier}", words) for number, (tier, words) in enumerate(asked, start=1)]
        told += [*_context(line), *_opinions(line), *_under(line, book)]
    return _said([*told, *(("flag", FLAGS[flag]) for flag in line.flags)])


def _said(told: Iterable[tuple[str, str]]) -> list[Said]:
    return [Said(about, words) for about, words in told]


def _message(line: AuditRecord) -> Iterator[tuple[str, str]]:
    """What came in, never its text."""
    source = line.source
    yield "message", line.message_id
    yield "lies at", f"{source.topic}/{source.partition}/{source.offset}"
    named = ("tenant", "conversation", "customer", "channel", "locale")
    told = [f"{name} {getattr(line, name)}" for name in named if getattr(line, name) is not None]
    if told:
        yield "from", ", ".join(told)


def _answer(line: AuditRecord) -> str:
    routed = f" to {place(line.target)}" if line.target else ""
    meant = f", as {line.intent}" if line.intent else ""
    watched = " (only watched: nothing was sent)" if line.mode is Mode.OBSERVE else ""
    return f"{KINDS[line.kind]}{routed}{meant}{watched}"


def _because(line: AuditRecord) -> str:
    if line.cause is not None:
        return f"{CAUSES[line.cause]} ({line.cause}): {line.detail}"
    return f"{REASONS[line.reason]} ({line.reason}, by {line.decided_by})" if line.reason else _NOBODY


def _policy(line: AuditRecord, book: Book | None) -> Iterator[tuple[str, str]]:
    """What may be done about it, where somebody had an opinion."""
    if line.basis.told_by is None:
        return
    told = [_risk(line), _verdict(line, book)]
    told += [f"at most {line.steps} steps"] if line.steps is not None else []
    told += [f"priority {line.priority}"] if line.priority else []
    told += ["drawn for a person to look at afterwards"] if line.review else []
    yield "policy", "; ".join(filter(None, told))


def _risk(line: AuditRecord) -> str:
    if line.risk is None or line.basis.allowed is None:
        return ""
    why = [f"the caller allows {line.safety_mode}"] if line.safety_mode else []
    why += ["a trusted sender permitted it"] if line.basis.permitted else []
    return f"risk {line.risk}, allowed up to {line.basis.allowed}" + (f" ({', '.join(why)})" if why else "")


def _verdict(line: AuditRecord, book: Book | None) -> str:
    """What policy made of the opinion."""
    match line.reason:
        case Reason.INTENT_DEPRECATED:
            return f"{line.intent} is deprecated: use {line.successor}"
        case Reason.ALWAYS_HUMAN:
            return f"{line.intent} always goes to a person"
        case Reason.RULE_ERROR:
            return "the condition of a detour could not be evaluated, so a person looks"
        case Reason.RISK_EXCEEDS_SAFETY_MODE:
            return "too risky, so nothing is done"
    if line.target is None:
        return f"the catalog says of such a message: {KINDS[line.kind]}"
    return f"goes to {place(line.target)}{_detour(line, book)}"


def _detour(line: AuditRecord, book: Book | None) -> str:
    """That a condition sent it elsewhere than its intent says."""
    entry = book.entry(line.intent) if book else None
    if entry is None or line.target in (entry.target, None) or line.kind is not Kind.ROUTED:
        return ""
    there = line.target in [target for _, target in entry.detours]
    return f", a detour, instead of {place(entry.target)}" if there else ""


def _context(line: AuditRecord) -> Iterator[tuple[str, str]]:
    """The facts, the signals that were at hand."""
    seen = line.observed
    told = facts("customer", seen.context or {}) + facts("system", seen.system) + facts("stock", seen.stock)
    missing = ["could not be read"] if seen.context is None else []
    yield "known", ", ".join([*missing, *told]) or _NOBODY
    if seen.signals:
        yield "signals", ", ".join(facts("signals", seen.signals))


def _opinions(line: AuditRecord) -> Iterator[tuple[str, str]]:
    """What each bundle said, where several were asked."""
    for each in line.opinions:
        best = ", ".join(f"{one.intent} {one.confidence:g}" for one in each.ranked)
        yield "bundle", f"{each.model} on {each.domain or 'everything'}: {best or each.failed}"


def _under(line: AuditRecord, book: Book | None) -> Iterator[tuple[str, str]]:
    """The rules of the game as they were."""
    yield "catalog", (line.catalog or "none") + ("" if book or not line.catalog else " (not at hand)")
    yield "model", line.model or "not asked"


def _time(line: AuditRecord) -> str:
    received = line.received_at.isoformat(timespec="milliseconds")
    return f"received {received}, decided {line.ms:g} ms later"
