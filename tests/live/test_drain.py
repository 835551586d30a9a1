"""`intents drain` on a real broker: the partitions of a removed worker move long before its session ends."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from streams.ending import BROKEN
from streams.lanes import LANES
from tests.ground import redis
from tests.ground.process import wait_until
from tests.ground.topics import Topics
from tests.live.command import Ran, intents
from tests.live.stand import Stand, body, offset_of

SESSION_MS = 45_000
MUCH_SOONER_S = 12.0


@pytest.fixture
def stand(topics: Topics, redis_server: redis.Server, tmp_path: Path) -> Iterator[Stand]:
    topics.create(partitions=4)
    stand = Stand(topics, redis_server.url, tmp_path, {"INTENTS_SESSION_TIMEOUT_MS": str(SESSION_MS)})
    yield stand
    stand.end()


def drain(stand: Stand, instance: str) -> Ran:
    """The command, run beside the workers."""
    return intents(stand.environment("operator", 6066), "drain", instance)


def shares(stand: Stand) -> list[dict[str, int]]:
    """How many partitions each instance has, lane by lane."""
    client = AdminClient({"bootstrap.servers": stand.topics.bootstrap})
    groups = [lane.group(stand.group) for lane in LANES]
    found = [client.describe_consumer_groups([group])[group].result(10).members for group in groups]
    return [{m.group_instance_id: len(m.assignment.topic_partitions) for m in members} for members in found]


@pytest.mark.parametrize("victim", ["w-1", "w-2"])
def test_the_partitions_of_a_killed_worker_move_when_it_is_drained(stand: Stand, victim: str) -> None:
    """Whoever is the leader of the group may be the one who is gone."""
    workers = {name: stand.worker(instance=name) for name in ("w-1", "w-2")}
    for worker in workers.values():
        worker.await_page("/ready", 200, 40)
    wait_until(
        lambda: shares(stand) == [{"w-1": 2, "w-2": 2}] * len(LANES),
        40,
        "two workers sharing four partitions",
    )
    stand.send([{"text": f"where is my parcel {n}"} for n in range(200)])
    stand.await_committed(200)
    workers.pop(victim).process.kill()
    (survivor,) = workers
    stand.send([{"text": f"where is my parcel {n}"} for n in range(200)])
    began = time.monotonic()
    ran = drain(stand, victim)
    assert ran.status == 0, ran.err
    moved = 2 * len(LANES)
    assert ran.out == f"{victim} has left group {stand.group}; {moved} partitions move to the others\n"
    wait_until(lambda: shares(stand) == [{survivor: 4}] * len(LANES), MUCH_SOONER_S, "the partitions' way")
    stand.await_committed(400, MUCH_SOONER_S)
    assert time.monotonic() - began < MUCH_SOONER_S < SESSION_MS / 1000
    answered = [offset_of(body(message)) for message in stand.answers()]
    assert len(answered) == len(set(answered)) == 400


def test_an_unknown_instance_is_told_who_is_there(stand: Stand) -> None:
    stand.worker(instance="w-1").await_page("/ready", 200)
    ran = drain(stand, "w-9")
    assert ran.status == 1
    assert ran.err == (f"intents: 'w-9' is no static member of group '{stand.group}'; its members are: w-1\n")


def test_a_worker_that_was_stopped_in_order_still_holds_its_place_until_it_is_drained(stand: Stand) -> None:
    worker = stand.worker(instance="w-1")
    worker.await_page("/ready", 200)
    assert worker.stop() == 0
    assert shares(stand) == [{"w-1": 4}] * len(LANES)
    assert drain(stand, "w-1").status == 0
    assert shares(stand) == [{}] * len(LANES)
    assert drain(stand, "w-1").err.endswith("its members are: nobody\n")


def test_a_worker_that_was_still_alive_can_answer_nothing_more(stand: Stand) -> None:
    """It joins again, since it knows no better, but ends at its first batch; whoever comes after answers that."""
    worker = stand.worker(instance="w-1")
    worker.await_page("/ready", 200, 40)
    assert drain(stand, "w-1").status == 0
    stand.send([{"text": f"where is my parcel {n}"} for n in range(50)])
    assert worker.await_end(40) == BROKEN
    assert stand.answers() == []
    stand.worker(instance="w-1")
    stand.await_committed(50)
    assert len(stand.answers()) == 50
