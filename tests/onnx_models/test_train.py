"""From labelled messages to a bundle that a scorer takes."""

import hashlib
import json
import struct
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from onnx_models import training
from onnx_models.corpus.reading import DataError, read
from onnx_models.network import encoder as encoders
from onnx_models.training.train import MAX_WINDOWS, main, train
from processors.flow import Scores
from streams.scoring.bundles import load
from streams.scoring.scorer import OnnxScorer
from tests.onnx_models import tiny


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle trained on three intents with the tiny encoder."""
    folder = tmp_path_factory.mktemp("training")
    out = folder / "tiny-0.1.0"
    with threadpool_limits(2):
        train(tiny.encoder(), read(tiny.write_data(folder)), out, seed=7, max_tokens=tiny.POSITIONS)
    return out


def write_encoder(folder: Path) -> Path:
    """The tiny encoder as its files would lie in a package."""
    made = tiny.encoder()
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, value in made.weights.items():
        ends = [offset, offset := offset + value.nbytes]
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": ends}  # type: ignore[dict-item]
    listing = json.dumps(header).encode()
    numbers = b"".join(value.tobytes() for value in made.weights.values())
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(listing)) + listing + numbers)
    (folder / "tokenizer.json").write_bytes(made.tokenizer)
    sizes = {
        "num_hidden_layers": made.layers,
        "num_attention_heads": made.heads,
        "layer_norm_eps": made.epsilon,
    }
    (folder / "config.json").write_text(json.dumps(sizes))
    return folder


def test_a_trained_bundle_loads_and_knows_its_intents(trained: Path) -> None:
    scorer = OnnxScorer(load(trained))
    texts = ["where is my parcel", "please the money back", "a song, the weather"]
    results = scorer.score(texts)
    assert [result.ranked[0].intent for result in results if isinstance(result, Scores)] == [
        "order.status",
        "refund.request",
        "oos",
    ]


def test_what_the_manifest_says_was_measured_is_what_the_scorer_does(trained: Path) -> None:
    bundle = load(trained)
    test = read(trained.parent).test
    results = OnnxScorer(bundle).score([example.text for example in test])
    right = [
        isinstance(result, Scores) and result.ranked[0].intent == example.intent
        for result, example in zip(results, test, strict=True)
    ]
    assert bundle.manifest.measured.accuracy == round(sum(right) / len(right), 4) >= 0.9
    assert bundle.manifest.training.train == 240


def test_the_same_seed_gives_the_same_bundle_byte_for_byte(trained: Path, tmp_path: Path) -> None:
    """Whether a process may use one thread or two: of what a worker has loaded, one is left."""
    again = tmp_path / trained.name
    with threadpool_limits(1):
        train(tiny.encoder(), read(trained.parent), again, seed=7, max_tokens=tiny.POSITIONS)
    assert digests(again) == digests(trained)


def digests(bundle: Path) -> dict[str, str]:
    """What lies in a folder; bytes that differ would be compared line by line, for hours."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bundle.iterdir()}


def test_the_digest_that_training_prints_is_the_one_to_pin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tiny-0.2.0"
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    told = ["--head", "--data", str(tiny.write_data(tmp_path)), "--encoder", str(write_encoder(encoder))]
    assert main([*told, "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert load(out, pin=printed.out.strip()).name.startswith("tiny-0.2.0+")
    assert "\x1b" not in printed.err, "a pipe gets plain lines"
    assert "accuracy" in printed.err


def test_a_trained_bundle_judges_what_is_out_of_scope_by_itself(trained: Path) -> None:
    bundle = load(trained)
    scope = bundle.manifest.scope
    assert scope is not None
    assert (scope.label, bundle.manifest.max_windows) == ("oos", MAX_WINDOWS)
    far, near = OnnxScorer(bundle).score(["the weather is a joke", "where is my parcel please"])
    assert isinstance(far, Scores)
    assert isinstance(near, Scores)
    sink = bundle.manifest.labels.index("oos")
    assert far.shares[sink] > near.shares[sink]
    assert abs(sum(far.shares) - 1) < 1e-9


def test_every_file_of_a_bundle_is_in_its_manifest(trained: Path) -> None:
    manifest = load(trained).manifest
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in trained.iterdir()
        if path.name != "manifest.json"
    }
    assert manifest.files == found
    assert set(found) >= {"model.onnx", "tokenizer.json", "README.md", "first_stage.npz"}


def test_the_card_carries_the_numbers_of_the_manifest(trained: Path) -> None:
    measured = load(trained).manifest.measured
    card = (trained / "README.md").read_text()
    assert f"| right | {measured.accuracy:.1%} |" in card
    assert f"| expected calibration error | {measured.calibration_error:.3f} |" in card


def test_a_weights_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = encoders.load(write_encoder(tmp_path))
    assert found.heads == 2
    for name, value in tiny.encoder().weights.items():
        np.testing.assert_array_equal(found.weights[name], value)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"text": "hello"}', "train.jsonl:2: Object missing required field `intent`"),
        ('{"text": 5, "intent": "oos"}', "train.jsonl:2: Expected `str`, got `int`"),
        ("hello", "train.jsonl:2: JSON is malformed"),
    ],
)
def test_a_line_that_is_no_message_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    tiny.write_data(tmp_path)
    (tmp_path / "train.jsonl").write_text('{"text": "hi", "intent": "oos"}\n' + line + "\n")
    with pytest.raises(DataError, match=complaint):
        read(tmp_path)


def test_an_intent_that_was_never_trained_is_named(tmp_path: Path) -> None:
    tiny.write_data(tmp_path)
    (tmp_path / "test.jsonl").write_bytes(msgspec.json.encode({"text": "hm", "intent": "sales.demo"}))
    with pytest.raises(DataError, match=r"train\.jsonl: no message for sales\.demo"):
        read(tmp_path)


def test_a_missing_split_ends_the_command_with_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    told = ["--head", "--data", str(tmp_path), "--encoder", str(write_encoder(encoder))]
    assert main([*told, "--out", str(tmp_path / "tiny-0.1.0")]) == 1
    assert "train.jsonl is missing; write one JSON object a line" in capsys.readouterr().err


def test_tuning_without_torch_ends_with_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for part in ("tune", "bert", "lessons", "notebook"):
        # A test before this one may have loaded it where there is torch; its room remembers it too.
        monkeypatch.delitem(sys.modules, f"{training.__name__}.{part}", raising=False)
        monkeypatch.delattr(training, part, raising=False)
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    told = ["--tune", "--data", str(tiny.write_data(tmp_path)), "--encoder", str(write_encoder(encoder))]
    assert main([*told, "--out", str(tmp_path / "tiny-0.1.0")]) == 1
    assert "--tune needs torch: pip install 'intent-stream[train,tune]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("way", "layers", "said"),
    [("--head", "1", "--layers needs --tune"), ("--tune", "2", "has 1"), ("--tune", "0", "has 1")],
)
def test_layers_that_can_not_be_left_end_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str, layers: str, said: str
) -> None:
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    told = [way, "--layers", layers, "--data", str(tiny.write_data(tmp_path))]
    assert main([*told, "--encoder", str(write_encoder(encoder)), "--out", str(tmp_path / "tiny-0.1.0")]) == 1
    assert said in capsys.readouterr().err


def test_messages_out_of_scope_may_lie_in_files_of_their_own(tmp_path: Path) -> None:
    tiny.write_data(tmp_path)
    before = read(tmp_path)
    (tmp_path / "oos_test.jsonl").write_bytes(msgspec.json.encode({"text": "ding dong", "intent": "oos"}))
    after = read(tmp_path)
    assert len(after.test) == len(before.test) + 1
    assert after.sha256 != before.sha256


def test_a_folder_without_a_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--head", "--data", str(tmp_path), "--out", str(tmp_path / "tiny")])
    assert stopped.value.code == 2
    assert "call the folder NAME-VERSION" in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "examples:\n  intents train --head" in capsys.readouterr().out
