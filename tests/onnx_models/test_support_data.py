"""The messages that the shipped bundle is trained on."""

from collections import Counter
from pathlib import Path

import pytest

from onnx_models.corpus.reading import OUT_OF_SCOPE, Data, read
from schemas import catalog

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data() -> Data:
    return read(ROOT / "onnx_models" / "data" / "support")


def test_every_intent_of_the_catalog_has_messages_in_every_split(data: Data) -> None:
    shipped = catalog.parse((ROOT / "schemas" / "catalogs" / "support.yaml").read_text()).catalog
    for split in (data.train, data.valid, data.test):
        assert set(shipped.intents) <= {example.intent for example in split}


def test_every_label_has_enough_messages(data: Data) -> None:
    for split, least in ((data.train, 24), (data.valid, 6), (data.test, 6)):
        counts = Counter(example.intent for example in split)
        assert min(counts.values()) >= least
        assert counts[OUT_OF_SCOPE] > least, "what is out of scope is wider than any intent"


def test_no_message_is_there_twice(data: Data) -> None:
    texts = [" ".join(each.text.lower().split()) for each in (*data.train, *data.valid, *data.test)]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_no_message_of_one_split_is_nearly_one_of_another(data: Data) -> None:
    train, valid, test = (
        [trigrams(each.text) for each in part] for part in (data.train, data.valid, data.test)
    )
    near = [
        (one, other)
        for left, right in ((train, valid), (train, test), (valid, test))
        for one in left
        for other in right
        # Sets of very different size can't share half, which spares most of the work.
        if 2 * min(len(one), len(other)) > max(len(one), len(other))
        and 2 * len(one & other) > len(one | other)
    ]
    assert near == []


def trigrams(text: str) -> frozenset[str]:
    """Every three characters that follow each other."""
    return frozenset(text.lower()[place : place + 3] for place in range(len(text) - 2))
