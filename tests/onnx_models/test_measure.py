"""What the figures of a model mean."""

import io

import numpy as np
import pytest

from onnx_models.training.measure import calibration_error, measure
from onnx_models.training.progress import shown
from onnx_models.training.temperature import temperature
from processors.calibration import HIGHEST, LOWEST

LABELS = ("oos", "order.status", "refund.request")


class Terminal(io.StringIO):
    """Text that believes it is on a screen."""

    def isatty(self) -> bool:
        return True


def test_a_model_as_sure_as_it_is_right_has_no_calibration_error() -> None:
    confidence = np.full(150, 0.8)
    right = np.arange(150) % 5 != 0
    assert calibration_error(confidence, right) == pytest.approx(0, abs=1e-12)


def test_a_model_surer_than_right_has_the_gap_as_its_calibration_error() -> None:
    assert calibration_error(np.full(150, 0.9), np.arange(150) % 2 == 0) == pytest.approx(0.4, abs=0.01)


def test_coverage_counts_messages_in_scope_only() -> None:
    shares = np.array([[0.05, 0.9, 0.05], [0.1, 0.2, 0.7], [0.05, 0.05, 0.9], [0.9, 0.05, 0.05]])
    found = measure(shares, np.array([1, 2, 0, 0]), LABELS, 0.85, 1.0)
    assert found.accuracy == 0.75
    assert found.coverage == 0.5, "of two in scope one is at or above the threshold"
    assert found.accuracy_covered == 0.5, "of two that were given an intent one should have had none"
    assert found.out_of_scope_let_through == 0.5


def test_the_temperature_that_made_the_logits_is_found_again() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(0, 2, (4000, 5))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(5, p=row) for row in shares])
    assert temperature((logits * 1.7).astype(np.float32), truth) == pytest.approx(1.7, rel=0.1)


def test_the_temperature_stays_within_its_bounds() -> None:
    logits = np.array([[1, 0], [1, 0]], np.float32)
    assert temperature(logits, np.array([0, 0])) == LOWEST
    assert temperature(logits, np.array([1, 1])) == HIGHEST


def test_a_pipe_gets_one_plain_line_a_stage() -> None:
    out = io.StringIO()
    assert list(shown([1, 2, 3], "reading", out)) == [1, 2, 3]
    assert out.getvalue() == "reading: 3\n"


def test_a_terminal_gets_a_bar_that_fills() -> None:
    out = Terminal()
    list(shown([1, 2], "reading", out))
    assert f"reading [{'#' * 15}{'.' * 15}] 1/2" in out.getvalue()
    assert f"reading [{'#' * 30}] 2/2" in out.getvalue()
