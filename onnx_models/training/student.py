"""A small model of token vectors that learns to answer as the network does."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from onnx_models.network.encoder import Array
from onnx_models.training.progress import shown

WIDTH, INNER = 192, 256
# Of five sizes these lose least on CLINC150's validation messages; twice the epochs gain nothing.
EPOCHS, ROWS, FASTEST = 8, 256, 6e-3
DROPPED, HIDDEN_DROPPED = 0.2, 0.15
WARM = 0.1
MOMENTUM, MEMORY, TINY = 0.9, 0.99, 1e-8

Whole = NDArray[np.int64]
Weights = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What texts are made of, a row of the table for each part of it, with the probabilities to give them."""

    parts: csr_matrix
    shares: Array


@dataclass(frozen=True, slots=True)
class Pass:
    """What one batch became on its way, kept for the way back."""

    parts: csr_matrix
    middle: Array
    inner: Array
    shares: Array


def learn(lesson: Lesson, table: Array, seed: int) -> Weights:
    """The weights after all epochs; the same seed gives the same ones."""
    random = np.random.default_rng(seed)
    weights = begin(table, lesson.shares.shape[1], random)
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in weights.items()}
    batches = list(shuffled(lesson.parts.shape[0], random))
    for step, places in enumerate(shown(batches, "learning the first stage")):
        speed = FASTEST * pace(step / len(batches))
        gone = forward(weights, thinned(lesson.parts[places], random), random)
        touched, changes = backward(weights, gone, lesson.shares[places])
        for name, change in changes.items():
            rows = touched if name == "table" else slice(None)
            adapt(weights[name], moments[name], rows, change, speed, step + 1)
    return weights


def begin(table: Array, labels: int, random: np.random.Generator) -> Weights:
    """Weights before anything is learnt."""
    width = table.shape[1]
    return {
        "table": table.copy(),
        "inner": random.normal(0, width**-0.5, (width, INNER)).astype(np.float32),
        "inner_bias": np.zeros(INNER, np.float32),
        "deep": random.normal(0, INNER**-0.5, (INNER, labels)).astype(np.float32),
        "wide": random.normal(0, width**-0.5, (width, labels)).astype(np.float32),
        "bias": np.zeros(labels, np.float32),
    }


def shuffled(count: int, random: np.random.Generator) -> Iterator[Whole]:
    """The places of every batch of every epoch."""
    for _ in range(EPOCHS):
        order = random.permutation(count)
        yield from (order[start : start + ROWS] for start in range(0, count, ROWS))


def pace(gone: float) -> float:
    """How fast to learn after this share of all steps: up for a while, then down to nothing."""
    return gone / WARM if gone < WARM else (1 - gone) / (1 - WARM)


def thinned(parts: csr_matrix, random: np.random.Generator) -> csr_matrix:
    """The texts with some of their parts gone."""
    kept = random.random(parts.nnz) >= DROPPED
    return csr_matrix((parts.data * kept, parts.indices, parts.indptr), parts.shape)


def forward(weights: Weights, parts: csr_matrix, random: np.random.Generator) -> Pass:
    """What the model says while it learns, with some of its inner values gone."""
    middle = parts @ weights["table"]
    kept = (random.random((len(middle), INNER), np.float32) >= HIDDEN_DROPPED) / np.float32(
        1 - HIDDEN_DROPPED
    )
    inner = np.maximum(middle @ weights["inner"] + weights["inner_bias"], 0) * kept
    return Pass(parts, middle, inner, softmax(says(weights, middle, inner)))


def says(weights: Weights, middle: Array, inner: Array) -> Array:
    """The logits."""
    logits: Array = inner @ weights["deep"] + middle @ weights["wide"] + weights["bias"]
    return logits


def backward(weights: Weights, gone: Pass, wanted: Array) -> tuple[Whole, Weights]:
    """The rows of the table that were used, with the slope of the cross entropy in every weight."""
    error = (gone.shares - wanted) / np.float32(len(wanted))
    # Where nothing came through there is no slope; what came through was scaled by the dropout.
    inner = error @ weights["deep"].T * (gone.inner > 0) / np.float32(1 - HIDDEN_DROPPED)
    middle = inner @ weights["inner"].T + error @ weights["wide"].T
    touched, at = np.unique(gone.parts.indices, return_inverse=True)
    used = csr_matrix((gone.parts.data, at, gone.parts.indptr), (len(wanted), len(touched)))
    return touched, {
        "table": used.T @ middle,
        "inner": gone.middle.T @ inner,
        "inner_bias": inner.sum(axis=0),
        "deep": gone.inner.T @ error,
        "wide": gone.middle.T @ error,
        "bias": error.sum(axis=0),
    }


def adapt(
    weight: Array, moments: tuple[Array, Array], rows: Whole | slice, change: Array, speed: float, step: int
) -> None:
    """One step of Adam, on the rows that had a part in it alone."""
    first, second = moments
    first[rows] = MOMENTUM * first[rows] + (1 - MOMENTUM) * change
    second[rows] = MEMORY * second[rows] + (1 - MEMORY) * change**2
    size = np.sqrt(second[rows] / (1 - MEMORY**step)) + TINY
    weight[rows] -= np.float32(speed / (1 - MOMENTUM**step)) * first[rows] / size


def answers(weights: Weights, parts: csr_matrix) -> Array:
    """The logits of texts, nothing left out."""
    middle = parts @ weights["table"]
    return says(weights, middle, np.maximum(middle @ weights["inner"] + weights["inner_bias"], 0))


def softmax(logits: Array) -> Array:
    """Probabilities of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
