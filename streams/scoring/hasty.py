"""The first stage alone, for when there is no time for the network."""

from collections.abc import Sequence

from processors.flow import ScoreFailed, Scores
from processors.scorer import Scorer
from streams.scoring.first_stage import FirstStage
from streams.scoring.reading import Read, Reader


class HastyScorer:
    """Gives the first stage's opinions, sure or not; what that can't read at all is left to the whole scorer."""

    def __init__(self, whole: Scorer, reader: Reader, first: FirstStage) -> None:
        """The stage of a scorer that is there anyway."""
        self.name = whole.name
        self.labels = whole.labels
        self._whole = whole
        self._reader = reader
        self._first = first

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """The opinions of every text, in their order; those that the network would have been asked about say so."""
        results = dict[int, Scores | ScoreFailed | Read](enumerate(self._reader.read(texts)))
        results.update(self._first.decided(texts, self._waiting(results)))
        results.update(self._first.guessed(self._waiting(results)))
        left = list(self._waiting(results))
        if left:
            said = self._whole.score([texts[place] for place in left])
            results.update(zip(left, said, strict=True))
        return [each for each in results.values() if not isinstance(each, Read)]

    def _waiting(self, results: dict[int, Scores | ScoreFailed | Read]) -> dict[int, Read]:
        return {place: each for place, each in results.items() if isinstance(each, Read)}
