"""A bundle exported for other hardware says what the one it was made of says."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from click.testing import CliRunner

from onnx_models.corpus.reading import read
from onnx_models.network.asking import Packed, answers, pack
from onnx_models.network.early import early_depths
from onnx_models.network.ranges import observe
from onnx_models.network.transformer import Early, Head, build, features
from onnx_models.packing.commands import export
from onnx_models.packing.export import SCORED
from onnx_models.packing.halves import dequantised, halved
from onnx_models.packing.plain import plain
from onnx_models.training.train import train
from streams.scoring.bundles import load
from streams.scoring.providers import OPENVINO
from streams.scoring.scorer import OnnxScorer
from tests.onnx_models import tiny

TOKENS = [[2, 5, 9, 3], [2, 7, 3], [2, 12, 6, 6, 14, 3], [2, 20, 18, 3], [2, 3]]
OUTPUTS = ["logits", "vector", "features"]
# Steps that reckon with shapes: hardware's own builds leave them to the processor.
SHAPES = {"Shape", "NonZero", "ScatterND"}


def groups() -> list[Packed]:
    return [pack(TOKENS, sorted(range(len(TOKENS)), key=lambda place: len(TOKENS[place])))]


def head(width: int) -> Head:
    random = np.random.default_rng(3)
    return Head(random.normal(0, 1, (width, 3)).astype(np.float32), np.array([0.1, 0, -0.1], np.float32))


@pytest.fixture(scope="module", params=["all layers", "a way out"])
def network(request: pytest.FixtureRequest) -> onnx.ModelProto:
    """An int8 network; the second one with a way out that is never taken, so that it can be compared."""
    encoder = tiny.encoder(layers=3)
    own = head(features(encoder))
    first = Early(head(len(early_depths(encoder)) * tiny.WIDTH), 1e9)
    ranges = observe(encoder, own, 24, groups())
    return build(encoder, own, 24, ranges, first if request.param == "a way out" else None)


def test_in_plain_steps_it_says_the_same(network: onnx.ModelProto) -> None:
    for before, after in zip(
        answers(network, OUTPUTS, groups()), answers(plain(network), OUTPUTS, groups()), strict=True
    ):
        assert np.allclose(before, after, atol=0.02)


def test_no_plain_step_reckons_with_shapes(network: onnx.ModelProto) -> None:
    made = plain(network)
    assert not SHAPES & {node.op_type for node in made.graph.node}
    assert [each.name for each in made.graph.input] == ["input_ids", "attention_mask"]


def test_out_of_int8_it_is_near(network: onnx.ModelProto) -> None:
    made = dequantised(plain(network))
    assert not any("Quantize" in node.op_type for node in made.graph.node)
    assert np.allclose(answers(network, OUTPUTS, groups())[0], answers(made, OUTPUTS, groups())[0], atol=0.15)


def test_in_half_precision_it_is_nearer_still(network: onnx.ModelProto) -> None:
    made = dequantised(plain(network))
    for before, after in zip(
        answers(made, OUTPUTS, groups()), answers(halved(made), OUTPUTS, groups()), strict=True
    ):
        assert after.dtype == np.float32
        assert np.allclose(before, after, atol=0.02)


def test_up_to_what_the_head_reads_every_number_is_half_as_wide(network: onnx.ModelProto) -> None:
    made = halved(dequantised(plain(network)))
    wide = [
        each
        for each in made.graph.initializer
        if each.data_type == onnx.TensorProto.FLOAT and len(each.dims) > 1
    ]
    assert [tuple(each.dims) for each in wide] == [(3 * tiny.WIDTH, 3)]


@pytest.mark.parametrize("provider", ["openvino", "cuda"])
def test_an_exported_bundle_is_one_that_a_worker_takes(provider: str, tmp_path: Path) -> None:
    source, out = tmp_path / "tiny-1.0", tmp_path / "other"
    train(tiny.encoder(), read(tiny.write_data(tmp_path)), source, seed=3, max_tokens=24, wish=None)
    done = CliRunner().invoke(export, [str(source), "--provider", provider, "--out", str(out)])
    if provider == "openvino" and OPENVINO.known_as not in onnxruntime.get_available_providers():
        assert done.exit_code == 1
        assert "pip install onnxruntime-openvino" in done.output
        return
    assert done.exit_code == 0, done.output
    bundle = load(out)
    assert bundle.manifest.version == f"1.0-{provider}"
    assert f"Exported for {provider}" in (out / "README.md").read_text()
    assert OnnxScorer(bundle).score(["where is my parcel"])


def test_golden_texts_are_scored_as_a_worker_scores_them() -> None:
    for name, own in (("openvino", OPENVINO),):
        assert SCORED[name] == (own.known_as, dict(own.options))


def test_a_spoiled_bundle_is_not_exported(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    done = CliRunner().invoke(export, [str(tmp_path), "--provider", "cuda", "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "is no bundle" in done.output
