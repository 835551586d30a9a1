"""What can't wait is answered before what can, neither starves the other, each has its one answer."""

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from schemas.topics import PRIORITY as URGENT
from streams.lanes import DEFERRED, NORMAL, PRIORITY
from tests.ground.process import wait_until
from tests.live.poisoned import HANGS
from tests.live.slow import MS_A_TEXT
from tests.live.stand import Stand, body, offset_of

SLOW = "tests.live.slow"
BACKLOG = 2500
LIMITED = """
tenant: {tenant}
quota: {{per_second: {rate}, burst: {burst}}}
intents:
  order.status: {{risk_class: read_only, target: {{kind: workflow, name: orders}}}}
  refund.request: {{risk_class: local_write, target: {{kind: workflow, name: refunds}}}}
"""


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
    # A batch of the normal lane is 200 ms at most; what is measured here includes a look at the offsets.
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


@pytest.mark.prove
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


def limited(stand: Stand, tenant: str, rate: float, burst: int) -> None:
    """A catalog of a tenant with a quota beside one without."""
    folder = stand.folder / "catalogs"
    folder.mkdir(exist_ok=True)
    (folder / "limited.yaml").write_text(LIMITED.format(tenant=tenant, rate=rate, burst=burst))
    (folder / "free.yaml").write_text(
        LIMITED.format(tenant="free", rate=1, burst=1).replace("quota: {per_second: 1, burst: 1}\n", "")
    )
    # A Redis that is away, or a machine that is too busy for it, is not what is looked at here.
    stand.settings |= {"INTENTS_CATALOG": str(folder), "INTENTS_CONTEXT_DEADLINE_MS": "100"}


def of_tenant(tenant: str, conversations: int, records: int) -> list[tuple[str, dict[str, str]]]:
    """Messages in turn of these conversations, each with its key, all with a number of their own."""
    return [
        (
            f"{tenant}-c{n % conversations}",
            {"text": f"where is parcel {n}", "id": f"{tenant}-{n:05}", "tenant": tenant},
        )
        for n in range(records)
    ]


def send_each(stand: Stand, messages: list[tuple[str, dict[str, str]]]) -> None:
    """In their order, each under its key."""
    producer = Producer({"bootstrap.servers": stand.topics.bootstrap})
    for key, message in messages:
        producer.produce(stand.topics.name(NORMAL.base), msgspec.json.encode(message), key)
    assert producer.flush(30) == 0


def assert_each_once_in_order(stand: Stand, records: int) -> None:
    """One answer, one audit record for every message; answers of a conversation in the order of its messages."""
    answers = [body(message) for message in stand.answers()]
    audits = [body(message) for message in stand.audits()]
    assert len(answers) == len({each["message_id"] for each in answers}) == records
    assert sorted(each["message_id"] for each in audits) == sorted(each["message_id"] for each in answers)
    # What was decided together went out in order; over topics that shows only from batch to batch.
    by_time = sorted(answers, key=lambda each: (each["decided_at"], each["message_id"]))
    for one_after_the_other in (by_time, *by_partition(stand)):
        last: dict[str, dict[str, Any]] = {}
        for each in one_after_the_other:
            before = last.get(each["conversation"])
            assert before is None or each["message_id"] > before["message_id"], (
                f"{_told(before)}, then {_told(each)}"
            )
            last[each["conversation"]] = each


def _told(answer: dict[str, Any]) -> str:
    return f"{answer['message_id']} from {offset_of(answer)} at {answer['decided_at']}, {answer['flags']}"


def by_partition(stand: Stand) -> list[list[dict[str, Any]]]:
    """The answers as they lie in each partition."""
    found: dict[tuple[str | None, int | None], list[dict[str, Any]]] = {}
    for message in stand.answers():
        found.setdefault((message.topic(), message.partition()), []).append(body(message))
    return list(found.values())


def test_beyond_its_quota_a_tenant_waits_while_others_go_on(stand: Stand) -> None:
    tenant = f"a{stand.topics.prefix.rstrip('.')}"
    limited(stand, tenant, rate=30, burst=20)
    mine, free = of_tenant(tenant, 7, 140), of_tenant("free", 7, 140)
    stand.worker().await_page("/ready", 200)
    send_each(stand, [each for both in zip(mine, free, strict=True) for each in both])
    stand.await_committed(280)
    deferred = stand.answers_on(DEFERRED.base)
    assert 0 < len(deferred) <= 120
    wait_until(lambda: len(stand.answers()) == 280, 30, "all answers")
    assert_each_once_in_order(stand, 280)
    audits = [body(message) for message in stand.audits()]
    waited = [each for each in audits if each["observed"]["origin"] is not None]
    assert {each["tenant"] for each in waited} == {tenant}
    assert {each["source"]["topic"] for each in waited} == {stand.topics.name(DEFERRED.base)}
    origins = [tuple(each["observed"]["origin"].values()) for each in waited]
    firsts = [tuple(each["source"].values()) for each in audits if each not in waited]
    assert len({*origins, *firsts}) == 280


def test_a_kill_amid_deferring_loses_nothing_doubles_nothing_keeps_order(stand: Stand) -> None:
    tenant = f"k{stand.topics.prefix.rstrip('.')}"
    limited(stand, tenant, rate=40, burst=20)
    stand.settings |= {"INTENTS_SESSION_TIMEOUT_MS": "6000", "INTENTS_TRANSACTION_TIMEOUT_MS": "3000"}
    first = stand.worker(instance="w-1", INTENTS_BATCH_COUNT="10")
    first.await_page("/ready", 200)
    messages = of_tenant(tenant, 5, 200)
    send_each(stand, messages[:120])
    wait_until(lambda: len(stand.answers()) >= 25, 20, "the first answers of the deferred lane")
    first.process.kill()
    stand.worker(instance="w-1")
    send_each(stand, messages[120:])
    wait_until(lambda: len(stand.answers()) == 200, 60, "all answers")
    assert_each_once_in_order(stand, 200)


def test_a_scorer_that_hangs_costs_its_own_batch_a_typed_answer_in_time(
    stand: Stand, numbers: Iterator[int]
) -> None:
    stand.settings |= {"INTENTS_SCORE_DEADLINE_MS": "500", "INTENTS_ON_MODEL_DOWN": "escalate"}
    worker = stand.worker("tests.live.poisoned")
    worker.await_page("/ready", 200)
    began = time.monotonic()
    stand.send([{"text": HANGS, "id": "hangs"}])
    stand.await_committed(1)
    assert time.monotonic() - began < 10
    stand.send(chatter(numbers, 5))
    stand.await_committed(6)
    said = {each["message_id"]: each["reason"] for each in map(body, stand.answers())}
    assert said.pop("hangs") == "deadline"
    assert set(said.values()) == {"model_unavailable"}
    assert worker.stop() == 0
