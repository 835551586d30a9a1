"""Bundles of the tiny encoder: a good one, one that learnt from wrong labels, one of other labels."""

from pathlib import Path

import msgspec
import pytest

from onnx_models.corpus.reading import Example, read
from onnx_models.training.train import train
from tests.onnx_models import tiny

SPLITS = ("train", "valid", "test")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labelled messages of three intents."""
    return tiny.write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def good(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that tells them apart."""
    return trained(data, tmp_path_factory.mktemp("good") / "good-0.1.0")


@pytest.fixture(scope="session")
def flipped(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that learnt two intents the wrong way round."""
    swapped = {"order.status": "refund.request", "refund.request": "order.status"}
    folder = renamed(data, tmp_path_factory.mktemp("flipped"), swapped)
    return trained(folder, folder / "flipped-0.2.0")


@pytest.fixture(scope="session")
def other_labels(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that calls one of them otherwise."""
    folder = renamed(data, tmp_path_factory.mktemp("other"), {"refund.request": "money.back"})
    return trained(folder, folder / "other-0.1.0")


def trained(data: Path, out: Path) -> Path:
    """A bundle of the tiny encoder."""
    train(tiny.encoder(), read(data), out, seed=7, max_tokens=tiny.POSITIONS)
    return out


def renamed(data: Path, folder: Path, names: dict[str, str]) -> Path:
    """The same messages under other intents."""
    for split in SPLITS:
        lines = [
            msgspec.json.decode(line, type=Example)
            for line in (data / f"{split}.jsonl").read_bytes().splitlines()
        ]
        changed = [Example(each.text, names.get(each.intent, each.intent)) for each in lines]
        (folder / f"{split}.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, changed)) + b"\n")
    return folder
