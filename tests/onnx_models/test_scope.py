"""How far a message is from everything that the intents are about."""

import numpy as np
import pytest
from numpy.typing import NDArray

from onnx_models.network.asking import evidence, pack
from onnx_models.network.encoder import Array
from onnx_models.network.transformer import Head, build, features
from onnx_models.training.head import logits, says
from onnx_models.training.scope import ENOUGH, nearness, scope
from onnx_models.training.temperature import calibrated
from processors.calibration import HIGHEST, LOWEST, Evidence, honest
from tests.onnx_models import tiny

LABELS = ("a", "b", "c", "oos")
TOKENS = [[2, 5, 9, 3], [2, 7, 3], [2, 12, 6, 6, 14, 3], [2, 20, 18, 3], [2, 3]]


def clouds(each: int = 60, width: int = 12, seed: int = 1) -> tuple[Array, NDArray[np.intp]]:
    """Messages of three intents, each around a place of its own, with others that are anywhere."""
    random = np.random.default_rng(seed)
    places = np.random.default_rng(0).normal(0, 3, (3, width))
    inside = np.concatenate([place + random.normal(0, 0.5, (each, width)) for place in places])
    vectors = np.concatenate([inside, random.normal(0, 3, (each, width))]).astype(np.float32)
    return vectors, np.repeat(np.arange(4), each)


def known(vectors: Array, targets: NDArray[np.intp]) -> Head:
    """A head without any opinion, that knows how near vectors are."""
    inside = targets < 3
    near = nearness(vectors[inside], targets[inside])
    return Head(np.zeros((vectors.shape[1], 4), np.float32), np.zeros(4, np.float32), near)


def test_messages_of_an_intent_are_near_and_others_are_far() -> None:
    head = known(*clouds())
    vectors, targets = clouds(seed=2)
    distance = says(head, vectors).distance
    assert np.quantile(distance[targets < 3], 0.95) < np.quantile(distance[targets == 3], 0.05)
    assert np.median(distance[targets < 3]) == pytest.approx(1, abs=0.7), "within an intent all spread is one"


def test_there_is_one_direction_fewer_than_intents() -> None:
    vectors, targets = clouds()
    near = nearness(vectors[:180], targets[:180])
    assert near.directions.shape == (12, 2)
    assert near.middles.shape == (3, 2)


def test_the_graph_works_out_the_same_distance() -> None:
    encoder = tiny.encoder(layers=2)
    width = features(encoder)
    random = np.random.default_rng(4)
    vectors = random.normal(0, 1, (90, width)).astype(np.float32)
    head = Head(random.normal(0, 1, (width, 3)).astype(np.float32), np.zeros(3, np.float32))
    head = Head(head.weights, head.bias, nearness(vectors, np.repeat(np.arange(3), 30)))
    through = Head(np.eye(width, dtype=np.float32), np.zeros(width, np.float32))
    group = [pack(TOKENS, sorted(range(len(TOKENS)), key=lambda place: len(TOKENS[place])))]
    read = evidence(build(encoder, through, tiny.POSITIONS), group).logits.astype(np.float32)
    found = evidence(build(encoder, head, tiny.POSITIONS), group)
    expected = says(head, read)
    np.testing.assert_allclose(found.logits, expected.logits, atol=1e-4)
    np.testing.assert_allclose(found.distance, expected.distance, rtol=1e-3)
    np.testing.assert_allclose(logits(head, read), expected.logits)


def test_a_scope_learnt_from_some_messages_holds_for_others() -> None:
    head = known(*clouds())
    (valid, truth), (test, others) = clouds(seed=2), clouds(seed=3)
    found = calibrated(says(head, valid), truth, LABELS)
    assert found.scope is not None
    assert found.scope.distance > 0
    chosen = honest(says(head, test), found)[:, 3] > 0.5
    assert ((others == 3) == chosen).mean() > 0.97


def opinions(noise: float, truth: NDArray[np.intp]) -> Evidence:
    """Opinions that are right as often as noise lets them be, of messages that are far where they are out of scope."""
    random = np.random.default_rng(7)
    logits = 6 * np.eye(len(LABELS))[truth] + random.normal(0, noise, (len(truth), len(LABELS)))
    distance = random.normal(np.where(truth == 3, 4, 1), 0.5)
    return Evidence(logits.astype(np.float32), distance.astype(np.float32))


def test_messages_said_anew_make_it_less_sure_without_moving_the_scope() -> None:
    truth = np.arange(400) % 4
    tidy = calibrated(opinions(2, truth), truth, LABELS)
    found = calibrated(opinions(2, truth), truth, LABELS, [opinions(4, truth)])
    assert found.scope == tidy.scope is not None
    assert found.temperature > tidy.temperature


def test_too_few_messages_out_of_scope_teach_nothing() -> None:
    vectors, targets = clouds()
    few = np.concatenate([np.flatnonzero(targets < 3), np.flatnonzero(targets == 3)[: ENOUGH - 1]])
    assert scope(says(known(vectors, targets), vectors[few]), targets[few], LABELS) is None


def test_without_a_sink_there_is_no_scope() -> None:
    said = Evidence(np.eye(3, dtype=np.float32)[np.arange(90) % 3] * 4, np.zeros(90, np.float32))
    found = calibrated(said, np.arange(90) % 3, ("a", "b", "c"))
    assert found.scope is None
    assert LOWEST <= found.temperature <= HIGHEST


def test_the_temperature_stays_within_its_bounds_whatever_the_logits() -> None:
    right = Evidence(np.eye(3, dtype=np.float32)[np.arange(90) % 3] * 0.001, np.zeros(90, np.float32))
    assert calibrated(right, np.arange(90) % 3, ("a", "b", "c")).temperature == LOWEST
    wrong = Evidence(np.eye(3, dtype=np.float32)[np.arange(90) % 3] * 99, np.zeros(90, np.float32))
    assert calibrated(wrong, (np.arange(90) + 1) % 3, ("a", "b", "c")).temperature == HIGHEST
