"""Riskier classes are held to more, never to less."""

from collections.abc import Mapping

import numpy as np
import pytest

from processors.ladder import OWN, Classes, Rung, bounds, climb, together
from processors.promise import LOOSEST, Routes, Terms
from schemas.vocabulary import RiskClass
from tests.processors.redraws import REDRAWS, SLACK, flat_above, known

READ_ONLY, LOCAL_WRITE, NETWORK, DELEGATED, DESTRUCTIVE = RiskClass
BOUNDS = bounds(0.02, 0.95, {})
USUAL = dict.fromkeys(RiskClass, 0.85)
SURE = (0.6, 0.999)


def routes(number: int, wrong: int = 0, between: tuple[float, float] = SURE) -> Routes:
    """Messages between two confidences, the least sure ones wrong."""
    return Routes(np.linspace(*between, number), np.arange(number) < wrong)


def climbed(classes: Classes, usual: Mapping[RiskClass, float] = USUAL) -> dict[RiskClass, Rung]:
    """The rungs by their class."""
    return {each.risk: each for each in climb(classes, usual, BOUNDS)}


def test_riskier_classes_may_be_wrong_less_often() -> None:
    assert [BOUNDS[risk].error for risk in RiskClass] == [0.02, 0.02, 0.01, 0.01, 0.005]


def test_what_is_told_of_a_class_holds_for_those_above_it_too() -> None:
    found = bounds(0.02, 0.95, {LOCAL_WRITE: 0.004})
    assert [found[risk].error for risk in RiskClass] == [0.02, 0.004, 0.004, 0.004, 0.004]


def test_a_riskier_class_is_never_routed_at_less() -> None:
    found = climbed(
        {READ_ONLY: {"a": routes(1_000, wrong=200)}, DESTRUCTIVE: {"b": routes(2_000), "c": routes(9)}}
    )
    assert found[READ_ONLY].confidence > LOOSEST
    assert found[DESTRUCTIVE].promises == {"b": found[READ_ONLY].confidence}
    assert found[DESTRUCTIVE].confidence == 0.85


def test_it_is_promised_at_the_floor_only_where_its_own_messages_show_it_there() -> None:
    clean, doubtful = routes(140), routes(900, wrong=300)
    found = climbed({READ_ONLY: {"a": doubtful}, LOCAL_WRITE: {"b": clean}})
    assert found[LOCAL_WRITE].shared.promised is None
    assert found[LOCAL_WRITE].confidence == max(0.85, found[READ_ONLY].confidence)


def test_a_class_without_a_promise_stays_where_it_was() -> None:
    found = climbed({READ_ONLY: {"a": routes(20)}, NETWORK: {"b": routes(0)}}, USUAL | {NETWORK: 0.9})
    assert {risk: each.confidence for risk, each in found.items()} == {READ_ONLY: 0.85, NETWORK: 0.9}


def test_nothing_is_looser_than_a_class_below_that_has_no_promise() -> None:
    found = climbed({READ_ONLY: {"a": routes(20)}, LOCAL_WRITE: {"b": routes(5_000)}})
    assert found[LOCAL_WRITE].confidence == 0.85


def test_every_way_of_being_wrong_leaves_a_ladder() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        classes = {
            risk: {"x": Routes(rng.uniform(0.4, 1, number), rng.random(number) < rng.choice([0, 0.003, 0.3]))}
            for risk, number in zip(RiskClass, rng.integers(0, 2_000, len(RiskClass)), strict=True)
        }
        steps = [each.confidence for each in climb(classes, USUAL, BOUNDS)]
        assert steps == sorted(steps)


@pytest.mark.parametrize(("number", "alone"), [(OWN - 1, False), (OWN, True)])
def test_an_intent_is_promised_by_itself_from_150_routes_on(number: int, alone: bool) -> None:
    rung = climbed({READ_ONLY: {"a": routes(number), "b": routes(140)}})[READ_ONLY]
    assert ("a" in rung.own, "a" in rung.promises) == (alone, alone)
    assert rung.others == (("b",) if alone else ("a", "b"))


def test_of_a_stricter_class_it_takes_more_than_150() -> None:
    rung = climbed({DESTRUCTIVE: {"a": routes(597), "b": routes(598)}})[DESTRUCTIVE]
    assert list(rung.own) == ["b"]


def test_an_intent_that_fails_alone_counts_with_its_class() -> None:
    rung = climbed({READ_ONLY: {"a": routes(160, wrong=30), "b": routes(140)}})[READ_ONLY]
    assert (rung.own["a"].promised, rung.others) == (None, ("a", "b"))
    assert rung.shared.promised is not None


def test_all_together_share_the_doubt_that_each_could_have() -> None:
    classes = {
        READ_ONLY: {"a": routes(200), "b": routes(30)},
        DELEGATED: {"c": routes(10)},
    }
    found = together(classes, BOUNDS)
    # The class with one of its intents; nothing is tried of the other class.
    assert found[READ_ONLY] == Terms(0.02, 0.975)
    assert together({}, BOUNDS) == BOUNDS


def test_where_each_is_promised_by_itself_the_next_class_is_held_at_the_loosest_of_them() -> None:
    intents = {"a": routes(1_000, wrong=200), "b": routes(1_000, wrong=500)}
    found = climbed({READ_ONLY: intents, LOCAL_WRITE: {"c": routes(140)}}, dict.fromkeys(RiskClass, 0.5))
    assert found[READ_ONLY].others == ()
    assert found[READ_ONLY].confidence == found[READ_ONLY].promises["a"] < found[READ_ONLY].promises["b"]
    assert (found[LOCAL_WRITE].confidence, found[LOCAL_WRITE].held) == (found[READ_ONLY].confidence, True)


def test_those_that_failed_alone_do_not_spoil_the_promise_of_their_class() -> None:
    """All are wrong a hair too often, so that every promise is broken."""
    rng = np.random.default_rng(11)
    bundles = {name: known(flat_above(0.02)) for name in ("a", "b", "c")}
    count = 0
    for _ in range(REDRAWS):
        (rung,) = climb(
            {READ_ONLY: {name: each.draw(200, rng) for name, each in bundles.items()}}, USUAL, BOUNDS
        )
        count += rung.shared.promised is not None
    assert count <= SLACK


def test_together_they_are_broken_no_more_often_than_one_alone() -> None:
    rng = np.random.default_rng(12)
    bundles = {risk: known(flat_above(BOUNDS[risk].error)) for risk in RiskClass}
    count = 0
    for _ in range(REDRAWS):
        classes = {risk: {"x": bundle.draw(700, rng)} for risk, bundle in bundles.items()}
        rungs = climb(classes, USUAL, together(classes, BOUNDS))
        count += any(each.promises or each.shared.promised for each in rungs)
    assert count <= SLACK
