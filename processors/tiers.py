"""What each tier of a decision said, read back from its audit record."""

from collections.abc import Iterator
from typing import Final

from processors.book import Book, Entry, Line
from processors.words import REASONS, needs, number
from schemas.audit import AuditRecord
from schemas.events import Opinion
from schemas.vocabulary import DOUBTS, ELSEWHERE, Decider, Reason

TIERS: Final = (
    "tenant", "noise", "limits", "language", "declared", "rules", "classifier", "hierarchy", "examples",
)  # fmt: skip
# These say something only where they end it.
_QUIET: Final = ("tenant", "limits", "language")
_LAST: Final = {
    Reason.UNKNOWN_TENANT: "tenant",
    Reason.EMPTY_MESSAGE: "noise",
    Reason.NOISE: "noise",
    Reason.DUPLICATE: "noise",
    Reason.DEADLINE: "limits",
    Reason.QUOTA_EXCEEDED: "limits",
    Reason.LANGUAGE_UNSUPPORTED: "language",
    Reason.RULE_ERROR: "rules",
}
NEAREST: Final = 3


def tiers(line: AuditRecord, book: Book | None) -> Iterator[tuple[str, str]]:
    """Every tier that was asked, in order, with what it said; more of it where the catalog is at hand."""
    last = _last(line)
    for tier in TIERS[: TIERS.index(last) + 1]:
        if tier not in _QUIET:
            yield tier, _SAYS[tier](line, book)
        elif tier == last and line.reason is not None:
            yield tier, REASONS[line.reason]


def _last(line: AuditRecord) -> str:
    """The tier that nobody was asked after."""
    by, reason = line.basis.told_by, line.reason
    if by is Decider.DECLARED or by is Decider.RULE:
        return "declared" if by is Decider.DECLARED else "rules"
    if by is None:
        asked = line.model is not None or reason not in _LAST
        return "classifier" if asked or reason is None else _LAST[reason]
    doubted = reason in DOUBTS or (line.basis.above and by is not Decider.HIERARCHY)
    return "examples" if doubted else str(by)


def _noise(line: AuditRecord, book: Book | None) -> str:
    if line.reason is not None and _LAST.get(line.reason) == "noise":
        return REASONS[line.reason]
    return "none: it says something"


def _declared(line: AuditRecord, book: Book | None) -> str:
    if line.declared is None:
        return "the caller named no intent"
    if line.basis.told_by is Decider.DECLARED:
        return f"the caller named {line.declared}, so the model was not asked"
    return (
        f"the caller named {line.declared}, which the catalog does not have for this channel, this language"
    )


def _rules(line: AuditRecord, book: Book | None) -> str:
    if book is not None and not book.rules:
        return "the catalog has none"
    told = [*(f"{name} held" for name in line.basis.rules), *_failed(line)]
    if book is None:
        return "; ".join(told) or "none held"
    known = {each.name: each for each in book.rules}
    told = [*(_held(known[name]) if name in known else name for name in line.basis.rules), *_failed(line)]
    others = [name for name in known if name not in {*line.basis.rules, *line.basis.failed}]
    return "; ".join([*told, *([f"{', '.join(others)} did not hold"] if others else [])])


def _held(rule: Line) -> str:
    return f"{rule.name} held, for {rule.entry.name}"


def _failed(line: AuditRecord) -> Iterator[str]:
    stops = line.basis.told_by is None and line.reason is Reason.RULE_ERROR
    for name in line.basis.failed:
        yield f"{name} could not be evaluated" + (", so a person looks" if stops else ", passed over")


def _classifier(line: AuditRecord, book: Book | None) -> str:
    opinions = _ranked(line)
    if not opinions:
        return REASONS[line.reason] if line.reason else "not asked"
    best, others = opinions[0], opinions[1:]
    entry = _entry(best.intent, book)
    lead = round(best.confidence - (others[0].confidence if others else 0.0), 6)
    told = [f"{_name(best.intent, book)} {number(best.confidence)}{needs(_confidence(best, line, entry))}"]
    told.append(f"{number(lead)} ahead{needs(_margin(best, line, entry))}")
    behind = [f"{_name(each.intent, book)} {number(each.confidence)}" for each in others if each.confidence]
    return "; ".join([*told, *([f"then {', '.join(behind)}"] if behind else [])])


def _ranked(line: AuditRecord) -> tuple[Opinion, ...]:
    """What the classifier said, best first, whoever was believed in the end."""
    if line.confidence is None and not line.alternatives:
        return ()
    if line.basis.told_by is Decider.HIERARCHY:
        return line.alternatives
    # Of what no intent is for the audit has the share, not the bundle's word for it.
    own = [] if line.confidence is None else [Opinion(line.intent or ELSEWHERE, line.confidence)]
    return tuple(sorted([*own, *line.alternatives], key=lambda each: -each.confidence))


def _name(intent: str, book: Book | None) -> str:
    """An intent by its name; of what no intent is for a bundle has a label, the catalog a share."""
    if intent == ELSEWHERE:
        return "no intent at all"
    return "out of scope" if book is not None and intent == book.catalog.sink_label else intent


def _entry(name: str, book: Book | None) -> Entry | None:
    return book.entries.get(name) if book else None


def _confidence(best: Opinion, line: AuditRecord, entry: Entry | None) -> float | None:
    """The limit as it was written down, else as the catalog has it."""
    if best.intent == line.intent and line.basis.confidence is not None:
        return line.basis.confidence
    return entry.confidence if entry else None


def _margin(best: Opinion, line: AuditRecord, entry: Entry | None) -> float | None:
    if best.intent == line.intent and line.basis.margin is not None:
        return line.basis.margin
    return entry.margin if entry else None


def _hierarchy(line: AuditRecord, book: Book | None) -> str:
    if not line.basis.above:
        return "no broader intent is above it"
    found = [(each, _entry(each.intent, book)) for each in line.basis.above]
    return "; ".join(
        f"{each.intent} with all its kinds {number(each.confidence)}{needs(entry.confidence if entry else None)}, "
        f"{number(each.margin)} ahead{needs(entry.margin if entry else None)}"
        for each, entry in found
    )


def _examples(line: AuditRecord, book: Book | None) -> str:
    near = book.catalog.defaults.near if book else None
    if not line.basis.likeness:
        return "not compared: no examples, or too far below what is needed"
    return "; ".join(
        f"{_example(each.intent, each.example, book)} is {number(each.likeness)} like it{needs(near)}"
        for each in line.basis.likeness[:NEAREST]
    )


def _example(intent: str, place: int, book: Book | None) -> str:
    """An example in its own words, where the catalog is at hand."""
    entry = book.entries.get(intent) if book else None
    if entry is None or place >= len(entry.examples):
        return f"example {place + 1} of {intent}"
    return f'"{" ".join(entry.examples[place].split())}" of {intent}'


_SAYS: Final = {
    "noise": _noise,
    "declared": _declared,
    "rules": _rules,
    "classifier": _classifier,
    "hierarchy": _hierarchy,
    "examples": _examples,
}
