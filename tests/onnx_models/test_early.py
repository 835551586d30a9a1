"""The way out of the network after its first layers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx
import pytest

from onnx_models.network.asking import Packed, answers, pack, session
from onnx_models.network.early import GAP, early_depths, exit_depth
from onnx_models.network.encoder import Array, Encoder
from onnx_models.network.ranges import observe
from onnx_models.network.transformer import Early, Head, build, build_first, features, width
from onnx_models.training.early import early, lead, widest
from tests.onnx_models import tiny

TOKENS = [[2, 5, 9, 3], [2, 7, 3], [2, 12, 6, 6, 14, 3], [2, 20, 18, 3], [2, 3]]
LABELS = 4


def head(encoder: Encoder, reads: int, seed: int) -> Head:
    random = np.random.default_rng(seed)
    weights = random.normal(0, 1, (reads * width(encoder), LABELS)).astype(np.float32)
    return Head(weights, np.zeros(LABELS, np.float32))


def group(tokens: Sequence[Sequence[int]]) -> Packed:
    return pack(tokens, sorted(range(len(tokens)), key=lambda place: len(tokens[place])))


def said(model: onnx.ModelProto, *names: str, tokens: Sequence[Sequence[int]] = TOKENS) -> list[Array]:
    return answers(model, names, [group(tokens)])


def three(layers: int, gap: float) -> tuple[onnx.ModelProto, onnx.ModelProto, onnx.ModelProto, Early]:
    """The network without a way out, its first layers, the network with a way out."""
    encoder = tiny.encoder(layers=layers)
    late = head(encoder, features(encoder) // width(encoder), 1)
    way = Early(head(encoder, len(early_depths(encoder)), 2), gap)
    models = (build(encoder, late, tiny.POSITIONS, early=each) for each in (None, way))
    whole, forked = models
    return whole, build_first(encoder, tiny.POSITIONS), forked, way


@pytest.mark.parametrize("layers", [1, 2, 6])
def test_who_leads_by_the_gap_leaves_the_others_get_what_all_layers_say(layers: int) -> None:
    whole, first, _, way = three(layers, 0.0)
    early_logits = said(first, "logits")[0] @ way.head.weights
    leads = lead(early_logits)
    gap = float(np.sort(leads)[2]) - 1e-4
    forked = three(layers, gap)[2]
    logits, vector, beyond = said(forked, "logits", "vector", "early")
    leaves = leads >= gap
    assert leaves.sum() == 3
    np.testing.assert_allclose(beyond[:, 0], leads - gap, atol=1e-4)
    np.testing.assert_allclose(logits[leaves], early_logits[leaves], atol=1e-4)
    late_logits, late_vector = said(whole, "logits", "vector")
    np.testing.assert_allclose(logits[~leaves], late_logits[~leaves], atol=1e-4)
    np.testing.assert_allclose(vector[~leaves], late_vector[~leaves], atol=1e-5)
    assert not vector[leaves].any(), "the sentence vector is what only all layers know"


@pytest.mark.parametrize("gap", [-1e9, 1e9])
def test_all_may_leave_or_none(gap: float) -> None:
    whole, first, forked, way = three(6, gap)
    everyone = said(first, "logits")[0] @ way.head.weights if gap < 0 else said(whole, "logits")[0]
    np.testing.assert_allclose(said(forked, "logits")[0], everyone, atol=1e-4)
    for tokens in TOKENS:
        assert said(forked, "logits", tokens=[tokens])[0].shape == (1, LABELS)


def test_a_run_may_close_the_way_out() -> None:
    whole, _, forked, _ = three(6, -1e9)
    given = group(TOKENS)
    feeds = {"input_ids": given.ids, "attention_mask": given.mask}
    (open_,) = session(forked).run(["logits"], feeds)
    (closed,) = session(forked).run(["logits"], feeds | {GAP: np.array(np.inf, np.float32)})
    (expected,) = session(whole).run(["logits"], feeds)
    np.testing.assert_allclose(closed, expected, atol=1e-5)
    assert np.abs(open_ - expected).max() > 0.1


def test_who_leaves_does_not_depend_on_the_others_in_int8_either() -> None:
    encoder = tiny.encoder(layers=6)
    width_ = features(encoder)
    through = Head(np.eye(width_, dtype=np.float32), np.zeros(width_, np.float32))
    ranges = observe(encoder, through, tiny.POSITIONS, [group(TOKENS)])
    way = Early(head(encoder, 2, 2), 0.5)
    model = build(encoder, head(encoder, width_ // width(encoder), 1), tiny.POSITIONS, ranges, way)
    together = said(model, "logits")[0]
    alone = np.concatenate([said(model, "logits", tokens=[tokens])[0] for tokens in TOKENS])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_the_way_out_is_after_a_third_of_the_layers() -> None:
    encoder = tiny.encoder(layers=1)
    assert [exit_depth(replace(encoder, layers=layers)) for layers in (1, 3, 6, 12)] == [0, 1, 2, 4]


def test_it_is_as_wide_as_nothing_is_lost() -> None:
    leads = np.array([9, 8, 7, 6, 5, 4], np.float32)
    right = np.array([1, 1, 1, 0, 1, 1], bool)
    later = np.array([1, 1, 1, 1, 1, 1], bool)
    assert widest(leads, right, later) == 7
    assert widest(leads, right, right) == 4
    better_once = np.array([1, 1, 0, 1, 1, 1], bool)
    assert widest(leads, right, better_once) == 4, "what was won before makes up for it"
    assert widest(leads, ~later, later) is None


def test_the_early_head_speaks_on_the_scale_of_the_whole_network() -> None:
    random = np.random.default_rng(3)
    truth = np.arange(120) % 3
    vectors = (np.eye(3)[truth] + random.normal(0, 0.2, (120, 3))).astype(np.float32)
    whole = (np.eye(3)[truth] * 8 + random.normal(0, 3, (120, 3))).astype(np.float32)
    found = early((vectors, truth), (vectors, truth), whole, 3, seed=1)
    louder = early((vectors, truth), (vectors, truth), whole * 2, 3, seed=1)
    assert found is not None
    assert louder is not None
    np.testing.assert_allclose(louder.head.weights, found.head.weights * 2, rtol=0.05)
    np.testing.assert_allclose(louder.gap, found.gap * 2, rtol=0.05)
