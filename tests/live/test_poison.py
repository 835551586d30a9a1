"""A record that fails every time is found, kept, passed by; its neighbours are answered once."""

import json
import random

import pytest
from redis import Redis

from schemas.topics import DEAD, ESCALATED
from tests.ground import redis
from tests.live.poisoned import ENDS_THE_PROCESS, FAILS_ALONE, TRIPS_A_STEP
from tests.live.stand import Stand, body, headers_of, offset_of

MODULE = "tests.live.poisoned"
NEIGHBOURS = 60


def send_with_neighbours(stand: Stand, poison: dict[str, str]) -> None:
    """Records before and after the poison, all in one partition."""
    messages = [{"text": f"where is parcel {n}"} for n in range(NEIGHBOURS)]
    messages.insert(NEIGHBOURS // 2, poison)
    stand.send(messages, key="c-1", partition=0)


def assert_only_the_poison_is_dead(stand: Stand, cause: str, poison: dict[str, str]) -> None:
    """One dead letter, whole; everything else answered once, with one audit record for each."""
    (letter,) = stand.answers_on(DEAD)
    assert headers_of(letter)["intent_kind"] == cause.encode()
    assert body(letter) == poison
    answered = [offset_of(body(m)) for m in stand.answers() if m.topic() != stand.topics.name(DEAD)]
    everything = [(0, offset) for offset in range(NEIGHBOURS + 1)]
    assert sorted(answered) == [place for place in everything if place != (0, NEIGHBOURS // 2)]
    assert sorted(offset_of(body(m)) for m in stand.audits()) == everything


def test_a_record_whose_step_always_raises_is_found(stand: Stand) -> None:
    poison = {"text": TRIPS_A_STEP}
    send_with_neighbours(stand, poison)
    worker = stand.worker(MODULE)
    stand.await_committed(NEIGHBOURS + 1)
    assert_only_the_poison_is_dead(stand, "step_failed", poison)
    assert worker.stop() == 0


@pytest.mark.parametrize(("refused_by", "message_bytes"), [("client", 2_097_152), ("broker", 9_000_000)])
def test_a_record_whose_output_is_too_large_is_found(
    stand: Stand, redis_server: redis.Server, refused_by: str, message_bytes: int
) -> None:
    facts = {"history": random.Random(1).randbytes(2_500_000).hex()}
    Redis.from_url(redis_server.url).set("ctx:default:customer:u-heavy", json.dumps(facts))
    poison = {"text": "where is my parcel", "customer": "u-heavy"}
    send_with_neighbours(stand, poison)
    stand.worker(MODULE, INTENTS_MESSAGE_BYTES=str(message_bytes), INTENTS_CONTEXT_DEADLINE_MS="2000")
    stand.await_committed(NEIGHBOURS + 1)
    assert_only_the_poison_is_dead(stand, "undeliverable", poison)


def test_a_record_that_ends_the_process_is_found(stand: Stand) -> None:
    poison = {"text": ENDS_THE_PROCESS}
    send_with_neighbours(stand, poison)
    ends = 0
    worker = stand.worker(MODULE)
    while worker.page("/ready")[0] != 200 or stand.answers_on(DEAD) == []:
        if not worker.process.alive:
            ends += 1
            assert ends <= 6, "the process ended again and again"
            worker = stand.worker(MODULE)
    stand.await_committed(NEIGHBOURS + 1)
    assert ends >= 2
    assert_only_the_poison_is_dead(stand, "process_ended", poison)


def test_a_message_that_can_not_be_scored_goes_to_a_person(stand: Stand) -> None:
    send_with_neighbours(stand, {"text": FAILS_ALONE})
    stand.worker(MODULE)
    stand.await_committed(NEIGHBOURS + 1)
    failed = [body(m) for m in stand.answers_on(ESCALATED) if body(m)["reason"] == "score_failed"]
    assert [offset_of(event) for event in failed] == [(0, NEIGHBOURS // 2)]
    assert len(stand.answers()) == NEIGHBOURS + 1
