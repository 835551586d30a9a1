"""A catalog's view of labels loses no probability."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.views import view

LABELS = ("order", "parcel", "refund", "weather", "oos")
NAMES = {"order": "order", "parcel": "order", "refund": "refund", "delivery": "delivery"}
SHARES = (0.3, 0.2, 0.1, 0.25, 0.15)


def test_labels_are_known_under_the_names_of_the_catalog() -> None:
    seen = view(LABELS, NAMES, {"order", "refund", "delivery"}, "oos")
    assert seen.known == {"order": "order", "parcel": "order", "refund": "refund", "oos": "oos"}
    assert seen.places == {"order": (0, 1), "refund": (2,), "oos": (4,)}
    assert (seen.whole, seen.merged) == (False, True)
    assert seen.elsewhere(SHARES) == pytest.approx(0.25)


def test_what_is_no_candidate_here_is_elsewhere() -> None:
    seen = view(LABELS, NAMES, {"refund"}, "oos")
    assert seen.places == {"refund": (2,), "oos": (4,)}
    assert seen.elsewhere(SHARES) == pytest.approx(0.75)


def test_where_every_label_is_an_intent_of_its_own_name_nothing_is_elsewhere() -> None:
    seen = view(("order", "refund", "oos"), NAMES, {"order", "refund"}, "oos")
    assert (seen.whole, seen.merged, seen.elsewhere((0.5, 0.3, 0.1))) == (True, False, 0.0)


def test_an_alias_alone_is_not_whole_though_nothing_is_elsewhere() -> None:
    seen = view(("parcel", "oos"), NAMES, {"order"}, "oos")
    assert (seen.whole, seen.merged) == (False, True)
    assert seen.elsewhere((0.9, 0.1)) == 0.0


def test_one_label_and_none_are_views_too() -> None:
    assert view(("order",), NAMES, {"order"}, "oos").elsewhere((1.0,)) == 0.0
    assert view(("weather",), NAMES, {"order"}, "oos").elsewhere((1.0,)) == 1.0
    assert view((), NAMES, {"order"}, "oos").elsewhere(()) == 0.0


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.sets(st.sampled_from(("order", "refund"))))
def test_no_probability_is_lost(weights: list[float], candidates: set[str]) -> None:
    shares = tuple(each / (sum(weights) or 1.0) for each in weights)
    seen = view(LABELS, NAMES, candidates, "oos")
    known = sum(shares[place] for places in seen.places.values() for place in places)
    assert known + seen.elsewhere(shares) == pytest.approx(sum(shares), abs=1e-12)
