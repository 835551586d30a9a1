"""A batch grows as far as count, bytes, time allow."""

import pytest

from streams.pace import Pace


def pace(most: int = 512, seconds: float = 0.3) -> Pace:
    return Pace(most, 8_000_000, seconds)


def test_the_first_batch_is_small() -> None:
    assert pace().count == 64
    assert pace(most=10).count == 10


@pytest.mark.parametrize(("cost_s", "count"), [(0.0001, 512), (0.001, 300), (0.1, 3), (1.0, 1)])
def test_the_count_is_what_can_be_scored_in_time(cost_s: float, count: int) -> None:
    learned = pace()
    learned.learn(100, 100 * cost_s)
    assert abs(learned.count - count) <= 1


def test_one_slow_batch_does_not_decide_alone() -> None:
    learned = pace()
    for _ in range(20):
        learned.learn(100, 0.1)
    learned.learn(100, 0.2)
    assert 200 < learned.count < 300


def test_after_a_long_wait_the_batches_grow_again() -> None:
    learned = pace()
    learned.learn(64, 60.0)
    assert learned.count == 1
    for _ in range(60):
        learned.learn(learned.count, learned.count * 0.001)
    assert learned.count > 250


def test_a_batch_of_nothing_teaches_nothing() -> None:
    learned = pace()
    before = learned.count
    learned.learn(0, 0.1)
    assert learned.count == before
