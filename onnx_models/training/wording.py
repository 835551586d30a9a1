"""Texts as the tokens and neighbouring pairs that a table has vectors of."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from onnx_models.network.encoder import Array

# A pair of tokens as one number: the first one's id in the upper half.
SHIFT = 20
# What was seen less often than this is as good as unknown; so training knows what an unknown token looks like.
OFTEN = 2
# In int8 these many rows of 192 numbers are 4.6 MB.
MOST_TOKENS, MOST_PAIRS = 7_000, 17_000
Whole = NDArray[np.int64]
Texts = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Wording:
    """The known tokens, the known pairs, both sorted: row 0 is any other token, the last row any other pair."""

    tokens: Whole
    pairs: Whole

    @property
    def rows(self) -> int:
        """The height of the table."""
        return len(self.tokens) + len(self.pairs) + 2


def wording(texts: Texts) -> Wording:
    """What is seen often enough in texts."""
    flat, starts = flattened(texts)
    found = paired(flat, starts)
    return Wording(frequent(flat, MOST_TOKENS), frequent(found[found >= 0], MOST_PAIRS))


def frequent(values: Whole, most: int) -> Whole:
    """The values that are there often enough, sorted; of too many the more frequent ones."""
    known, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return np.sort(known[order[counts[order] >= OFTEN]])


def flattened(texts: Texts) -> tuple[Whole, Whole]:
    """All tokens in one row, with where each text starts."""
    lengths = np.array([len(text) for text in texts], np.int64)
    return np.fromiter(chain.from_iterable(texts), np.int64, lengths.sum()), np.cumsum(lengths) - lengths


def paired(flat: Whole, starts: Whole) -> Whole:
    """Each token with the one after it; -1 where a text ends."""
    pairs = np.full(len(flat), -1, np.int64)
    pairs[:-1] = flat[:-1] << SHIFT | flat[1:]
    pairs[starts[1:] - 1] = -1
    return pairs


def parts(texts: Texts, known: Wording) -> csr_matrix:
    """How much of each row of the table each text takes: every part once, by the root of the length."""
    flat, starts = flattened(texts)
    lengths = np.diff(np.append(starts, len(flat)))
    rows = np.column_stack([places(flat, known.tokens, 1, 0), pair_rows(paired(flat, starts), known)])
    amounts = np.repeat(1 / np.sqrt(lengths), 2 * lengths).astype(np.float32)
    ends = np.append(starts, len(flat)) * 2
    return csr_matrix((amounts, rows.ravel(), ends), (len(texts), known.rows))


def pair_rows(pairs: Whole, known: Wording) -> Whole:
    """The rows of pairs."""
    return places(pairs, known.pairs, len(known.tokens) + 1, known.rows - 1)


def places(values: Whole, known: Whole, first: int, other: int) -> Whole:
    """Where values are among the known ones, counted from the first row of those; another row for the others."""
    if not len(known):
        return np.full(len(values), other, np.int64)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[at] == values, at + first, other)


def table(known: Wording, embeddings: Array, width: int) -> Array:
    """Vectors to begin with: the encoder's own in fewer dimensions for tokens, nothing for pairs."""
    begun = np.zeros((known.rows, width), np.float32)
    words = embeddings[known.tokens].astype(np.float64)
    words -= words.mean(axis=0)
    _, axes = np.linalg.eigh(words.T @ words)
    turned = words @ axes[:, ::-1][:, :width]
    begun[1 : len(words) + 1, : turned.shape[1]] = 0.5 * turned / turned.std()
    return begun
