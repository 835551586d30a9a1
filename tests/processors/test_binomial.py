"""The exact odds, held against scipy's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom  # type: ignore[import-untyped]

from processors.binomial import flawless, proves, tail, upper


@given(st.integers(1, 5_000), st.floats(0.0005, 0.9), st.floats(0, 1))
def test_the_tail_is_the_one_that_scipy_finds(among: int, share: float, place: float) -> None:
    wrong = int(place * among)
    assert tail(wrong, among, share) == pytest.approx(binom.cdf(wrong, among, share), rel=1e-9, abs=1e-200)


@pytest.mark.parametrize(("wrong", "among"), [(5_700, 300_000), (0, 100_000), (6_400, 300_000)])
def test_many_messages_do_not_cost_it_its_digits(wrong: int, among: int) -> None:
    assert tail(wrong, among, 0.02) == pytest.approx(binom.cdf(wrong, among, 0.02), rel=1e-7, abs=1e-300)


@given(st.integers(1, 3_000), st.floats(0, 0.999), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_the_bound_is_clopper_and_pearsons(among: int, share: float, certainty: float) -> None:
    wrong = int(share * among)
    assert upper(wrong, among, certainty) == pytest.approx(
        beta.ppf(certainty, wrong + 1, among - wrong), rel=1e-9
    )


@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from([0.005, 0.02, 0.1]))
def test_a_bound_is_proven_exactly_where_it_is_not_exceeded(wrong: int, among: int, error: float) -> None:
    bound = upper(min(wrong, among), among, 0.95)
    if not math.isclose(bound, error, rel_tol=1e-9):
        assert proves(min(wrong, among), among, error, 0.95) == (bound < error)


def test_of_nothing_nothing_is_known() -> None:
    assert upper(0, 0, 0.95) == 1.0
    assert upper(7, 7, 0.95) == 1.0
    assert not proves(0, 0, 0.5, 0.95)
    assert tail(-1, 10, 0.5) == 0.0


@pytest.mark.parametrize(("error", "fewest"), [(0.02, 149), (0.01, 299), (0.005, 598), (0.5, 5), (0.96, 1)])
def test_the_fewest_that_prove_a_bound_do_and_one_less_does_not(error: float, fewest: int) -> None:
    assert flawless(error, 0.95) == fewest
    assert proves(0, fewest, error, 0.95)
    assert not proves(0, fewest - 1, error, 0.95)
