"""Two bundles on the same messages."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from streams.evaluation import quality, reliability, resampling
from streams.evaluation.comparing import Judged, compare, mcnemar
from streams.evaluation.figures import Comparison
from streams.evaluation.gates import Limits, failures
from streams.evaluation.labelled import Labelled, Messages
from streams.scoring.bundles import load, shipped
from tests.streams.evaluation.samples import labelled, verdicts

BUNDLE = load(shipped())
INTENTS = [*["a"] * 60, *["b"] * 40, *["oos"] * 30]


def compared(
    messages: Sequence[Labelled], ours: Sequence[str], theirs: Sequence[str], latency: float = 1.0
) -> Comparison:
    """What is told of two bundles with these best labels."""
    candidate, other = Judged(BUNDLE, verdicts(ours)), Judged(BUNDLE, verdicts(theirs))
    return compare(candidate, other, Messages("test.jsonl", tuple(messages), (), "0" * 64), latency)


def worsened(meant: Sequence[str], count: int, to: str, start: int = 0) -> list[str]:
    """The right labels with some wrong ones among them."""
    return [*meant[:start], *[to] * count, *meant[start + count :]]


def test_a_bundle_differs_from_itself_by_exactly_nothing() -> None:
    chosen = worsened(INTENTS, 17, "b")
    found = compared(labelled(*INTENTS), chosen, chosen)
    assert [each.figure for each in found.differences] == [
        "accuracy", "macro_f1", "calibration_error", "coverage", "out_of_scope_let_through",
    ]  # fmt: skip
    assert {(each.difference, each.low, each.high) for each in found.differences} == {(0.0, 0.0, 0.0)}
    assert (found.mcnemar.only_candidate, found.mcnemar.only_other, found.mcnemar.p) == (0, 0, 1.0)
    assert failures(found, Limits()) == ()


def test_the_interval_of_a_mean_is_about_the_one_that_theory_gives() -> None:
    differences = np.random.default_rng(3).choice([-1.0, 0.0, 1.0], 900, p=[0.1, 0.7, 0.2])
    low, high = resampling.mean_interval(differences)
    half = 1.96 * differences.std() / 30
    assert (low, high) == pytest.approx((differences.mean() - half, differences.mean() + half), abs=0.004)
    assert resampling.mean_interval(differences) == (low, high), "seeded"


def test_intervals_miss_the_truth_about_as_rarely_as_they_say() -> None:
    random = np.random.default_rng(4)
    missed = 0
    for _ in range(200):
        low, high = resampling.mean_interval(random.choice([-1.0, 0.0, 1.0], 150, p=[0.15, 0.7, 0.15]))
        missed += not low <= 0 <= high
    assert 2 <= missed <= 22, "10 of 200 are expected"


def test_a_resample_of_everything_once_has_the_figures_themselves() -> None:
    random = np.random.default_rng(5)
    truth, chosen = random.integers(0, 4, 400), random.integers(0, 4, 400)
    confidence, hits = random.random(400), truth == chosen
    once = np.arange(400)[None, :]
    names = [f"intent {place}" for place in range(4)]
    messages = labelled(*(names[place] for place in truth))
    found = verdicts([names[place] for place in chosen], confidence.tolist())
    macro = quality.macro_f1(quality.per_intent(messages, found))
    assert resampling.macro_f1(truth, chosen, 4)(once)[0] == pytest.approx(macro, abs=1e-6)
    error = reliability.calibration_error(confidence, hits)
    assert resampling.calibration_error(confidence, hits)(once)[0] == pytest.approx(error, abs=2e-6)


@pytest.mark.parametrize(
    ("ours", "theirs", "p"), [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (10, 2, 0.0385742)]
)
def test_mcnemars_test_is_exact(ours: int, theirs: int, p: float) -> None:
    first = np.array([True] * ours + [False] * theirs + [True] * 9)
    second = np.array([False] * ours + [True] * theirs + [True] * 9)
    found = mcnemar(first, second)
    assert (found.only_candidate, found.only_other) == (ours, theirs)
    assert found.p == pytest.approx(p, abs=1e-6)


def test_thousands_of_coins_are_no_trouble() -> None:
    flips = np.random.default_rng(6).random(9000) < 0.5
    assert 0 < mcnemar(flips, ~flips).p <= 1


def test_a_clear_fall_of_accuracy_fails() -> None:
    found = compared(labelled(*INTENTS), worsened(INTENTS, 8, "b"), INTENTS)
    (said,) = failures(found, Limits())
    assert said.startswith("accuracy fell by 6.15 points (95 % interval -")


def test_a_fall_that_may_be_chance_passes() -> None:
    found = compared(labelled(*INTENTS), worsened(INTENTS, 2, "b"), INTENTS)
    assert found.differences[0].difference < 0
    assert failures(found, Limits()) == ()


def test_an_intent_that_gets_lost_fails_though_the_whole_is_no_worse() -> None:
    ours = worsened(INTENTS, 9, "b", start=0)
    theirs = worsened(INTENTS, 9, "a", start=60)
    found = compared(labelled(*INTENTS), ours, theirs)
    assert found.differences[0].difference == 0
    assert failures(found, Limits(max_drop=0.1)) == ("recall of a fell from 100.0% to 85.0%, over 10.0%",)
    assert failures(found, Limits(max_drop=0.2)) == ()
    assert failures(found, Limits(max_drop=0.1, min_support=61)) == (), "too few messages to tell"


def test_letting_through_more_fails() -> None:
    messages = labelled(*["a"] * 400, *["oos"] * 30)
    meant = [each.intent for each in messages]
    ours = [*meant[:400], *["a"] * 2, *meant[402:]]
    assert failures(compared(messages, ours, meant), Limits(max_drop=1)) == (
        "out-of-scope let through rose from 0.0% to 6.7%, over 3.0%",
    )


def test_taking_much_longer_fails() -> None:
    found = compared(labelled(*INTENTS), INTENTS, INTENTS, latency=1.6)
    assert failures(found, Limits()) == ("one message takes 1.60 times as long, over 1.5",)
    assert failures(found, Limits(max_latency=1.6)) == ()


def test_bundles_of_other_labels_are_compared_by_name(good: Path, other_labels: Path) -> None:
    messages = labelled("order.status", "refund.request")
    pair = (
        Judged(load(good), verdicts(["order.status", "refund.request"])),
        Judged(load(other_labels), verdicts(["order.status", "money.back"])),
    )
    found = compare(*pair, Messages("test.jsonl", tuple(messages), (), "0" * 64), 1.0)
    assert (found.only_candidate_knows, found.only_other_knows) == (("refund.request",), ("money.back",))
    assert found.differences[0].difference == 0.5
