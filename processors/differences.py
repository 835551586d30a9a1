"""What another version of a catalog would change, as a person reads it."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from processors.book import Book
from schemas.catalog import Intent, Rule
from schemas.events import Target
from schemas.vocabulary import RiskClass

NOTHING: Final = "-"
SHOWN: Final = 4
_RISKS: Final = tuple(RiskClass)
# What is told of intents and rules one by one, or says nothing by itself.
_APART: Final = ("tenant", "intents", "rules")


class Difference(msgspec.Struct, frozen=True):
    """One thing that is otherwise: what, as it was, as it becomes."""

    what: str
    was: str
    becomes: str


def differences(old: Book | None, new: Book | None) -> list[Difference]:
    """Everything, from what holds for the whole tenant down to single intents; limits as they work out."""
    return [*_tenant(old, new), *_intents(old, new), *_rules(old, new)]


def _tenant(old: Book | None, new: Book | None) -> Iterator[Difference]:
    """What holds for all intents."""
    was, becomes = _flat(old), _flat(new)
    for what in [*becomes, *(each for each in was if each not in becomes)]:
        yield from _unless_equal(what, was.get(what, NOTHING), becomes.get(what, NOTHING))


def _flat(book: Book | None) -> dict[str, str]:
    """Every field beside intents and rules, by its path."""
    if book is None:
        return {}
    fields = msgspec.to_builtins(book.catalog)
    return dict(_leaves({name: each for name, each in fields.items() if name not in _APART}))


def _leaves(fields: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, each in fields.items():
        if isinstance(each, dict):
            yield from _leaves(each, f"{above}{name}.")
        else:
            yield f"{above}{name}", _told(each)


def _intents(old: Book | None, new: Book | None) -> Iterator[Difference]:
    """Those that come, those that go, what is otherwise about the others; the same change is told once."""
    was, becomes = old.entries if old else {}, new.entries if new else {}
    for name in [each for each in becomes if each not in was]:
        yield Difference(f"intent {name}", NOTHING, _summary(name, new))
    for name in [each for each in was if each not in becomes]:
        yield Difference(f"intent {name}", _summary(name, old), NOTHING)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for name in [each for each in becomes if each in was]:
        before, after = _aspects(name, old), _aspects(name, new)
        for aspect in [each for each in before if before[each] != after[each]]:
            alike.setdefault((aspect, before[aspect], after[aspect]), []).append(name)
    for (aspect, before_it, after_it), names in alike.items():
        yield Difference(f"{aspect} of {_some(names)}", before_it, after_it)


def _aspects(name: str, book: Book | None) -> dict[str, str]:
    """All that may be otherwise about an intent; limits as inherited."""
    assert book is not None, "only what is there has aspects"
    intent, entry = book.catalog.intents[name], book.entries[name]
    own = {
        field: _told(msgspec.to_builtins(getattr(intent, field)))
        for field in Intent.__struct_fields__
        if field not in ("target", "confidence", "margin", "unsure", "parent", "always_human")
    }
    return own | {
        "target": _target(entry.target),
        "confidence": f"{entry.confidence:g}",
        "margin": f"{entry.margin:g}",
        "what is done when unsure": _target(entry.agent) if entry.agent else str(entry.unsure),
        "highest risk without a permission": str(_RISKS[entry.allowed]),
        "always to a person": _told(entry.always_human),
        "parent": next(iter(entry.above), NOTHING),
        "steps": _told(entry.steps),
        "review": _told(entry.review),
    }


def _summary(name: str, book: Book | None) -> str:
    """An intent in a few words."""
    aspects = _aspects(name, book)
    return f"{aspects['target']}, {aspects['risk_class']}, from {aspects['confidence']} on"


def _rules(old: Book | None, new: Book | None) -> Iterator[Difference]:
    """Rules by name, each with its conditions."""
    was, becomes = _named(old), _named(new)
    for name in [*becomes, *(each for each in was if each not in becomes)]:
        yield from _unless_equal(f"rule {name}", was.get(name, NOTHING), becomes.get(name, NOTHING))
    common = [name for name in becomes if name in was]
    if common != [name for name in was if name in becomes]:
        yield Difference("order of rules", ", ".join(was), ", ".join(becomes))


def _named(book: Book | None) -> dict[str, str]:
    return {each.name: _rule(each) for each in book.catalog.rules} if book else {}


def _rule(rule: Rule) -> str:
    """A rule as one reads it out."""
    said = [f"says {' | '.join(rule.says)}"] if rule.says else []
    said += [f"`{each}`" for each in rule.when]
    said += [f"on {_told(list(rule.channels))}"] if rule.channels else []
    said += [f"in {_told(list(rule.locales))}"] if rule.locales else []
    said += [f"on error {rule.on_error}"] if rule.on_error else []
    return f"{rule.intent} where {', '.join(said)}"


def _unless_equal(what: str, was: str, becomes: str) -> Iterator[Difference]:
    if was != becomes:
        yield Difference(what, was, becomes)


def _target(target: Target) -> str:
    return f"{target.kind} {target.name}"


def _told(value: Any) -> str:
    """A field's content, without the marks of a programming language."""
    if value is None or value in ((), [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
