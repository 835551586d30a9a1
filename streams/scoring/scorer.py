"""The scorer that asks a bundle's network."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from processors.calibration import best, probabilities, rounded
from processors.flow import Opinion, ScoreFailed, Scores
from processors.score import ModelDown
from streams.scoring import golden
from streams.scoring.bundles import Bundle
from streams.scoring.reading import Read, Reader
from streams.scoring.runs import runs
from streams.scoring.session import Ids, Network

OPINIONS = 5
DECIMALS = 6
# Probabilities move by about 1e-6 with the shape of the batch, so this near to a threshold shape must not count.
NEAR = 1e-5
NOT_FINITE = ScoreFailed("the model gave no finite probabilities")

Shares = NDArray[np.float64]
Logits = NDArray[np.float32]


class OnnxScorer:
    """Scores texts with a bundle on one thread; the same text gets the same opinions alone or in any batch."""

    def __init__(self, bundle: Bundle, near: float = 0.85) -> None:
        """Load the network; its golden texts are scored before anything else is."""
        self.name = bundle.name
        self.labels = bundle.manifest.labels
        self._manifest = bundle.manifest
        self._near = near
        self._reader = Reader(bundle)
        self._network = Network(bundle)
        golden.verify(bundle, self)

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """The opinions of every text, in their order."""
        read = self._reader.read(texts)
        results = {place: each for place, each in enumerate(read) if isinstance(each, ScoreFailed)}
        waiting = {place: each for place, each in enumerate(read) if isinstance(each, Read)}
        asked = self._asked(list(waiting.values()))
        found = dict(zip(waiting, asked, strict=True))
        results |= {place: each for place, each in found.items() if isinstance(each, ScoreFailed)}
        sound = {place: each for place, each in found.items() if not isinstance(each, ScoreFailed)}
        scores = self._scores([waiting[place] for place in sound], list(sound.values()))
        merged: dict[int, Scores | ScoreFailed] = {**results, **dict(zip(sound, scores, strict=True))}
        return [merged[place] for place in range(len(texts))]

    def _asked(self, reads: Sequence[Read]) -> list[Logits | ScoreFailed]:
        """What the network says of texts, those of about one length in one run."""
        found: dict[int, Logits | ScoreFailed] = {}
        for places in runs([len(each.ids) for each in reads]):
            found.update(zip(places, self._run([reads[place].ids for place in places]), strict=True))
        return [found[place] for place in range(len(reads))]

    def _run(self, group: Sequence[Ids]) -> list[Logits | ScoreFailed]:
        """What one run says of its texts; where it fails, of each alone."""
        try:
            logits = self._network.ask(group).logits
        except Exception as error:  # onnxruntime's errors share no base class
            if len(group) == 1:
                return [self._failed(group[0], error)]
            return [result for each in group for result in self._run([each])]
        finite: list[bool] = np.isfinite(logits).all(axis=1).tolist()
        return [row if sound else NOT_FINITE for row, sound in zip(logits, finite, strict=True)]

    def _failed(self, text: Ids, error: Exception) -> ScoreFailed:
        """This text's failure, if the network still answers to an empty one."""
        try:
            self._network.ask([[text[0], text[-1]]])
        except Exception as again:
            raise ModelDown(f"{self.name}: {again}") from again
        return ScoreFailed(f"the model failed on this text: {type(error).__name__}")

    def _scores(self, reads: Sequence[Read], logits: Sequence[Logits]) -> list[Scores]:
        """The opinions of texts that the network has answered."""
        if not reads:
            return []
        shares = probabilities(np.stack(logits), self._manifest.temperature)
        self._again_alone(reads, shares)
        return [self._ranked(*row) for row in zip(shares, best(shares, OPINIONS), reads, strict=True)]

    def _again_alone(self, reads: Sequence[Read], shares: Shares) -> None:
        """Put in place what a text is scored alone, wherever its best lies next to the threshold."""
        for row in np.flatnonzero(np.abs(shares.max(axis=1) - self._near) < NEAR).tolist():
            alone = self._network.ask([reads[row].ids]).logits
            shares[row] = probabilities(alone, self._manifest.temperature)[0]

    def _ranked(self, shares: Shares, order: NDArray[np.intp], text: Read) -> Scores:
        """One text's opinions, best first."""
        numbers = rounded(shares[order]).tolist()
        ranked = tuple(
            Opinion(self.labels[place], number) for place, number in zip(order, numbers, strict=True)
        )
        return Scores(ranked, round(numbers[0] - numbers[1], DECIMALS), text.truncated)
