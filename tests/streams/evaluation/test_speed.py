"""How time is taken, with scorers that count what they are asked."""

from collections import Counter
from collections.abc import Sequence

from streams.evaluation.speed import ALONE, BATCH, FIRST, Clock, course, timed

TEXTS = [f"message {number % 3000}" for number in range(4000)]


class Counting:
    """Remembers every text, with how many came together."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.seen: Counter[str] = Counter()
        self.sizes: list[int] = []

    def score(self, texts: Sequence[str]) -> Sequence[object]:
        """Remember."""
        self.seen.update(texts)
        self.sizes.append(len(texts))
        return texts


def test_no_text_is_met_twice_so_that_no_cache_can_help() -> None:
    way, scorer = course(TEXTS), Counting()
    timed([scorer], way, lambda _: None)
    assert set(scorer.seen.values()) == {1}
    assert set(scorer.seen) == {*TEXTS, *FIRST} - (set(TEXTS) - {*way.alone, *way.batched})


def test_some_are_asked_alone_the_others_in_batches() -> None:
    way = course(TEXTS)
    assert len(way.alone) == ALONE
    assert len(way.batched) == 3000 - ALONE
    assert {len(batch) for batch in way.batches[:-1]} == {BATCH}


def test_every_scorer_is_asked_the_same_with_the_wait_told_once() -> None:
    first, second = Counting(), Counting()
    told: list[int] = []
    way = course(TEXTS)
    clocks: list[Clock] = timed([first, second], way, told.append)
    assert first.seen == second.seen
    assert first.sizes == second.sizes
    assert sum(told) == len(way.alone) + len(way.batched)
    assert [len(clock.alone_s) for clock in clocks] == [ALONE, ALONE]


def test_a_handful_of_messages_is_enough() -> None:
    way = course(["hello"])
    assert way.alone == ("hello",)
    assert way.batched == ["hello"]
