"""The first stage of scoring: a table of token vectors that decides what it is sure of."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import chain

import msgspec
import numpy as np
from numpy.typing import NDArray

from processors.calibration import NEAR, Floats, probabilities
from processors.contrast import contrasts
from processors.flow import Scores
from processors.opinions import opinions
from schemas.vocabulary import Stage
from streams.scoring.bundles import FIRST_STAGE, Bundle
from streams.scoring.reading import Read
from streams.scoring.session import Ids

# A pair of tokens is one number, the first one's id in the upper half.
SHIFT = 20
# A batch goes through in parts, so that what lies between the products stays in the cache.
TEXTS = 64
SINK = "oos"

Array = NDArray[np.float32]
Whole = NDArray[np.int64]


class FirstStage:
    """Decides texts by their tokens and neighbouring pairs; whatever it is not sure of is left to the network."""

    def __init__(self, bundle: Bundle) -> None:
        """Unpack the table of a bundle that has one."""
        promise = bundle.manifest.first_stage
        assert promise is not None
        self.labels = bundle.manifest.labels
        self._promise = promise
        self._sink = self.labels.index(SINK) if SINK in self.labels else None
        with np.load(BytesIO(bundle.files[FIRST_STAGE]), allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
        self._table: Array = arrays["table"] * arrays["scales"]
        self._rows = rows_by_id(arrays["tokens"])
        self._pairs: Whole = arrays["pairs"]
        self._first_pair, self._no_pair = len(arrays["tokens"]) + 1, len(self._table) - 1
        self._weights = {name: arrays[name] for name in ("inner", "inner_bias", "deep", "wide", "bias")}

    def decided(self, texts: Sequence[str], reads: Mapping[int, Read]) -> dict[int, Scores]:
        """The scores of the texts that it decides, by their places."""
        short = [place for place, read in reads.items() if self._readable(read)]
        found: dict[int, Scores] = {}
        for start in range(0, len(short), TEXTS):
            part = short[start : start + TEXTS]
            shares = self.shares([reads[place].windows[0] for place in part])
            kept = [row for row in np.flatnonzero(self._sure(shares)) if not contrasts(texts[part[row]])]
            scores = opinions(shares[kept], self.labels, [False] * len(kept))
            for row, each in zip(kept, scores, strict=True):
                found[part[row]] = msgspec.structs.replace(each, stage=Stage.FIRST)
        return found

    def guessed(self, reads: Mapping[int, Read]) -> dict[int, Scores]:
        """The scores of the texts that it can read, by their places, sure or not."""
        short = [place for place, read in reads.items() if self._readable(read)]
        found: dict[int, Scores] = {}
        for start in range(0, len(short), TEXTS):
            part = short[start : start + TEXTS]
            shares = self.shares([reads[place].windows[0] for place in part])
            for place, each in zip(part, opinions(shares, self.labels, [False] * len(part)), strict=True):
                found[place] = msgspec.structs.replace(each, stage=Stage.STEPPED_DOWN)
        return found

    def _readable(self, read: Read) -> bool:
        """Whether a text is of the kind that it has learnt from: whole, short, with anything in it."""
        return (
            not read.truncated
            and len(read.windows) == 1
            and 2 < len(read.windows[0]) <= self._promise.longest
        )

    def shares(self, texts: Sequence[Ids]) -> Floats:
        """The probabilities of every label."""
        shares = self._together(texts)
        for row in np.flatnonzero(self._on_edge(shares)).tolist():
            shares[row] = self._together([texts[row]])[0]
        return shares

    def _together(self, texts: Sequence[Ids]) -> Floats:
        """The probabilities of texts that go through in one product."""
        weights, middle = self._weights, self._middle(texts)
        inner = np.maximum(middle @ weights["inner"] + weights["inner_bias"], 0)
        logits = inner @ weights["deep"] + middle @ weights["wide"] + weights["bias"]
        return probabilities(logits, self._promise.temperature)

    def _middle(self, texts: Sequence[Ids]) -> Array:
        """The sum of the vectors of each text's tokens and pairs, over the root of how many tokens there are."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(lengths)
        flat = np.fromiter(chain.from_iterable(texts), np.int64, int(ends[-1]))
        vectors = self._table[self._rows[np.minimum(flat, len(self._rows) - 1)]]
        vectors += self._table[self._pair_rows(flat, ends)]
        sums: Array = np.add.reduceat(vectors, ends - lengths, axis=0)
        sums /= np.sqrt(lengths).astype(np.float32)[:, None]
        return sums

    def _pair_rows(self, flat: Whole, ends: Whole) -> Whole:
        """The row of each token's pair with the one after it; unknown pairs, like a text's end, share one."""
        pairs = np.full(len(flat), -1, np.int64)
        pairs[:-1] = flat[:-1] << SHIFT | flat[1:]
        pairs[ends - 1] = -1
        if not len(self._pairs):
            return np.full(len(flat), self._no_pair, np.int64)
        at = np.minimum(np.searchsorted(self._pairs, pairs), len(self._pairs) - 1)
        return np.where(self._pairs[at] == pairs, at + self._first_pair, self._no_pair)

    def _sure(self, shares: Floats) -> NDArray[np.bool_]:
        """Which texts it decides: surely an intent, surely not out of scope."""
        sure: NDArray[np.bool_] = shares.max(axis=1) >= self._promise.sure
        if self._sink is None:
            return sure
        sure &= (shares[:, self._sink] <= self._promise.outside) & (shares.argmax(axis=1) != self._sink)
        return sure

    def _on_edge(self, shares: Floats) -> NDArray[np.bool_]:
        """Which texts lie so near to a limit that their batch could decide it."""
        edge: NDArray[np.bool_] = np.abs(shares.max(axis=1) - self._promise.sure) < NEAR
        return (
            edge
            if self._sink is None
            else edge | (np.abs(shares[:, self._sink] - self._promise.outside) < NEAR)
        )


def rows_by_id(tokens: Whole) -> Whole:
    """The table's row of every token id; the last entry stands for all ids beyond it."""
    rows = np.zeros(int(tokens.max(initial=0)) + 2, np.int64)
    rows[tokens] = np.arange(1, len(tokens) + 1)
    return rows
