"""A promise is broken no more often than it says, a careless choice far more often."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest

from processors.promise import AMPLE, GRID, LOOSEST, Routes, Terms, fit, joined, sequence
from tests.processors.redraws import SLACK, Known, Reals, broken, flat_above, known, naive, zigzag

TERMS = Terms(error=0.02, certainty=0.95)
SHAPES: dict[str, Known] = {
    "honest": known(lambda at: 1 - at),
    "humble": known(lambda at: (1 - at) / 2, sure=8.0),
    "over-confident": known(lambda at: np.minimum(0.3, (1 - at) * 2 + 0.005)),
    "at the bound everywhere": known(flat_above(0.02)),
    "a cliff": known(lambda at: np.where(at >= 0.8, 0.0, 0.3)),
    "barely rising": known(lambda at: 0.02 + 0.02 * (0.95 - at)),
}


def ours(terms: Terms) -> Callable[[Routes], float | None]:
    """The confidence that is promised."""

    def choose(routes: Routes) -> float | None:
        promised = fit(routes, terms).promised
        return promised.confidence if promised else None

    return choose


def routes(confidence: Sequence[float] | Reals, wrong: int = 0) -> Routes:
    """Messages as sure as that, the least sure ones wrong."""
    ordered = np.sort(np.array(confidence, np.float64))
    return Routes(ordered, np.arange(len(ordered)) < wrong)


def spread(messages: int, least: float = 0.5) -> Reals:
    """Confidences all over the place."""
    return np.linspace(least, 0.9999, messages)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("messages", [160, 1_500])
def test_a_promise_is_broken_no_more_often_than_stated(shape: Known, messages: int) -> None:
    assert broken(shape, messages, TERMS, ours(TERMS)) <= SLACK


def test_at_the_bound_it_is_broken_nearly_as_often_as_stated() -> None:
    assert broken(SHAPES["at the bound everywhere"], 1_500, TERMS, ours(TERMS)) > SLACK / 4


@pytest.mark.parametrize("name", ["honest", "over-confident", "at the bound everywhere", "barely rising"])
def test_the_loosest_that_looks_well_is_broken_far_more_often(name: str) -> None:
    assert broken(SHAPES[name], 1_500, TERMS, naive(TERMS)) > 5 * SLACK


def test_the_loosest_that_passes_is_broken_too_often_where_failures_are_passed_over() -> None:
    """So it is the order of the trials that keeps the promise, not the exact bound alone."""

    def choose(drawn: Routes) -> float | None:
        return next((each for each in reversed(GRID) if drawn.tried(each, TERMS).passed), None)

    assert broken(SHAPES["at the bound everywhere"], 1_500, TERMS, choose) > 1.5 * SLACK


@pytest.mark.parametrize("worse", [1.1, 6.0])
def test_shares_that_rise_twice_do_not_break_it_more_often_either(worse: float) -> None:
    """The counts that say where to begin are not quite innocent here; they spoil nothing that could be measured."""
    assert broken(zigzag(0.02, 0.98, worse, 0.8), 300, TERMS, ours(TERMS)) <= SLACK


def test_what_is_tried_does_not_depend_on_who_is_right() -> None:
    sure = spread(1_000)
    tried = sequence(sure, TERMS)
    for wrong in (0, 10, 1_000):
        found = fit(routes(sure, wrong), TERMS).trials
        assert tuple(each.confidence for each in found) == tried[: len(found)]


def test_it_goes_from_strict_to_loose_and_ends_at_the_first_failure() -> None:
    found = fit(routes(spread(2_000), wrong=500), TERMS)
    assert all(one.confidence > other.confidence for one, other in pairwise(found.trials))
    assert [each.passed for each in found.trials] == [True] * (len(found.trials) - 1) + [False]
    assert found.promised == found.trials[-2]


def test_all_right_is_promised_as_loosely_as_may_be() -> None:
    promised = fit(routes(spread(500)), TERMS).promised
    assert promised is not None
    assert (promised.confidence, promised.routes, promised.wrong) == (LOOSEST, 500, 0)


def test_all_wrong_is_never_promised_whatever_their_number() -> None:
    found = fit(routes(spread(50_000), wrong=50_000), TERMS)
    assert (found.promised, found.needed) == (None, None)
    assert len(found.trials) == 1


@pytest.mark.parametrize("number", [0, 1, 148])
def test_of_too_few_nothing_is_promised_and_it_says_how_many_it_takes(number: int) -> None:
    found = fit(routes(spread(number)), TERMS)
    assert (found.promised, found.trials, found.needed) == (None, (), 149)


def test_one_more_than_too_few_is_enough_if_all_are_right() -> None:
    assert fit(routes(spread(149)), TERMS).promised is not None
    assert fit(routes(spread(149), wrong=1), TERMS).promised is None


def test_some_wrong_need_more_messages_than_none() -> None:
    needed = fit(routes(spread(149), wrong=1), TERMS).needed
    assert needed is not None
    assert needed > 149
    assert fit(routes(spread(needed), wrong=1), TERMS).promised is not None


@pytest.mark.parametrize("wrong", [1, 3, 20, 90])
@pytest.mark.parametrize("number", [100, 149, 400, 2_000])
def test_what_it_says_is_missing_is_more_than_there_is(number: int, wrong: int) -> None:
    rng = np.random.default_rng(number)
    found = fit(Routes(spread(number), rng.permutation(np.arange(number) < wrong)), TERMS)
    assert found.promised or found.needed is None or found.needed > number


def test_nothing_is_looked_at_below_the_floor() -> None:
    sure = np.concatenate([spread(300, least=0.9), np.linspace(0.5, 0.89, 300)])
    found = fit(routes(sure, wrong=int((sure < 0.873).sum())), TERMS, floor=0.873)
    assert found.promised is not None
    assert found.promised.confidence == 0.873
    assert found.loosest.routes == sum(each >= 0.873 for each in sure.tolist())


def test_it_begins_where_a_single_wrong_one_does_not_end_it() -> None:
    sure = spread(10_000)
    first = sequence(sure, TERMS)[0]
    above = next(each for each in reversed(GRID) if each > first)
    assert np.count_nonzero(sure >= first) >= AMPLE * TERMS.fewest > np.count_nonzero(sure >= above)


def test_routes_of_several_intents_count_together() -> None:
    both = joined([routes([0.9, 0.8], wrong=1), routes([0.7])])
    assert (both.reaching(0.8), both.tried(0.5, TERMS).wrong) == (2, 1)
    assert len(joined([]).confidence) == 0
