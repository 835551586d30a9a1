"""One batch at a time goes on: the urgent lane's first, but nobody's patience is overdrawn."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from streams.gate import Gate
from streams.lanes import LANES, NORMAL, PRIORITY, Lane
from tests.streams.ground import await_true


@contextmanager
def crowd(gate: Gate, *lanes: Lane) -> Iterator[list[Lane]]:
    """Each of these lanes always has a batch; who went through, in order."""
    went: list[Lane] = []
    ended = threading.Event()

    def come_again(lane: Lane) -> None:
        while not ended.is_set():
            if gate.enter(lane, 0.05):
                went.append(lane)
                time.sleep(0.002)
                gate.leave()

    threads = [threading.Thread(target=come_again, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    try:
        yield went
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_a_lane_alone_is_let_in_at_once_again_and_again() -> None:
    gate = Gate()
    for _ in range(5):
        assert gate.enter(NORMAL, 0)
        gate.leave()


def test_nobody_comes_in_before_the_other_has_left() -> None:
    gate = Gate()
    assert gate.enter(NORMAL, 0)
    assert not gate.enter(PRIORITY, 0.01)
    gate.leave()
    assert gate.enter(PRIORITY, 0)


def test_of_two_that_wait_the_urgent_one_goes_first() -> None:
    gate = Gate()
    went: list[Lane] = []

    def go(lane: Lane) -> None:
        assert gate.enter(lane, 5)
        went.append(lane)
        gate.leave()

    assert gate.enter(NORMAL, 0)
    threads = [threading.Thread(target=go, args=(lane,)) for lane in (NORMAL, PRIORITY)]
    for thread in threads:
        thread.start()
    await_true(lambda: gate.waiting == 2)
    gate.leave()
    for thread in threads:
        thread.join()
    assert went == [PRIORITY, NORMAL]


def test_a_flooded_urgent_lane_leaves_the_normal_one_at_least_a_fifth_of_the_work() -> None:
    gate = Gate()
    with crowd(gate, PRIORITY, NORMAL) as went:
        await_true(lambda: len(went) >= 60)
    work = {lane: went.count(lane) * (lane.beside if lane is NORMAL else 1) for lane in (PRIORITY, NORMAL)}
    assert 0.2 <= work[NORMAL] / sum(work.values()) <= 0.35


def test_beside_an_urgent_lane_that_is_busy_others_read_shorter_batches() -> None:
    gate = Gate(LANES)
    assert gate.portion(NORMAL) == 1
    gate.enter(PRIORITY, 0)
    gate.leave()
    assert gate.portion(NORMAL) == NORMAL.beside < 1
    assert gate.portion(PRIORITY) == 1
