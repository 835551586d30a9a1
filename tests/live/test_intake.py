"""Wherever a worker stands when it is stopped, rebalanced or in doubt, it ends in time, it loses nothing."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.topics import DEAD
from streams.ending import HALTED
from tests.ground import redis
from tests.ground.kafka import Broker
from tests.ground.process import wait_until
from tests.ground.topics import Topics
from tests.live.poisoned import HANGS, OUTAGE_FILE
from tests.live.stand import RunningWorker, Stand, body, offset_of

POISONED = "tests.live.poisoned"


@pytest.fixture
def stand(topics: Topics, redis_server: redis.Server, tmp_path: Path) -> Iterator[Stand]:
    topics.create(partitions=4)
    stand = Stand(topics, redis_server.url, tmp_path)
    yield stand
    stand.end()


def chatter(records: int) -> list[dict[str, str]]:
    return [{"text": f"where is parcel {n}"} for n in range(records)]


def assert_each_once(stand: Stand, records: int) -> None:
    answered = [offset_of(body(message)) for message in stand.answers()]
    assert len(answered) == len(set(answered)) == records
    assert sorted(offset_of(body(message)) for message in stand.audits()) == sorted(answered)


def said(worker: RunningWorker, words: str) -> bool:
    return words in worker.process.log.read_text()


def test_a_stop_while_waiting_for_a_broker_at_the_start_ends_in_order(
    redis_server: redis.Server, tmp_path: Path
) -> None:
    stand = Stand(Topics("127.0.0.1:1"), redis_server.url, tmp_path)
    worker = stand.worker()
    worker.await_page("/live", 200)
    assert worker.page("/ready") == (503, "waiting for the broker\n")
    assert worker.stop() == 0


@pytest.mark.parametrize("delivery", ["exactly_once", "at_least_once"])
def test_a_stop_while_the_model_is_down_loses_nothing(stand: Stand, tmp_path: Path, delivery: str) -> None:
    outage = tmp_path / "outage"
    outage.touch()
    stand.settings["INTENTS_DELIVERY"] = delivery
    worker = stand.worker(POISONED, **{OUTAGE_FILE: str(outage)})
    stand.send(chatter(200))
    wait_until(lambda: worker.page("/ready")[1] == "waiting for the model\n", 30, "a wait for the model")
    assert worker.stop() == 0
    stand.worker(POISONED)
    stand.await_committed(200)
    assert_each_once(stand, 200)


@pytest.mark.prove
def test_restarts_while_the_model_is_down_condemn_no_record(stand: Stand, tmp_path: Path) -> None:
    outage = tmp_path / "outage"
    outage.touch()
    stand.send(chatter(20), partition=0)
    for _ in range(5):
        worker = stand.worker(POISONED, **{OUTAGE_FILE: str(outage)})
        wait_until(
            lambda worker=worker: worker.page("/ready")[1] == "waiting for the model\n",  # type: ignore[misc]
            30,
            "a wait for the model",
        )
        assert worker.stop() == 0
    stand.worker(POISONED)
    stand.await_committed(20)
    assert stand.answers_on(DEAD) == []
    assert_each_once(stand, 20)


def test_a_stop_while_the_model_hangs_ends_in_time(stand: Stand) -> None:
    worker = stand.worker(POISONED)
    stand.send([{"text": HANGS}, *chatter(5)], partition=0)
    worker.await_page("/ready", 200)
    wait_until(lambda: said(worker, "partitions assigned"), 10, "an assignment")
    time.sleep(1)
    assert worker.stop() == 0


def test_a_stop_while_no_broker_answers_ends_in_time_and_loses_nothing(
    brokers: Callable[..., Broker], redis_server: redis.Server, tmp_path: Path
) -> None:
    broker = brokers()
    stand = Stand(Topics(broker.bootstrap), redis_server.url, tmp_path)
    stand.topics.create(partitions=2)
    worker = stand.worker()
    worker.await_page("/ready", 200)
    stand.send(chatter(5000))
    stand.await_committed(1)
    broker.kill()
    assert worker.stop() == 0
    broker.start()
    stand.worker()
    stand.await_committed(5000)
    assert_each_once(stand, 5000)
    stand.end()


def test_workers_that_come_and_go_under_load_answer_everything_once(stand: Stand) -> None:
    first = stand.worker(instance="w-1")
    stand.send(chatter(4000))
    stand.await_committed(1)
    second = stand.worker(instance="w-2")
    second.await_page("/ready", 200, 60)
    stand.send(chatter(4000))
    assert first.stop() == 0
    third = stand.worker(instance="w-1")
    third.await_page("/ready", 200, 60)
    stand.send(chatter(2000))
    stand.await_committed(10_000)
    assert_each_once(stand, 10_000)
    assert (second.stop(), third.stop()) == (0, 0)


def test_a_worker_frozen_past_its_session_comes_back_without_repeating_anything(stand: Stand) -> None:
    stand.settings["INTENTS_SESSION_TIMEOUT_MS"] = "6000"
    frozen = stand.worker(instance="w-1", INTENTS_BATCH_COUNT="20")
    stand.send(chatter(3000))
    stand.await_committed(1)
    frozen.process.pause()
    stand.worker(instance="w-2")
    stand.await_committed(3000, 90)
    frozen.process.resume()
    stand.send(chatter(200))
    stand.await_committed(3200, 90)
    assert_each_once(stand, 3200)
    wait_until(
        lambda: frozen.page("/ready")[0] == 200 or not frozen.process.alive, 60, "a way back or an end"
    )


@pytest.mark.parametrize("delivery", ["exactly_once", "at_least_once"])
def test_a_halt_is_for_good_under_every_delivery(stand: Stand, delivery: str) -> None:
    stand.settings["INTENTS_DELIVERY"] = delivery
    guarded = {"INTENTS_GUARD_WINDOW": "100", "INTENTS_GUARD_SHARE": "0.3", "INTENTS_BATCH_COUNT": "10"}
    stand.send([b"rubbish"] * 300, partition=0)
    assert stand.worker(**guarded).await_end(40) == HALTED
    letters = len(stand.answers_on(DEAD))
    assert stand.worker(**guarded).await_end(40) == HALTED
    assert len(stand.answers_on(DEAD)) == letters


def test_a_port_that_is_taken_ends_the_worker_instead_of_leaving_it_idle(stand: Stand) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        worker = stand.worker(INTENTS_HTTP_PORT=str(taken.getsockname()[1]))
        assert worker.await_end(40) != 0
