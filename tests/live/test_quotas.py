"""The tokens of the quotas, the memory of deferred conversations, in a real Redis."""

import time
import uuid

import pytest
from redis import Redis

from processors.flow import Source
from processors.quota import Claim
from schemas.vocabulary import Wait
from streams.context import FAILURES_BEFORE_OPEN, ContextStore, connect
from tests.ground import redis

DEADLINE_S = 0.1
SPENT, BEHIND = Wait.QUOTA_EXCEEDED, Wait.CONVERSATION_WAITS


@pytest.fixture
def store(redis_server: redis.Server) -> ContextStore:
    return ContextStore(Redis.from_url(redis_server.url, protocol=2))


@pytest.fixture
def tenant() -> str:
    """One that no other test asks for."""
    return uuid.uuid4().hex[:8]


def claim(
    tenant: str, offset: int, conversation: str = "", burst: int = 2, rate: float = 0.001, partition: int = 0
) -> Claim:
    """What a message takes of a quota that is filled again too slowly to matter."""
    return Claim(
        tenant, rate, burst, Source(f"{tenant}.in", partition, offset), conversation or f"c-{offset}"
    )


def held(store: ContextStore, *claims: Claim) -> dict[int, Wait]:
    """The offsets that have to wait."""
    return {source.offset: wait for source, wait in store.fetch((), claims).held.items()}


def test_a_burst_is_answered_what_is_beyond_it_waits(store: ContextStore, tenant: str) -> None:
    assert held(store, *(claim(tenant, n) for n in range(4))) == {2: SPENT, 3: SPENT}


def test_tokens_come_again_with_time(store: ContextStore, tenant: str) -> None:
    assert held(store, *(claim(tenant, n, rate=20) for n in range(3))) == {2: SPENT}
    time.sleep(0.2)
    assert held(store, *(claim(tenant, n, rate=20) for n in range(3, 6))) == {5: SPENT}


def test_tenants_do_not_take_of_each_other(store: ContextStore, tenant: str) -> None:
    other = tenant + "-other"
    assert held(store, *(claim(tenant, n) for n in range(5)))
    assert held(store, claim(other, 0), claim(other, 1)) == {}


def test_a_conversation_once_deferred_waits_though_there_are_tokens_again(
    store: ContextStore, tenant: str
) -> None:
    first = [claim(tenant, n, "talk", rate=20) for n in range(3)]
    assert held(store, *first) == {2: SPENT}
    time.sleep(0.2)
    assert held(store, claim(tenant, 3, "talk", rate=20), claim(tenant, 4, "other", rate=20)) == {3: BEHIND}


def test_it_goes_on_in_its_own_lane_once_its_last_message_there_is_answered(
    store: ContextStore, tenant: str
) -> None:
    talk = [claim(tenant, n, "talk", burst=1, rate=20) for n in range(4)]
    assert held(store, *talk[:2]) == {1: SPENT}
    time.sleep(0.1)
    assert held(store, talk[2]) == {2: BEHIND}
    store.release([(talk[1].source, talk[1])])
    assert held(store, talk[3]) == {3: BEHIND}
    store.release([(talk[2].source, talk[2]), (talk[3].source, talk[3])])
    time.sleep(0.1)
    assert held(store, claim(tenant, 4, "talk", burst=1, rate=20)) == {}


def test_a_release_that_got_lost_is_made_up_for_by_the_next(store: ContextStore, tenant: str) -> None:
    talk = [claim(tenant, n, "talk", burst=1, rate=20) for n in range(4)]
    assert held(store, *talk[:3]) == {1: SPENT, 2: BEHIND}
    store.release([(talk[2].source, talk[2])])
    time.sleep(0.1)
    assert held(store, talk[3]) == {}


def test_a_batch_that_is_read_again_comes_to_the_same_end_at_no_cost(
    store: ContextStore, tenant: str
) -> None:
    claims = [claim(tenant, n, burst=3) for n in range(5)]
    once = held(store, *claims[:2])
    assert held(store, *claims[:2]) == once == {}
    both = held(store, *claims)
    assert held(store, *claims) == both == {3: SPENT, 4: SPENT}


def test_read_again_in_smaller_batches_an_earlier_message_does_not_wait_for_a_later_one(
    store: ContextStore, tenant: str
) -> None:
    talk = [claim(tenant, n, "talk") for n in range(4)]
    assert held(store, *talk) == {2: SPENT, 3: BEHIND}
    assert [held(store, each) for each in talk] == [{}, {}, {2: SPENT}, {3: SPENT}]


def test_partitions_are_told_apart(store: ContextStore, tenant: str) -> None:
    assert held(
        store, claim(tenant, 7, partition=0), claim(tenant, 3, partition=1), claim(tenant, 4, partition=1)
    )


def test_as_many_are_admitted_as_there_are_tokens_the_same_ones_again(
    store: ContextStore, tenant: str
) -> None:
    waiting = [claim(tenant, n) for n in range(5)]
    assert [store.admitted(waiting) for _ in range(3)] == [2, 2, 2]
    assert store.admitted(waiting[2:]) == 0


def test_who_has_no_token_keeps_those_behind_it_waiting(store: ContextStore, tenant: str) -> None:
    mine, other = [claim(tenant, n) for n in range(3)], claim(tenant + "-other", 3)
    assert store.admitted([*mine, other]) == 2


def test_without_redis_everything_goes_on_and_says_so() -> None:
    store = ContextStore(Redis.from_url("redis://127.0.0.1:1/0", protocol=2))
    found = store.fetch((), [claim("acme", 1)])
    assert (found.held, found.metered) == ({}, False)
    assert store.admitted([claim("acme", 1), claim("acme", 2)]) == 2


def test_a_redis_that_is_only_slow_still_says_what_waits(redis_server: redis.Server, tenant: str) -> None:
    store = connect(redis_server.url, DEADLINE_S)
    talk = [claim(tenant, n, "talk", burst=1) for n in range(3 * FAILURES_BEFORE_OPEN)]
    assert held(store, talk[0]) == {}
    for each in talk[1:]:
        with Redis.from_url(redis_server.url) as client:
            client.client_pause(int(2 * DEADLINE_S * 1000))
        found = store.fetch([(tenant, "customer", "u-1")], [each])
        assert (list(found.held), found.metered, dict(found.facts)) == ([each.source], True, {})


def test_nothing_stays_in_redis_for_ever(
    store: ContextStore, tenant: str, redis_server: redis.Server
) -> None:
    assert held(store, *(claim(tenant, n) for n in range(3)))
    client = Redis.from_url(redis_server.url, decode_responses=True)
    keys = [str(key) for key in client.scan_iter(f"*{tenant}*")]
    assert len(keys) == 3
    assert all(client.ttl(key) > 0 for key in keys)
