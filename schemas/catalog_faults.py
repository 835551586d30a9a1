"""What is wrong with a catalog that reads well: names of nothing, two things under one name."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from schemas.catalog import Catalog
from schemas.vocabulary import ELSEWHERE

_BLANKS = "a name is not empty, and has no blanks around it"
_NAMELESS = "a target needs a name"
# Where a fault is, from the top of the catalog.
Path: TypeAlias = tuple[str | int, ...]


def faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Whatever names something that is not there, or says two things at once."""
    yield from _name_faults(catalog)
    for name in catalog.intents:
        yield from _intent_faults(catalog, name)
    yield from _rule_faults(catalog)
    for place, name in enumerate(catalog.permitted):
        if name not in catalog.intents:
            yield ("permitted", place), f"no intent is called {name}"
    for domain in catalog.domains:
        if not catalog.of(domain):
            yield ("domains", domain), f"no intent is called {domain}.something"
    if catalog.defaults.unsure == "policy_agent" and not catalog.defaults.policy_agent:
        yield ("defaults", "unsure"), "which one? name it as defaults.policy_agent"


def _name_faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Every name means one thing."""
    if ELSEWHERE in catalog.intents:
        yield ("intents", ELSEWHERE), "that is what no intent is for; rename it"
    if catalog.sink_label in catalog.intents:
        yield ("sink_label",), f"{catalog.sink_label!r} is also an intent"
    for name in catalog.intents:
        if not name or name != name.strip():
            yield ("intents", name), _BLANKS
    names = Counter([*catalog.intents, catalog.sink_label, ELSEWHERE])
    names += Counter(alias for each in catalog.intents.values() for alias in each.aliases)
    for name, each in catalog.intents.items():
        for place, alias in enumerate(each.aliases):
            if alias != alias.strip():
                yield ("intents", name, "aliases", place), _BLANKS
            if names[alias] > 1:
                yield ("intents", name, "aliases", place), f"{alias!r} is also the name of something else"


def _intent_faults(catalog: Catalog, name: str) -> Iterator[tuple[Path, str]]:
    """What an intent names has to be there."""
    intent, at = catalog.intents[name], ("intents", name)
    if intent.parent is not None and intent.parent not in catalog.intents:
        yield (*at, "parent"), f"no intent is called {intent.parent}"
    try:
        list(catalog.above(name))
    except ValueError as error:
        yield (*at, "parent"), str(error)
    if intent.deprecated is not None:
        successor = catalog.intents.get(intent.deprecated)
        if successor is None:
            yield (*at, "deprecated"), f"its successor {intent.deprecated} is no intent"
        elif successor.deprecated is not None:
            yield (*at, "deprecated"), f"its successor {intent.deprecated} is deprecated itself"
    if intent.unsure == "policy_agent" and not catalog.defaults.policy_agent:
        yield (*at, "unsure"), "which one? name it as defaults.policy_agent"
    if not intent.target.name.strip():
        yield (*at, "target", "name"), _NAMELESS
    for place, detour in enumerate(intent.detours):
        if not detour.target.name.strip():
            yield (*at, "detours", place, "target", "name"), _NAMELESS


def _rule_faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """A rule has a name of its own, an intent, a condition."""
    names = Counter(rule.name for rule in catalog.rules)
    for place, rule in enumerate(catalog.rules):
        if names[rule.name] > 1:
            yield ("rules", place, "name"), f"two rules are called {rule.name}"
        if rule.intent not in catalog.intents:
            yield ("rules", place, "intent"), f"no intent is called {rule.intent}"
        if not rule.says and not rule.when:
            yield ("rules", place), "a rule needs a condition: says, when"
        for number, phrase in enumerate(rule.says):
            if not phrase.strip():
                yield ("rules", place, "says", number), "a phrase of blanks is in every text; remove it"
