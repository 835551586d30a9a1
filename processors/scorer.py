"""Who may be asked what a message means."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from processors.flow import Likeness, ScoreFailed, Scores


class Scorer(Protocol):
    """Gives opinions of texts, in their order; raises only when the model as a whole is down."""

    name: str
    labels: tuple[str, ...]

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """One result for every text."""
        ...


@runtime_checkable
class Comparer(Protocol):
    """Holds a text against examples."""

    def likeness(
        self, text: str, examples: Mapping[str, Sequence[str]], *, alone: bool = False
    ) -> tuple[Likeness, ...]:
        """How like the text is to the nearest of each intent's examples, best first; nothing where it can't be told.

        Alone, or as it was when it was scored with others: the last digits may differ.
        """
        ...
