"""Logits as probabilities."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from processors.calibration import best, probabilities, rounded


@given(st.lists(st.floats(-80, 80, width=32), min_size=2, max_size=50), st.floats(0.25, 4))
def test_probabilities_sum_to_one_in_the_order_of_the_logits(logits: list[float], temperature: float) -> None:
    row = np.array([logits], np.float32)
    shares = probabilities(row, temperature)
    assert abs(shares.sum() - 1) < 1e-12
    assert shares[0, row[0].argmax()] == shares.max()


def test_a_higher_temperature_is_less_sure() -> None:
    logits = np.array([[2, 1, 0]], np.float32)
    assert (
        probabilities(logits, 2.0).max() < probabilities(logits, 1.0).max() < probabilities(logits, 0.5).max()
    )


def test_huge_logits_stay_finite() -> None:
    np.testing.assert_array_equal(probabilities(np.array([[3e38, -3e38]], np.float32), 0.25), [[1, 0]])


def test_eighty_five_hundredths_are_the_number_that_a_threshold_is_written_as() -> None:
    assert rounded(np.array([0.8500004, 0.8499996, 0.8499994])).tolist() == [0.85, 0.85, 0.849999]


def test_of_equals_the_earlier_label_is_first() -> None:
    assert best(np.array([[0.2, 0.3, 0.2, 0.3]]), 3).tolist() == [[1, 3, 0]]


@given(st.lists(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5]), min_size=7, max_size=7)), st.integers(1, 9))
def test_the_best_are_those_that_sorting_would_put_first(rows: list[list[float]], count: int) -> None:
    shares = np.array(rows).reshape(-1, 7)
    assert best(shares, count).tolist() == np.argsort(-shares, axis=1, kind="stable")[:, :count].tolist()
