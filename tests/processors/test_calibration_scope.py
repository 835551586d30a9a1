"""Evidence as probabilities when what is out of scope is judged by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.calibration import Calibration, Evidence, calibration, honest, logistic, probabilities
from schemas.manifest import Scope

SCOPE = Scope("oos", bias=-2.0, odds=0.5, peak=-0.3, distance=2.0)
LABELS = ("a", "oos", "b")


def evidence(*logits: float, distance: float = 0.5) -> Evidence:
    return Evidence(np.array([logits], np.float32), np.array([distance], np.float32))


@given(st.lists(st.floats(-80, 80, width=32), min_size=3, max_size=3), st.floats(0, 1e6, width=32))
def test_all_probabilities_are_shares_of_one(logits: list[float], distance: float) -> None:
    shares = honest(evidence(*logits, distance=distance), calibration(LABELS, 0.8, SCOPE))
    assert abs(shares.sum() - 1) < 1e-12
    assert (shares >= 0).all()


def test_the_sink_gets_what_the_signals_say_by_hand() -> None:
    shares = honest(evidence(2, 1, 0, distance=1.5), calibration(LABELS, 1.0, SCOPE))
    together = np.log(np.exp(2) + np.exp(0))
    outside = 1 / (1 + np.exp(-(-2.0 + 0.5 * (1 - together) - 0.3 * 2 + 2.0 * 1.5)))
    inside = np.exp([2, 0]) / np.exp([2, 0]).sum() * (1 - outside)
    np.testing.assert_allclose(shares[0], [inside[0], outside, inside[1]], atol=1e-12)


def test_the_farther_from_every_intent_the_less_an_intent_gets() -> None:
    known = calibration(LABELS, 1.0, SCOPE)
    near, far = (honest(evidence(3, 0, 1, distance=value), known)[0] for value in (0.2, 5.0))
    assert far[1] > near[1]
    assert far[0] < near[0]
    assert far[0] / far[2] == pytest.approx(near[0] / near[2]), "how intents share does not depend on it"


def test_without_a_scope_the_sink_is_a_label_like_any_other() -> None:
    said = evidence(2, 1, 0)
    np.testing.assert_array_equal(honest(said, Calibration(0.7)), probabilities(said.logits, 0.7))


def test_a_batch_is_calibrated_as_each_text_alone() -> None:
    known = calibration(LABELS, 0.9, SCOPE)
    logits = np.random.default_rng(3).normal(0, 4, (40, 3)).astype(np.float32)
    distance = np.linspace(0, 9, 40, dtype=np.float32)
    together = honest(Evidence(logits, distance), known)
    for row in range(40):
        alone = honest(Evidence(logits[row : row + 1], distance[row : row + 1]), known)
        np.testing.assert_allclose(together[row], alone[0], rtol=0, atol=1e-14)


def test_no_number_is_too_large_for_the_logistic_function() -> None:
    assert logistic(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.5, 1.0]
