"""What a catalog's conditions do with a message of which nothing is known."""

import re
from collections.abc import Iterator
from typing import Final

from processors.book import conditions
from processors.conditions import Asker, condition
from processors.decode import decode
from processors.desk import Limits
from processors.flow import Batch, Context, Enriched, Message, Record, Source
from schemas.catalog import Catalog, Rule
from schemas.catalog_file import Path

_RECORD: Final = Record(Source("", 0, 0), None, b'{"text": "hello"}', (), 0)


def unsure(catalog: Catalog) -> Iterator[str]:
    """A line for every condition that can't be told of such a message, with the remedy."""
    asker = Asker(_unknown())
    for path, source in conditions(catalog):
        said = asker.holds(condition(source))
        if not isinstance(said, bool):
            yield (
                f"{_where(catalog, path)}: `{source}` can't be told of a message of which nothing is known "
                f"({' '.join(said.split())}); such a message {_fate(catalog, path)}; "
                f"ask first: has({_missing(source, said)}) && ..."
            )


def _missing(source: str, said: str) -> str:
    """The name in an expression whose last part is the key that was not found."""
    key = re.search(r'"([^"]*)"', said)
    named = re.search(rf"\b(?:signals|context)(?:\.\w+)*?\.{re.escape(key[1])}\b", source) if key else None
    return named[0] if named else "context.customer.tier"


def _unknown() -> Enriched:
    """A message of nobody, with no signal, with no fact about anything."""
    (message,) = decode(Batch((_RECORD,), 0.0), Limits()).items
    assert isinstance(message, Message), message
    return Enriched(message, Context({}, {}, {}))


def _where(catalog: Catalog, path: Path) -> str:
    """The rule or the detour, by name."""
    rule = _rule(catalog, path)
    return f"rule {rule.name}" if rule else f"detour of {path[1]}"


def _rule(catalog: Catalog, path: Path) -> Rule | None:
    return catalog.rules[int(path[1])] if path[0] == "rules" else None


def _fate(catalog: Catalog, path: Path) -> str:
    """What becomes of a message where a condition can't be told."""
    rule = _rule(catalog, path)
    done = (rule and rule.on_error) or catalog.defaults.on_rule_error
    return "goes to a person, as rule_error" if done == "escalate" else "passes it by"
