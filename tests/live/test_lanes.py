"""What can't wait is answered before what can, neither starves the other, each has its one answer."""

import time
from collections.abc import Iterator
from itertools import count

import pytest

from schemas.topics import PRIORITY as URGENT
from streams.lanes import NORMAL, PRIORITY
from tests.live.slow import MS_A_TEXT
from tests.live.stand import Stand, body, offset_of

SLOW = "tests.live.slow"
BACKLOG = 2500


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers that no message had before."""
    return count()


def chatter(numbers: Iterator[int], records: int) -> list[dict[str, str]]:
    return [{"text": f"where is parcel {next(numbers)}", "id": f"m-{next(numbers)}"} for _ in range(records)]


def decided(stand: Stand) -> list[tuple[str, str]]:
    """When each record was decided, with its lane, in that order."""
    audits = [body(message) for message in stand.audits()]
    return sorted((each["decided_at"], each["source"]["topic"]) for each in audits)


def test_what_cannot_wait_is_answered_at_once_behind_a_backlog(stand: Stand, numbers: Iterator[int]) -> None:
    stand.worker(SLOW, **{MS_A_TEXT: "2"}).await_page("/ready", 200)
    stand.send(chatter(numbers, BACKLOG))
    stand.await_committed(1)
    waits = []
    for number in range(5):
        began = time.monotonic()
        stand.send(chatter(numbers, 1), lane=URGENT)
        stand.await_committed(number + 1, 10, PRIORITY)
        waits.append(time.monotonic() - began)
    # A batch of the normal lane is 300 ms at most; what is measured here includes a look at the offsets.
    assert sorted(waits)[2] < 1.0
    stand.await_committed(BACKLOG)
    assert decided(stand)[-1][1] == stand.topics.name(NORMAL.base)
    sources = [(body(m)["source"]["topic"], *offset_of(body(m))) for m in stand.answers()]
    assert len(sources) == len(set(sources)) == BACKLOG + 5


def test_a_flooded_urgent_lane_leaves_the_normal_one_its_share(stand: Stand, numbers: Iterator[int]) -> None:
    stand.send(chatter(numbers, 3000), lane=URGENT)
    stand.send(chatter(numbers, 3000))
    stand.worker(SLOW, **{MS_A_TEXT: "1"})
    stand.await_committed(3000, of=PRIORITY)
    urgent = stand.topics.name(URGENT)
    lanes = [lane for _, lane in decided(stand)]
    last = len(lanes) - lanes[::-1].index(urgent)
    while_both_wait = lanes[next(place for place, lane in enumerate(lanes) if lane != urgent) : last]
    assert len(while_both_wait) > 1000
    assert 0.2 <= 1 - while_both_wait.count(urgent) / len(while_both_wait) < 0.5


@pytest.mark.parametrize("delivery", ["exactly_once", "at_least_once"])
def test_workers_that_come_and_go_answer_both_lanes_once(
    stand: Stand, numbers: Iterator[int], delivery: str
) -> None:
    stand.settings["INTENTS_DELIVERY"] = delivery
    first = stand.worker(instance="w-1")
    stand.send(chatter(numbers, 1500))
    stand.send(chatter(numbers, 1500), lane=URGENT)
    stand.await_committed(1)
    second = stand.worker(instance="w-2")
    second.await_page("/ready", 200, 60)
    assert first.stop() == 0
    stand.send(chatter(numbers, 500))
    stand.send(chatter(numbers, 500), lane=URGENT)
    again = stand.worker(instance="w-1")
    stand.await_committed(2000)
    stand.await_committed(2000, of=PRIORITY)
    assert (second.stop(), again.stop()) == (0, 0)
    sources = [(body(m)["source"]["topic"], *offset_of(body(m))) for m in stand.answers()]
    assert len(sources) == len(set(sources)) == 4000
