"""Each way in which the world can fail a worker, and what becomes of the messages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.topics import ANSWERS, AUDIT, DEAD, ESCALATED, INBOUND
from streams.ending import BAD_SETTINGS, BROKEN, HALTED
from tests.ground import redis
from tests.ground.kafka import Broker
from tests.ground.process import wait_until
from tests.ground.topics import Topics
from tests.live.poisoned import HANGS, OUTAGE_FILE
from tests.live.stand import Stand, body, headers_of, offset_of

POISONED = "tests.live.poisoned"
UNREADABLE: dict[str, bytes | None] = {
    "bad_json": b'{"text": "half a',
    "wrong_type": b'{"text": 12}',
    "missing_text": b'{"id": "m-1"}',
    "not_utf8": b'{"text": "\xff\xfe"}',
    "too_large": b'{"text": "' + b"x" * 300_000 + b'"}',
    "tombstone": None,
    "unknown_schema": b'{"text": "hello", "schema": 99}',
}


def chatter(records: int) -> list[dict[str, str]]:
    return [{"text": f"where is parcel {n}", "customer": "u-1"} for n in range(records)]


def flags(stand: Stand) -> list[str]:
    return [flag for message in stand.audits() for flag in body(message)["flags"]]


@pytest.mark.parametrize(("cause", "value"), UNREADABLE.items())
def test_an_unreadable_record_is_kept_whole(stand: Stand, cause: str, value: bytes | None) -> None:
    stand.worker()
    theirs: list[tuple[str, str | bytes | None]] = [
        ("x-bin", b"\x00\xff"),
        ("x-none", None),
        ("x-bin", b"again"),
    ]
    stand.send([value], key="k-1", headers=theirs, partition=1)
    stand.await_committed(1)
    (letter,) = stand.answers_on(DEAD)
    assert (letter.key(), letter.value()) == (b"k-1", value)
    assert list(letter.headers() or [])[:3] == theirs
    said = headers_of(letter)
    assert said["intent_kind"] == cause.encode()
    assert said["intent_topic"] == stand.topics.name(INBOUND).encode()
    assert (said["intent_partition"], said["intent_offset"]) == (b"1", b"0")
    assert [offset_of(body(m)) for m in stand.audits()] == [(1, 0)]


def test_a_frozen_redis_costs_the_context_and_nothing_else(stand: Stand, tmp_path: Path) -> None:
    own = redis.RedisServer(tmp_path / "redis")
    own.start()
    stand.redis_url = own.url
    stand.worker()
    stand.send(chatter(1))
    stand.await_committed(1)
    own.pause()
    stand.send(chatter(100))
    stand.await_committed(101, seconds=20)
    assert flags(stand).count("context_missing") == 100
    own.resume()
    wait_until(lambda: knows_context_again(stand), 30, "the return of the context")
    own.stop()


def knows_context_again(stand: Stand) -> bool:
    before = len(stand.audits())
    stand.send(chatter(1))
    stand.await_committed(before + 1)
    return "context_missing" not in body(max(stand.audits(), key=lambda m: m.timestamp()[1]))["flags"]


def test_a_dead_redis_at_start_costs_the_context_only(stand: Stand) -> None:
    stand.redis_url = "redis://127.0.0.1:1/0"
    stand.worker()
    stand.send(chatter(50))
    stand.await_committed(50)
    assert flags(stand).count("context_missing") == 50


def test_while_the_model_is_down_messages_wait(stand: Stand, tmp_path: Path) -> None:
    outage = tmp_path / "outage"
    outage.touch()
    worker = stand.worker(POISONED, **{OUTAGE_FILE: str(outage)})
    worker.await_page("/ready", 200)
    stand.send(chatter(200))
    worker.await_page("/ready", 503)
    assert worker.page("/ready")[1] == "waiting for the model\n"
    assert worker.page("/live")[0] == 200
    assert stand.audits() == []
    outage.unlink()
    stand.await_committed(200)
    worker.await_page("/ready", 200)
    assert len(stand.answers()) == len(stand.audits()) == 200


def test_while_the_model_is_down_people_may_take_over_up_to_a_limit(stand: Stand, tmp_path: Path) -> None:
    outage = tmp_path / "outage"
    outage.touch()
    limits = {
        "INTENTS_ON_MODEL_DOWN": "escalate",
        "INTENTS_MODEL_DOWN_PER_MINUTE": "20",
        "INTENTS_BATCH_COUNT": "10",
    }
    worker = stand.worker(POISONED, **limits, **{OUTAGE_FILE: str(outage)})
    stand.send(chatter(100))
    stand.await_committed(20)
    worker.await_page("/ready", 503)
    escalated = stand.answers_on(ESCALATED)
    assert {body(m)["reason"] for m in escalated} == {"model_unavailable"}
    assert 20 <= len(escalated) <= 60
    outage.unlink()
    stand.await_committed(100)
    assert len(stand.answers()) == 100


def test_a_broker_outage_neither_ends_nor_loses(
    brokers: Callable[..., Broker], redis_server: redis.Server, tmp_path: Path
) -> None:
    broker = brokers()
    stand = Stand(Topics(broker.bootstrap), redis_server.url, tmp_path)
    stand.topics.create(partitions=2)
    worker = stand.worker(INTENTS_COMMIT_DEADLINE_MS="3000")
    stand.send(chatter(500))
    stand.await_committed(500)
    broker.kill()
    worker.await_page("/ready", 503)
    wait_until(lambda: worker.page("/live")[0] == 200, 1, "life during an outage")
    broker.start()
    stand.send(chatter(500))
    stand.await_committed(1000)
    worker.await_page("/ready", 200)
    assert worker.page("/live")[0] == 200
    answered = [offset_of(body(m)) for m in stand.answers()]
    assert len(answered) == len(set(answered)) == 1000
    assert worker.stop() == 0


def test_a_worker_that_does_not_move_on_is_not_live(stand: Stand) -> None:
    worker = stand.worker(POISONED, INTENTS_COMMIT_DEADLINE_MS="1000", INTENTS_SCORE_DEADLINE_MS="0")
    worker.await_page("/ready", 200)
    stand.send([{"text": HANGS}, *chatter(5)])
    worker.await_page("/live", 503, seconds=40)


def test_a_worker_whose_model_hangs_for_good_ends_so_that_a_new_one_goes_on(stand: Stand) -> None:
    worker = stand.worker(POISONED, INTENTS_SCORE_DEADLINE_MS="400")
    worker.await_page("/ready", 200)
    stand.send([{"text": HANGS}])
    stand.await_committed(1)
    stand.send(chatter(5))
    assert worker.await_end(30) == BROKEN
    stand.worker()
    stand.await_committed(6)


def test_an_idle_worker_stays_live_behind_markers_of_transactions(stand: Stand) -> None:
    worker = stand.worker(INTENTS_COMMIT_DEADLINE_MS="1000")
    stand.send(chatter(3), partition=0)
    stand.await_committed(3)
    stand.send_in_a_transaction(chatter(3), partition=0, commit=False)
    with pytest.raises(TimeoutError):
        wait_until(lambda: worker.page("/live")[0] != 200, 12, "an idle worker's death")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("INTENTS_DELIVERY", "twice", "INTENTS_DELIVERY"),
        ("INTENTS_KAFKA__ISOLATION_LEVEL", "read_uncommitted", "INTENTS_KAFKA__ISOLATION_LEVEL can't be set"),
        ("INTENTS_KAFKA__NO_SUCH_OPTION", "1", 'No such configuration property: "no.such.option"'),
        ("INTENTS_REDIS_URL", "nonsense", "INTENTS_REDIS_URL"),
        ("INTENTS_CATALOG", "no-such.yaml", "INTENTS_CATALOG"),
        ("INTENTS_TOPIC_PREFIX", "nobody-made-these.", "intents topics --create"),
    ],
)
def test_a_worker_that_can_not_work_refuses_to_start_and_says_why(
    stand: Stand, setting: str, value: str, said: str
) -> None:
    worker = stand.worker(**{setting: value})
    assert worker.await_end(30) == BAD_SETTINGS
    assert said in worker.process.log.read_text()
    assert "partitions assigned" not in worker.process.log.read_text()


def test_too_many_rejections_stop_a_worker_for_good(stand: Stand) -> None:
    guarded = {"INTENTS_GUARD_WINDOW": "100", "INTENTS_GUARD_SHARE": "0.3", "INTENTS_BATCH_COUNT": "10"}
    stand.send([b"rubbish"] * 500, key="c-1")
    assert stand.worker(**guarded).await_end(40) == HALTED
    dead = len(stand.answers_on(DEAD))
    assert 30 < dead <= 50
    again = stand.worker(**guarded)
    assert again.await_end(40) == HALTED
    assert "intents check --accept-rejections" in again.process.log.read_text()
    assert len(stand.answers_on(DEAD)) == dead


def test_a_terminated_worker_finishes_what_it_has_and_ends_in_time(stand: Stand) -> None:
    worker = stand.worker()
    stand.send(chatter(3000))
    stand.await_committed(1)
    assert worker.stop() == 0
    answered = [offset_of(body(m)) for m in stand.answers()]
    assert len(answered) == len(set(answered)) == len(stand.audits())


def test_a_broker_that_refuses_every_output_ends_the_process_and_costs_no_answer(stand: Stand) -> None:
    outputs = {*ANSWERS.values(), AUDIT}
    worker = stand.worker()
    stand.send(chatter(10))
    stand.await_committed(10)
    # Too small for any event; the markers that end a transaction are records too, of 78 bytes, and get through.
    stand.topics.configure(outputs, "max.message.bytes", "200")
    stand.send(chatter(20))
    assert worker.await_end(60) == BROKEN
    stand.topics.configure(outputs, "max.message.bytes", None)
    stand.worker()
    stand.await_committed(30)
    answered = [offset_of(body(message)) for message in stand.audits()]
    assert (len(answered), len(set(answered))) == (30, 30)
    assert stand.answers_on(DEAD) == []
