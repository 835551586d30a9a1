"""The step that asks the scorer what a message may mean."""

from collections.abc import Sequence
from typing import Protocol

from processors.flow import ScoreFailed, Scores


class ModelDown(Exception):
    """The model as a whole can't be asked; the one exception that leaves the pipeline."""


class Scorer(Protocol):
    """Gives opinions of texts, in their order; raises only when the model as a whole is down."""

    name: str
    labels: tuple[str, ...]

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """One result for every text."""
        ...
