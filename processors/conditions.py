"""The conditions that a catalog's rules set, made ready to be asked."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

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


class Asker:
    """One message as conditions see it; made only once a condition asks."""

    __slots__ = ("_enriched", "_seen")

    def __init__(self, enriched: Enriched) -> None:
        """Nothing is made yet."""
        self._enriched = enriched
        self._seen: cel.Activation | None = None

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


def phrases(said: Sequence[str]) -> "re.Pattern[str] | None":
    """A pattern that finds any of the phrases as whole words, in any case, however they are spaced."""
    if not said:
        return None
    each = (r"\s+".join(re.escape(word) for word in phrase.split()) for phrase in said)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)


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
