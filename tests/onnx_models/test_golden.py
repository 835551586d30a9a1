"""The texts by which a bundle is known to compute as it did where it was made."""

import numpy as np

from onnx_models.corpus.reading import Example
from onnx_models.packing.pack import GOLDEN_TEXTS, golden

LABELS = ("a", "b", "c")
EXAMPLES = [Example("x" * (1 + 7 * place % 300), LABELS[place % 3]) for place in range(300)]
SHARES = np.random.default_rng(1).dirichlet(np.ones(3), 300)


def lengths() -> list[int]:
    return [len(each.text) for each in golden(EXAMPLES, SHARES, LABELS)]


def test_every_intent_has_its_first_message_among_them() -> None:
    assert lengths()[:3] == [len(each.text) for each in EXAMPLES[:3]]


def test_the_others_are_of_all_lengths_the_longest_among_them() -> None:
    others = lengths()[3:]
    assert len(others) == GOLDEN_TEXTS - 3
    assert max(others) == max(len(each.text) for each in EXAMPLES)
    quarters = [sum(25 * n < length / 3 <= 25 * (n + 1) for length in others) for n in range(4)]
    assert min(quarters) > GOLDEN_TEXTS / 6


def test_of_few_messages_all_are_taken() -> None:
    few = golden(EXAMPLES[:5], SHARES[:5], LABELS)
    assert sorted(each.text for each in few) == sorted(each.text for each in EXAMPLES[:5])
