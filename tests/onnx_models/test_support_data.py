"""The messages that the shipped bundle is trained on, beside what the lint says of any set."""

from collections import Counter
from pathlib import Path

import pytest

from onnx_models.corpus.reading import OUT_OF_SCOPE, Data, read
from schemas import catalog_file

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data() -> Data:
    return read(ROOT / "onnx_models" / "data" / "support")


def test_every_intent_of_the_catalog_has_messages_in_every_split(data: Data) -> None:
    shipped = catalog_file.parse((ROOT / "schemas" / "catalogs" / "support.yaml").read_text()).catalog
    for split in (data.train, data.valid, data.test):
        assert set(shipped.intents) <= {example.intent for example in split}


def test_every_label_has_enough_messages(data: Data) -> None:
    for split, least in ((data.train, 60), (data.valid, 12), (data.test, 20)):
        counts = Counter(example.intent for example in split)
        assert min(counts.values()) >= least
        assert counts[OUT_OF_SCOPE] > least, "what is out of scope is wider than any intent"
