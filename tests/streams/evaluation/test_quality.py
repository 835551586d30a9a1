"""How right the best labels are, by figures that can be counted by hand."""

import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from streams.evaluation import quality
from tests.streams.evaluation.samples import labelled, verdicts

MEANT = ("a", "a", "a", "b", "b", "c", "c", "c", "c", "oos")
CHOSEN = ("a", "a", "b", "b", "c", "c", "c", "a", "a", "never meant")


def test_figures_of_every_intent_are_those_that_others_compute() -> None:
    figures = {each.intent: each for each in quality.per_intent(labelled(*MEANT), verdicts(CHOSEN))}
    names = sorted(set(MEANT))
    expected = precision_recall_fscore_support(MEANT, CHOSEN, labels=names, zero_division=0)
    for name, precision, recall, f1, support in zip(names, *expected, strict=True):
        found = figures[name]
        assert (found.precision, found.recall, found.f1) == pytest.approx((precision, recall, f1), abs=1e-6)
        assert found.support == support
    macro = quality.macro_f1(list(figures.values()))
    assert macro == pytest.approx(f1_score(MEANT, CHOSEN, labels=names, average="macro"), abs=1e-6)


def test_the_pairs_most_often_confused_come_first_with_the_most_believed_mistake() -> None:
    sure = [0.9] * 7 + [0.5, 0.8, 0.9]
    first, *others = quality.confusions(labelled(*MEANT), verdicts(CHOSEN, sure))
    assert (first.intent, first.taken_for, first.messages, first.share) == ("c", "a", 2, 0.5)
    assert first.example == "test.jsonl:9"
    assert [(each.intent, each.taken_for) for each in others] == [
        ("a", "b"),
        ("b", "c"),
        ("oos", "never meant"),
    ]


def test_nothing_is_confused_where_all_is_right() -> None:
    assert quality.confusions(labelled(*MEANT), verdicts(MEANT)) == ()


def test_the_interval_of_a_share_is_wilsons() -> None:
    hits = quality.right(labelled(*["a"] * 10), verdicts(["a"] * 8 + ["b"] * 2))
    assert quality.interval(hits) == pytest.approx((0.490162, 0.943318), abs=1e-6)


def test_a_share_of_all_is_not_thought_certain() -> None:
    low, high = quality.interval(quality.right(labelled(*"aaaa"), verdicts("aaaa")))
    assert low < 0.52
    assert high == 1
