"""Which of a message's signals the conditions of a catalog look at."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from schemas.messages import Signal

# The tokens of an expression as far as they matter here: a text, a name, a number, any other sign.
_TOKEN = re.compile(
    r"""//[^\n]* | (?P<text>[rRbB]{0,2}(?: \"{3}.*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'))
    | (?P<name>[A-Za-z_]\w*) | [\d.]*\d\w* | \S""",
    re.VERBOSE | re.DOTALL,
)
SIGNALS: Final = "signals"


def looked_at(sources: Iterable[str]) -> frozenset[str] | None:
    """The signals that these expressions name; None, which is all, where one looks at more than it names."""
    found = [name for source in sources for name in _named(source)]
    names = frozenset(name for name in found if name is not None)
    return None if None in found else names


def picked(signals: Mapping[str, Signal], names: frozenset[str] | None) -> dict[str, Signal]:
    """Those of a message's signals that are looked at."""
    return {name: content for name, content in signals.items() if names is None or name in names}


def _named(source: str) -> Iterator[str | None]:
    """The signals of an expression, None for each look at the signals that names none."""
    tokens = [(token[0], token) for token in _TOKEN.finditer(source) if not token[0].startswith("//")]
    words = ["", "", *(word for word, _ in tokens), "", "", ""]
    for place, (word, _) in enumerate(tokens, start=2):
        if word == SIGNALS and words[place - 1] != ".":
            yield _name(words[place - 2 : place + 4])


def _name(around: list[str]) -> str | None:
    """The signal that is named two words before, or up to three after."""
    before, operator, _, sign, name, end = around
    if sign == "." and name.isidentifier() and end != "(":
        return name
    if sign == "[" and end == "]":
        return _plain(name)
    return _plain(before) if operator == "in" and sign not in (".", "[") else None


def _plain(text: str) -> str | None:
    """What a text says where nothing in it is escaped."""
    plain = re.fullmatch(r"""(["'])((?:(?!\1)[^\\])*)\1""", text)
    return plain[2] if plain else None
