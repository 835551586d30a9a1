"""The best opinions, cut from a whole that stays whole."""

from collections.abc import Collection, Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from processors.flow import Opinion, Scores
from processors.opinions import OPINIONS, among, opinions
from processors.views import View, view

LABELS = tuple("abcdefgh")


def one(*shares: float) -> Scores:
    """The scores of a text by the probability of every label."""
    (found,) = opinions(np.array([shares]), LABELS[: len(shares)], [False])
    return found


def seen(labels: Iterable[str], known: Collection[str], sink: str = "oos") -> View:
    """How a catalog of these intents, without aliases, sees the labels."""
    return view(tuple(labels), {name: name for name in known}, known, sink)


def test_the_best_are_cut_from_all_and_never_made_to_add_up() -> None:
    scores = one(0.05, 0.4, 0.05, 0.2, 0.1, 0.1, 0.06, 0.04)
    assert [opinion.intent for opinion in scores.ranked] == ["b", "d", "e", "f", "g"]
    assert [opinion.confidence for opinion in scores.ranked] == [0.4, 0.2, 0.1, 0.1, 0.06]
    assert scores.margin == 0.2
    assert sum(scores.shares) == 1.0


def test_where_everything_is_known_nothing_changes() -> None:
    scores = one(0.7, 0.2, 0.1)
    assert among(scores, seen("abc", {"a", "b"}, "c")) is scores


def test_what_is_not_known_keeps_its_mass_even_beyond_the_best() -> None:
    scores = among(one(0.05, 0.4, 0.05, 0.2, 0.1, 0.1, 0.06, 0.04), seen(LABELS, {"b", "h"}))
    assert scores.ranked == (Opinion("elsewhere", 0.56), Opinion("b", 0.4), Opinion("h", 0.04))
    assert scores.margin == 0.16


def test_a_known_intent_beyond_the_best_of_all_comes_up() -> None:
    scores = among(one(0.3, 0.2, 0.2, 0.1, 0.1, 0.06, 0.03, 0.01), seen(LABELS, {"g", "h"}))
    assert [opinion.intent for opinion in scores.ranked] == ["elsewhere", "g", "h"]


def test_the_sink_is_always_known() -> None:
    assert among(one(0.6, 0.4), seen("ab", {"a"}, "b")).ranked == (Opinion("a", 0.6), Opinion("b", 0.4))


def test_scores_that_carry_no_whole_are_restricted_by_what_is_ranked() -> None:
    scores = Scores((Opinion("a", 0.6), Opinion("b", 0.3), Opinion("c", 0.1)), 0.3, False)
    assert among(scores, seen("abc", {"a"}, "c")).ranked == (
        Opinion("a", 0.6),
        Opinion("elsewhere", 0.3),
        Opinion("c", 0.1),
    )


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8), st.sets(st.sampled_from(LABELS)))
def test_no_mass_is_lost_nor_made(weights: list[float], known: set[str]) -> None:
    shares = [weight / sum(weights) for weight in weights]
    scores = among(one(*shares), seen(LABELS[: len(shares)], known))
    confidences = [opinion.confidence for opinion in scores.ranked]
    assert confidences == sorted(confidences, reverse=True)
    assert len(confidences) <= OPINIONS
    assert sum(confidences) <= 1 + 1e-5
    for opinion in scores.ranked:
        assert opinion.intent in known or opinion.intent == "elsewhere" or known >= set(LABELS[: len(shares)])
    if len(known & set(LABELS[: len(shares)])) < OPINIONS:
        assert abs(sum(confidences) - 1) < 1e-5
