"""The conditions that a catalog's rules set, made ready to be asked."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec
from cel_expr_python import cel

from processors.flow import Enriched

_ANYTHING: Final = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
_VARIABLES: Final[Mapping[str, cel.Type]] = {
    "text": cel.Type.STRING,
    "channel": cel.Type.STRING,
    "locale": cel.Type.STRING,
    "signals": _ANYTHING,
    "context": cel.Type.Map(cel.Type.STRING, _ANYTHING),
}
_ENV: Final = cel.NewEnv(variables=_VARIABLES)
_NOTHING: Final[Mapping[str, object]] = {}


class ConditionError(ValueError):
    """An expression that can't be a condition; says why."""


class Phrases(msgspec.Struct, frozen=True, gc=False):
    """Phrases ready to be looked for; a text in ASCII without any of the clues has none of them.

    Nearly every text has none, which the clues tell in .1 us each, the pattern in 4. Beyond ASCII letters have more
    than one other case, so that only the pattern can tell.
    """

    pattern: "re.Pattern[str]"
    clues: tuple[str, ...]


class Asker:
    """One message as rules see it; what they need of it is made once, when the first asks."""

    __slots__ = ("_enriched", "_lowered", "_seen")

    def __init__(self, enriched: Enriched) -> None:
        """Nothing is made yet."""
        self._enriched = enriched
        self._seen: cel.Activation | None = None
        self._lowered: str | None = None

    def says(self, phrases: Phrases) -> bool:
        """Whether one of the phrases stands in the text."""
        text = self._enriched.message.text
        if self._lowered is None:
            self._lowered = text.lower()
        if not phrases.clues or not text.isascii():
            return phrases.pattern.search(text) is not None
        for clue in phrases.clues:
            if clue in self._lowered:
                return phrases.pattern.search(text) is not None
        return False

    def holds(self, condition: cel.Expression) -> bool | str:
        """True, false, or what went wrong; by the value's type, as an error is a text that would count as true."""
        try:
            if self._seen is None:
                self._seen = _ENV.Activation(_variables(self._enriched))
            value = condition.eval(self._seen).value()
        except Exception as error:
            return type(error).__name__
        return value if isinstance(value, bool) else str(value)


# Compiling takes a millisecond; a new version of a catalog has mostly the conditions of the last one.
@lru_cache(maxsize=4096)
def condition(source: str) -> cel.Expression:
    """The expression, compiled; raises ConditionError where it is none, where it is not surely true or false."""
    try:
        expression = _ENV.compile(source)
    except Exception as error:
        raise ConditionError(_first_line(str(error))) from None
    if expression.return_type() != cel.Type.BOOL:
        raise ConditionError(
            f"gives {expression.return_type().name().lower()}, not true or false; compare it with something"
        )
    return expression


def phrases(said: Sequence[str]) -> Phrases | None:
    """What finds any of the phrases as whole words, in any case, however they are spaced."""
    if not said:
        return None
    clues = tuple(max(phrase.lower().split(), key=len, default="") for phrase in said)
    each = (r"\s+".join(re.escape(word) for word in phrase.split()) for phrase in said)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)
    return Phrases(pattern, clues if "".join(clues).isascii() else ())


def _variables(enriched: Enriched) -> dict[str, object]:
    inbound, known = enriched.message.inbound, enriched.context
    return {
        "text": enriched.message.text,
        "channel": inbound.channel or "",
        "locale": inbound.locale or "",
        "signals": inbound.signals or _NOTHING,
        "context": {
            "customer": known.customer if known else _NOTHING,
            "system": known.system if known else _NOTHING,
            "stock": known.stock if known else _NOTHING,
        },
    }


def _first_line(said: str) -> str:
    """The compiler's words without its drawing."""
    line = said.partition("\n")[0].partition("ERROR: ")[2] or said.partition("\n")[0]
    return line.removeprefix("<input>:")
