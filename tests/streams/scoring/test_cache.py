"""The scorer that remembers."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from processors.flow import Opinion, ScoreFailed, Scores
from streams.scoring.cache import Remembering


class Listing:
    """A scorer that writes down what it was asked; a text with a bang can't be scored."""

    labels: tuple[str, ...] = ("a", "b")

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        self.asked += texts
        return [self.opinion(text) for text in texts]

    def opinion(self, text: str) -> Scores | ScoreFailed:
        if "!" in text:
            return ScoreFailed("no")
        return Scores((Opinion(f"{self.name} {text}", 0.9), Opinion("b", 0.1)), 0.8, truncated=False)


def test_the_same_text_twice_is_scored_once() -> None:
    behind = Listing("one")
    scorer = Remembering(behind, 10)
    first = scorer.score(["where", "who", "where"])
    assert scorer.score(["who", "where"]) == [first[1], first[0]]
    assert first[2] == first[0]
    assert behind.asked == ["where", "who"]


def test_a_text_that_differs_in_a_blank_is_another_text() -> None:
    behind = Listing("one")
    Remembering(behind, 10).score(["where", "where ", "Where", "\ud83d", ""])
    assert len(behind.asked) == 5


def test_a_forgotten_text_is_scored_again() -> None:
    behind = Listing("one")
    scorer = Remembering(behind, 2)
    for text in ("a", "b", "a", "c", "a", "b"):
        scorer.score([text])
    assert behind.asked == ["a", "b", "c", "b"], "what was asked for longest ago is forgotten first"


def test_a_failure_is_not_remembered() -> None:
    behind = Listing("one")
    scorer = Remembering(behind, 10)
    assert [isinstance(scorer.score(["no!"])[0], ScoreFailed) for _ in range(2)] == [True, True]
    assert behind.asked == ["no!", "no!"]


def test_two_bundles_share_nothing() -> None:
    one, other = Remembering(Listing("one"), 10), Remembering(Listing("other"), 10)
    assert one.score(["where"]) != other.score(["where"])
    assert (one.name, other.name) == ("one", "other")


def test_hits_are_told() -> None:
    told: list[tuple[int, int]] = []
    scorer = Remembering(Listing("one"), 10, lambda hits, texts: told.append((hits, texts)))
    scorer.score(["a", "a", "b"])
    scorer.score(["a", "c"])
    assert told == [(1, 3), (1, 2)]


@given(st.lists(st.lists(st.sampled_from([*"abcdef", "no!"]), max_size=9), max_size=9), st.integers(1, 4))
def test_it_says_what_the_scorer_says_within_its_size(batches: list[list[str]], entries: int) -> None:
    scorer, plain = Remembering(Listing("one"), entries), Listing("one")
    for batch in batches:
        assert scorer.score(batch) == plain.score(batch)
        assert len(scorer) <= entries


def test_a_text_asked_about_alone_gets_what_it_was_scored_alone() -> None:
    behind = Listing("one")
    scorer = Remembering(behind, 10)
    scorer.score(["a", "b"])
    for _ in range(2):
        scorer.score(["a"])
        scorer.score(["a", "b"])
    assert behind.asked == ["a", "b", "a"]
    scorer.score(["a", "b", "c"])
    scorer.score(["c"])
    assert behind.asked[3:] == ["c"], "it was the only one of its batch that was scored"
