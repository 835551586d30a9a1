"""Whether confidence is taken at its word only where it deserves it."""

import numpy as np
import pytest

from streams.evaluation import reliability
from streams.evaluation.reliability import BINS
from streams.evaluation.scope import out_of_scope
from tests.streams.evaluation.samples import labelled, verdicts


def test_bins_hold_about_as_many_messages_each_in_order_of_confidence() -> None:
    random = np.random.default_rng(1)
    found = reliability.bins(random.random(157), random.random(157) > 0.5)
    assert len(found) == BINS
    assert {each.messages for each in found} == {10, 11}
    assert [each.lowest for each in found] == sorted(each.lowest for each in found)


def test_the_error_is_the_gap_between_confidence_and_accuracy() -> None:
    right = np.arange(150) % 10 < 7
    assert reliability.calibration_error(np.full(150, 0.9), right) == pytest.approx(0.2)
    assert reliability.calibration_error(np.full(150, 0.7), right) == pytest.approx(0.0)


def test_fewer_messages_than_bins_are_no_trouble() -> None:
    assert reliability.calibration_error(np.array([0.5, 1.0]), np.array([False, True])) == pytest.approx(0.25)


def test_what_the_threshold_gives_counts_only_what_may_be_routed() -> None:
    messages = labelled("a", "a", "b", "b", "oos", "oos")
    found = verdicts(["a", "b", "b", "oos", "oos", "a"], [0.99, 0.95, 0.84, 0.99, 0.99, 0.9])
    at = reliability.at_threshold(0.85, messages, found)
    assert at.coverage == 0.5, "two of four in-scope messages"
    assert at.accuracy == pytest.approx(1 / 3, abs=1e-6), "one wrong, one let through"


def test_the_curve_goes_from_the_surest_message_to_all_of_them() -> None:
    messages = labelled("a", "b", "a", "oos")
    found = verdicts(["a", "a", "a", "oos"], [0.9, 0.6, 0.8, 0.99])
    points = [(each.threshold, each.coverage, each.accuracy) for each in reliability.curve(messages, found)]
    assert points == [
        (0.9, pytest.approx(1 / 3, abs=1e-6), 1.0),
        (0.8, pytest.approx(2 / 3, abs=1e-6), 1.0),
        (0.6, 1.0, pytest.approx(2 / 3, abs=1e-6)),
    ]


def test_a_bundle_that_knows_the_sink_alone_has_no_curve() -> None:
    assert reliability.curve(labelled("a"), verdicts(["oos"])) == ()


def test_out_of_scope_is_kept_back_by_the_sink_or_by_the_threshold() -> None:
    found = out_of_scope(
        labelled("a", "oos", "oos", "oos", "oos"),
        verdicts(["a", "oos", "a", "a", "a"], [0.9, 0.4, 0.9, 0.7, 0.2]),
    )
    assert found is not None
    assert (found.messages, found.recall, found.recognised, found.let_through) == (4, 0.75, 0.25, 0.25)


def test_without_such_messages_nothing_is_said_of_them() -> None:
    assert out_of_scope(labelled("a"), verdicts(["a"])) is None
