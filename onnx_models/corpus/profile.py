"""How much is allowed of what makes messages poor teachers."""

from dataclasses import dataclass

from onnx_models.corpus.findings import Level


@dataclass(frozen=True, slots=True)
class Profile:
    """The limits of a set; None asks nothing."""

    # Fewer messages than this teach an intent badly; the one limit that training holds too.
    smallest_intent: int = 50
    # The share of their character trigrams that messages of different splits may have in common.
    alike: float = 0.8
    # The share of messages that may begin with the same four words as another.
    same_start: float | None = None
    # The share of messages that must be longer than 60 tokens.
    long: float | None = None
    # Points of accuracy that plain word counts must stay behind the model; closer, and the set proves nothing.
    behind: float = 6.0
    # What only spoils a measurement, and what a person has to look at, is no error in a set that others made.
    doubtful: Level = "warning"


USUAL = Profile()
# For the set we wrote ourselves.
STRICT = Profile(alike=0.5, same_start=0.01, long=0.15, doubtful="error")
