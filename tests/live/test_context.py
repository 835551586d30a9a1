"""What Redis knows and what a caller signals decide too, from one message to the next."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from redis import Redis

from tests.ground import redis
from tests.live.stand import Stand, body

TENANT = "context-decides"
AGENTS = f"ctx:{TENANT}:system:agents"
CLOSED = "has(context.system.agents) && context.system.agents == false"
CATALOG = f"""
tenant: {TENANT}
facts: {{system: [agents]}}
rules:
  - {{name: closed, intent: order.status, says: [call me], when: ['{CLOSED}']}}
  - {{name: vip, intent: invoice.copy, when: [has(signals.vip) && signals.vip == true]}}
intents:
  order.status: {{risk_class: read_only, target: {{kind: workflow, name: orders}}}}
  invoice.copy: {{risk_class: read_only, target: {{kind: workflow, name: invoices}}}}
  service.human: {{risk_class: delegated, target: {{kind: agent_pool, name: care}}}}
  refund.request:
    risk_class: delegated
    target: {{kind: agent_pool, name: billing}}
    detours:
      - {{when: '{CLOSED}', target: {{kind: workflow, name: callback}}}}
"""


@pytest.fixture
def at_work(stand: Stand) -> Stand:
    """A worker under a catalog that looks at what is around a message."""
    path = stand.folder / "catalog.yaml"
    path.write_text(CATALOG)
    stand.worker(INTENTS_CATALOG=str(path), INTENTS_CONTEXT_DEADLINE_MS="1000")
    return stand


@pytest.fixture
def store(redis_server: redis.Server) -> Redis:
    """Where the facts are kept."""
    return Redis.from_url(redis_server.url)


def sent(stand: Stand, count: int, **message: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The answer to one more message, with its audit record; `count` is how many it makes."""
    stand.send([{"tenant": TENANT, "text": "words", "id": f"m-{count}", **message}], key="c-1")
    stand.await_committed(count)
    found = [body(each) for each in (*stand.answers(), *stand.audits())]
    answer, line = (each for each in found if each["message_id"] == f"m-{count}")
    return answer, line


def test_a_flip_in_redis_sends_the_next_message_the_other_way(at_work: Stand, store: Redis) -> None:
    for count, open_now in enumerate((True, False, True), start=1):
        store.set(AGENTS, json.dumps(open_now))
        answer, line = sent(at_work, count, intent="refund.request")
        assert answer["target"]["name"] == ("billing" if open_now else "callback")
        assert line["observed"]["system"] == {"agents": open_now}
        assert line["target"] == answer["target"]


def test_a_flip_in_redis_makes_a_rule_hold(at_work: Stand, store: Redis) -> None:
    store.set(AGENTS, "false")
    answer, line = sent(at_work, 1, text="please call me")
    assert (answer["intent"], answer["decided_by"], line["basis"]["rules"]) == (
        "order.status",
        "rule",
        ["closed"],
    )
    assert line["observed"]["system"] == {"agents": False}
    store.set(AGENTS, "true")
    answer, line = sent(at_work, 2, text="please call me")
    assert (answer["decided_by"], line["basis"]["rules"]) == ("classifier", [])
    assert line["observed"]["system"] == {"agents": True}


def test_a_signal_changes_the_verdict_and_is_kept_while_others_are_not(at_work: Stand) -> None:
    answer, line = sent(at_work, 1, signals={"vip": True, "from": "anna@example.org"})
    assert (answer["intent"], answer["decided_by"]) == ("invoice.copy", "rule")
    assert line["observed"]["signals"] == {"vip": True}
    answer, line = sent(at_work, 2, signals={"vip": False}, intent="refund.request")
    assert (answer["intent"], line["observed"]["signals"]) == ("refund.request", {"vip": False})
