"""Texts put together into runs."""

from hypothesis import given
from hypothesis import strategies as st

from streams.scoring.runs import BUDGET, ROWS, SPARE, runs

LENGTHS = st.lists(st.integers(2, 256), max_size=120)


@given(LENGTHS)
def test_every_text_is_in_one_run(lengths: list[int]) -> None:
    assert sorted(place for run in runs(lengths) for place in run) == list(range(len(lengths)))


@given(LENGTHS)
def test_no_run_is_too_large_or_pads_more_than_another_run_would_cost(lengths: list[int]) -> None:
    for run in runs(lengths):
        longest = max(lengths[place] for place in run)
        assert len(run) <= ROWS
        assert len(run) == 1 or len(run) * longest <= BUDGET
        assert sum(longest - lengths[place] for place in run) <= SPARE


def test_texts_of_one_length_fill_runs() -> None:
    assert [len(run) for run in runs([10] * (2 * ROWS + 1))] == [ROWS, ROWS, 1]


def test_a_text_longer_than_the_budget_runs_alone() -> None:
    assert list(runs([BUDGET + 1, BUDGET + 1])) == [[0], [1]]
