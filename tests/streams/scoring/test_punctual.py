"""A scorer that takes too long costs its batch the budget, nobody else anything."""

import threading
import time
from collections.abc import Sequence

import pytest

from processors.flow import ScoreFailed, Scores
from processors.score import ConstantScorer, ModelDown
from schemas.vocabulary import Reason
from streams.scoring.bundles import load, shipped
from streams.scoring.punctual import PATIENCE, Punctual
from streams.scoring.scorer import OnnxScorer
from tests.streams.ground import await_true

BUDGET_S = 0.1


class Sluggish:
    """Answers as soon as it is let go; is told when it is given up."""

    name, labels = "sluggish", ConstantScorer.labels

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.given_up = 0

    def begin(self) -> None: ...

    def give_up(self) -> None:
        self.given_up += 1

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        self.go.wait(10)
        if "broken" in texts:
            raise ValueError("broken")
        return ConstantScorer().score(texts)


@pytest.fixture
def sluggish() -> Sluggish:
    return Sluggish()


def test_in_time_it_says_what_the_scorer_says(sluggish: Sluggish) -> None:
    texts = [f"text {n}" for n in range(5)]
    assert Punctual(sluggish, BUDGET_S).score(texts) == ConstantScorer().score(texts)


def test_what_the_scorer_raises_is_raised(sluggish: Sluggish) -> None:
    with pytest.raises(ValueError, match="broken"):
        Punctual(sluggish, BUDGET_S).score(["broken"])


def test_a_late_batch_is_answered_by_type_in_time_the_call_given_up(sluggish: Sluggish) -> None:
    sluggish.go.clear()
    began = time.monotonic()
    found = Punctual(sluggish, BUDGET_S).score(["a", "b"])
    assert BUDGET_S <= time.monotonic() - began < 5
    assert [isinstance(each, ScoreFailed) and each.reason for each in found] == [Reason.DEADLINE] * 2
    assert sluggish.given_up == 1
    sluggish.go.set()


def test_while_the_late_call_goes_on_the_model_is_down_then_it_is_back(sluggish: Sluggish) -> None:
    punctual = Punctual(sluggish, BUDGET_S)
    sluggish.go.clear()
    punctual.score(["a"])
    with pytest.raises(ModelDown, match="still works"):
        punctual.score(["b"])
    sluggish.go.set()

    def back() -> bool:
        try:
            return punctual.score(["c"]) == ConstantScorer().score(["c"])
        except ModelDown:
            return False

    await_true(back)


def test_a_network_in_the_midst_of_its_work_is_broken_off_then_scores_as_before() -> None:
    scorer = OnnxScorer(load(shipped()), first_stage=False)
    texts = [f"where is my parcel number {n}, it should have come weeks ago" for n in range(4000)]
    punctual = Punctual(scorer, BUDGET_S)
    (alone,) = scorer.score(["where is my parcel"])
    began = time.monotonic()
    found = punctual.score(texts)
    assert all(isinstance(each, ScoreFailed) and each.reason is Reason.DEADLINE for each in found)
    # All of them take seconds; the run that is given up ends at its next operator.
    assert punctual._late is not None
    await_true(punctual._late.done, 10)
    assert time.monotonic() - began < 2
    longer = Punctual(scorer, 30)
    assert longer.score(["where is my parcel"]) == [alone]


def test_a_call_that_never_ends_is_told_once_it_took_several_budgets(sluggish: Sluggish) -> None:
    told: list[str] = []
    sluggish.go.clear()
    punctual = Punctual(sluggish, BUDGET_S, told.append)
    punctual.score(["a"])
    with pytest.raises(ModelDown):
        punctual.score(["b"])
    assert told == []
    time.sleep((PATIENCE + 1) * BUDGET_S)
    with pytest.raises(ModelDown):
        punctual.score(["b"])
    assert told == ["sluggish does not end what it was asked"]
