"""Long texts in windows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from processors.calibration import Evidence, together
from processors.text import windows

BEGIN, END, STOP = 101, 102, 1012


@given(st.lists(st.integers(1, 50), max_size=200), st.integers(3, 40))
def test_windows_hold_every_token_once_in_order(body: list[int], most: int) -> None:
    found = windows([BEGIN, *body, END], most, {7, 8})
    assert [token for window in found for token in window[1:-1]] == body
    for window in found:
        assert len(window) <= most
        assert (window[0], window[-1]) == (BEGIN, END)


def test_a_text_that_fits_is_one_window_as_it_is() -> None:
    ids = [BEGIN, 1, 2, 3, END]
    assert windows(ids, 5, {2}) == [ids]


def test_a_window_ends_with_a_sentence_where_one_ends_late_enough() -> None:
    body = [1, 2, 3, 4, 5, STOP, 6, 7, 8, 9, 10, 11]
    assert windows([BEGIN, *body, END], 10, {STOP}) == [[BEGIN, *body[:6], END], [BEGIN, *body[6:], END]]


def test_an_early_sentence_end_does_not_waste_a_window() -> None:
    body = [1, STOP, 2, 3, 4, 5, 6, 7, 8, 9]
    assert [len(window) - 2 for window in windows([BEGIN, *body, END], 10, {STOP})] == [8, 2]


def said(*logits: list[float], distance: tuple[float, ...]) -> Evidence:
    return Evidence(np.array(logits, np.float32), np.array(distance, np.float32))


def test_texts_of_one_window_each_stay_as_they_are() -> None:
    evidence = said([1, 2], [3, 4], distance=(5, 6))
    assert together(evidence, [[7], [9]]) is evidence


def test_a_window_counts_by_its_length_less_the_later_it_comes() -> None:
    evidence = said([9, 0], [3, 6], [0, 3], distance=(1, 2, 5))
    found = together(evidence, [[30], [35, 100]])
    assert found.logits.tolist() == [[9, 0], [1.5, 4.5]]
    assert found.distance.tolist() == [1, 3.5]


def test_a_window_that_failed_spoils_its_own_text_only() -> None:
    evidence = said([1, 2], [np.nan, np.nan], [3, 4], [5, 6], distance=(0, np.nan, 0, 0))
    found = together(evidence, [[5, 5], [5], [5]])
    assert np.isfinite(found.logits).all(axis=1).tolist() == [False, True, True]
