"""The detector that tells which language a text is in."""

from functools import cache
from typing import Protocol

from processors.language import LOOKED_AT, doubtful

# How much likelier than anything the model speaks a language has to be, as a difference of log probabilities.
SURE = 25.0
# The detector's word for what is no language.
NONE = "zxx"


class Detector(Protocol):
    """Ranks languages."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every language it knows with its log probability, likeliest first."""
        ...


class Languages:
    """Knows a text that is surely in a language the model does not speak."""

    def __init__(self, spoken: tuple[str, ...]) -> None:
        """The languages of the bundle, by their ISO 639 codes."""
        self._spoken = frozenset(spoken)

    def foreign(self, text: str) -> str | None:
        """The language a text is surely in if the model does not speak it; nothing where there is any doubt."""
        if not doubtful(text, self._spoken):
            return None
        ranked = detector().rank(text[:LOOKED_AT].lower())
        language, likely = ranked[0]
        own = max((score for name, score in ranked if name in self._spoken), default=likely)
        return language if language != NONE and likely - own >= SURE else None


@cache
def detector() -> Detector:
    """The one detector of this process: half a second, 80 MB that nobody pays who has no doubt."""
    from py3langid import langid  # type: ignore[import-untyped]

    loaded: Detector = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    return loaded
