"""Only what the classifier is not sure of is looked at again, alone on an edge, beside the examples in the band."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from processors.compare import compare
from processors.desk import Desk
from processors.flow import Advice, Likeness, Scored, ScoreFailed, Scores
from processors.score import score
from processors.scorer import Comparer
from tests.processors.conformance import check
from tests.processors.samples import NOW, ListedScorer, enriched, opened
from tests.processors.specialists import said

# Sure from .8 on; from .5 on a message may mean the same as an example.
CATALOG = """
tenant: default
defaults: {confidence: 0.8, margin: 0.02, band: 0.3}
intents:
  order: &it {risk_class: read_only, target: {kind: workflow, name: a}}
  order.late: {<<: *it, examples: [it has not come, still waiting]}
  refund: {<<: *it, examples: [my money back]}
  chat.only: {<<: *it, examples: [hello there], channels: [chat]}
"""
LABELS = ("order.late", "refund", "chat.only", "weather", "oos")
SURE, BAND, LOW = (said(LABELS, best, round(0.9 - best, 6), 0.05, 0.03, 0.02) for best in (0.85, 0.55, 0.46))
LISTED: dict[str, Scores | ScoreFailed | Exception] = {
    "sure": SURE,
    "band": BAND,
    "low": LOW,
    "sink": said(LABELS, 0.3, 0.05, 0.0, 0.05, 0.6),
    "elsewhere": said(LABELS, 0.35, 0.05, 0.0, 0.6, 0.0),
    "failed": ScoreFailed("too strange"),
}


class CountingComparer:
    """Finds every text as like the examples of each intent as is said, and remembers what it was asked."""

    name, labels = "counting-1", LABELS

    def __init__(self, *near: float) -> None:
        """Nobody has asked yet."""
        self.asked: list[tuple[str, dict[str, tuple[str, ...]]]] = []
        self.alone: list[str] = []
        self._near = near or (0.9, 0.7, 0.6)

    def likeness(
        self, text: str, examples: Mapping[str, Sequence[str]], *, alone: bool = False
    ) -> tuple[Likeness, ...]:
        """One for each intent."""
        if alone:
            self.alone.append(text)
        self.asked.append((text, {name: tuple(each) for name, each in examples.items()}))
        return tuple(Likeness(name, 0, near) for name, near in zip(examples, self._near, strict=False))


class BatchScorer(ListedScorer):
    """Says of a text what the list says; of a text alone what the other list says."""

    def __init__(
        self, listed: Mapping[str, Scores], alone: Mapping[str, Scores | ScoreFailed | Exception]
    ) -> None:
        super().__init__(listed)
        self._alone = ListedScorer(alone)

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        if len(texts) > 1:
            return super().score(texts)
        return self._alone.score(texts)

    @property
    def looked_at_again(self) -> list[str]:
        """The texts that were asked about alone."""
        return [text for texts in self._alone.asked for text in texts]


def under(comparer: Comparer | None, text: str = CATALOG) -> Desk:
    return Desk({"default": opened(text)}, NOW, comparer=comparer)


def compared(texts: Sequence[str], desk: Desk, **fields: Any) -> list[Scored]:
    scorer = ListedScorer(LISTED)
    return compare(score([enriched(text, **fields) for text in texts], scorer, desk), scorer, desk)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("sure", False),
        ("band", True),
        ("low", False),
        ("sink", False),
        ("elsewhere", False),
        ("failed", False),
    ],
)
def test_only_in_the_ambiguity_band_examples_are_looked_at(text: str, asked: bool) -> None:
    comparer = CountingComparer()
    (one,) = compared([text], under(comparer))
    assert [said for said, _ in comparer.asked] == ([text] if asked else [])
    assert bool(one.likeness) is asked


@pytest.mark.parametrize(("best", "asked"), [(0.8, False), (0.799999, True), (0.5, True), (0.499999, False)])
def test_the_band_ends_where_the_catalog_says_to_the_last_digit(best: float, asked: bool) -> None:
    comparer = CountingComparer()
    scorer = ListedScorer({"edge": said(LABELS, best, 0.1, 0.0, 0.0, round(0.9 - best, 6))})
    compare(score([enriched("edge")], scorer, under(comparer)), scorer, under(comparer))
    assert bool(comparer.asked) is asked


def test_a_sure_one_without_the_lead_it_needs_is_in_the_band_too() -> None:
    comparer = CountingComparer()
    wide = CATALOG.replace("margin: 0.02", "margin: 0.9")
    compared(["sure"], under(comparer, wide))
    assert len(comparer.asked) == 1


def test_it_is_asked_about_what_the_message_may_mean_here() -> None:
    comparer = CountingComparer()
    compared(["band"], under(comparer), channel="email")
    compared(["band"], under(comparer), channel="chat")
    late, refund = ("it has not come", "still waiting"), ("my money back",)
    assert comparer.asked == [
        ("band", {"order.late": late, "refund": refund}),
        ("band", {"order.late": late, "refund": refund, "chat.only": ("hello there",)}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        CATALOG.replace("band: 0.3", "band: 0"),
        "\n".join(
            line.split(", examples")[0] + "}" if "examples" in line else line for line in CATALOG.split("\n")
        ),
    ],
    ids=["no band", "no examples"],
)
def test_where_the_catalog_has_no_band_or_no_examples_nobody_is_asked(text: str) -> None:
    comparer = CountingComparer()
    compared(["band"], under(comparer, text))
    assert comparer.asked == []


def test_without_sentence_vectors_the_classifier_is_alone() -> None:
    (one,) = compared(["band"], under(None))
    assert one.likeness == ()


def shares(one: Scored) -> tuple[float, ...]:
    assert isinstance(one.scores, Scores)
    return one.scores.shares


def test_a_text_on_an_edge_has_the_scores_of_itself_alone() -> None:
    near, exact = said(LABELS, 0.799_995, 0.1, 0.05, 0.05, 0.0), said(LABELS, 0.8, 0.1, 0.05, 0.05, 0.0)
    desk, listed = under(None), {"edge": near, "far": SURE}
    scorer = BatchScorer(listed, {"edge": exact})
    edge, far = compare(score([enriched("edge"), enriched("far")], scorer, desk), scorer, desk)
    assert (shares(edge), shares(far)) == (exact.shares, SURE.shares)
    assert scorer.looked_at_again == ["edge"]


def test_where_that_fails_the_scores_of_the_batch_stand() -> None:
    near = said(LABELS, 0.799_995, 0.1, 0.05, 0.05, 0.0)
    desk = under(None)
    scorer = BatchScorer({"edge": near, "far": SURE}, {"edge": RuntimeError("no")})
    edge, _ = compare(score([enriched("edge"), enriched("far")], scorer, desk), scorer, desk)
    assert shares(edge) == near.shares


def test_what_several_bundles_said_is_not_looked_at_again() -> None:
    near = said(LABELS, 0.799_995, 0.1, 0.05, 0.05, 0.0)
    scorer, desk = ListedScorer({"edge": SURE}), under(None)
    one = Scored(enriched("edge"), near, "it-1", opinions=(Advice("broad-1", None, ()),))
    assert shares(compare([one], scorer, desk)[0]) == near.shares
    assert scorer.asked == []


def test_the_step_conforms() -> None:
    scorer, desk = ListedScorer(LISTED), under(CountingComparer())
    scored = score([enriched(text) for text in LISTED], scorer, desk)
    check(lambda some: compare(some, scorer, desk), scored)


@pytest.mark.parametrize(
    ("near", "alone"),
    [
        ((0.9, 0.7), False),
        ((0.800011, 0.1), False),
        ((0.800009, 0.1), True),
        ((0.8, 0.1), True),
        ((0.799991, 0.1), True),
        ((0.799989, 0.1), False),
        ((0.9, 0.799999), True),
        ((0.9, 0.899991), True),
        ((0.9, 0.899989), False),
        ((0.7, 0.7), False),
    ],
)
def test_a_text_that_is_as_near_as_it_must_be_to_an_example_is_looked_at_alone(
    near: tuple[float, ...], alone: bool
) -> None:
    comparer = CountingComparer(*near)
    compared(["band"], under(comparer))
    assert comparer.alone == (["band"] if alone else [])
