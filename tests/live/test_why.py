"""`intents why` on a real broker: an audit record is found and told in words."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import AUDIT, INBOUND
from schemas.topics import PRIORITY as URGENT
from streams.lanes import PRIORITY
from tests.ground import redis
from tests.ground.kafka import Broker
from tests.ground.topics import Topics
from tests.live.command import Ran, intents
from tests.live.stand import Stand, body

CATALOG = """
tenant: default
rules:
  - {name: parcels, intent: order.status, says: [parcel]}
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: orders}}
  refund.request: {risk_class: delegated, target: {kind: agent_pool, name: billing}}
"""


def why(stand: Stand, *words: str) -> Ran:
    """What the command says about this installation."""
    return intents(stand.environment("operator", 0), "why", *words)


def begun(stand: Stand) -> Stand:
    """The installation under a catalog with one rule, where 400 messages, 6 urgent ones were answered."""
    path = stand.folder / "catalog.yaml"
    path.write_text(CATALOG)
    stand.settings["INTENTS_CATALOG"] = str(path)
    stand.worker()
    for conversation in range(5):
        numbers = range(conversation, 400, 5)
        texts = [f"where is my parcel {each}" if each % 3 == 0 else f"words {each}" for each in numbers]
        messages = [{"id": f"m-{each}", "text": text} for each, text in zip(numbers, texts, strict=True)]
        stand.send(messages, partition=conversation % 2)
    stand.send(
        [{"id": f"u-{each}", "text": "where is my parcel"} for each in range(6)], partition=0, lane=URGENT
    )
    stand.await_committed(400)
    stand.await_committed(6, of=PRIORITY)
    return stand


@pytest.fixture(scope="module")
def answered(
    broker: Broker, redis_server: redis.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    """One for all who only look."""
    topics = Topics(broker.bootstrap)
    topics.create(partitions=2)
    stand = Stand(topics, redis_server.url, tmp_path_factory.mktemp("why"))
    yield begun(stand)
    stand.end()


def test_any_message_is_found_by_the_id_of_its_answer_and_by_its_place(answered: Stand) -> None:
    audits = [body(each) for each in answered.audits()]
    for line, ending in zip(audits[40:400:120], ("", "/audit/0", "/routed/0"), strict=True):
        source = line["source"]
        name = f"{source['topic']}/{source['partition']}/{source['offset']}{ending}"
        assert json.loads(why(answered, name, "--json").out) == line


def test_a_message_of_a_lane_that_is_rare_is_found_among_those_of_the_other(answered: Stand) -> None:
    lane = answered.topics.name(URGENT)
    audits = {body(each)["id"].rpartition("/routed")[0]: body(each) for each in answered.audits()}
    for offset in (0, 5):
        assert json.loads(why(answered, f"{lane}/0/{offset}", "--json").out) == audits[f"{lane}/0/{offset}"]
    assert "is not there yet" in why(answered, f"{lane}/1/0").err


def test_what_the_worker_counts_is_what_the_audit_says(answered: Stand) -> None:
    lines = [body(each) for each in answered.audits()]
    events = Counter((each["kind"], each["reason"], each["decided_by"], each["tenant"]) for each in lines)
    _, page = answered.workers[0].page("/metrics")
    counted = {
        tuple(one.labels[name] for name in ("kind", "reason", "decided_by", "tenant")): one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
        if one.name == "intents_answers_total"
    }
    assert counted == events
    assert ("routed", "rule", "rule", "default") in counted


def test_the_tiers_are_told_in_order_without_the_text_unless_it_is_asked_for(answered: Stand) -> None:
    line = next(body(each) for each in answered.audits() if body(each)["message_id"] == "m-33")
    found = why(answered, line["id"])
    assert re.search(r"^answer +routed to the workflow orders, as order\.status$", found.out, re.MULTILINE)
    assert re.search(r"^3\. rules +parcels held, for order\.status$", found.out, re.MULTILINE)
    assert re.search(rf"^catalog +{line['catalog']}$", found.out, re.MULTILINE)
    assert "where is my parcel" not in found.out
    assert re.search(r"^text +where is my parcel 33$", why(answered, line["id"], "--text").out, re.MULTILINE)


def test_a_message_is_found_by_its_own_id(answered: Stand) -> None:
    found = why(answered, "m-123", "--message", "--json", "--since", "1h")
    assert json.loads(found.out)["message_id"] == "m-123"
    missing = why(answered, "m-9999", "--message")
    assert (missing.status, missing.err.startswith("intents: no message 'm-9999' was decided since")) == (
        1,
        True,
    )


def test_what_is_no_record_of_a_message_is_told_with_the_reason(answered: Stand) -> None:
    lane = answered.topics.name(INBOUND)
    assert "is not there yet" in why(answered, f"{lane}/0/100000").err
    assert "is no id such as" in why(answered, "nonsense").err
    assert "no messages come in on weather" in why(answered, "weather/0/1").err
    assert "has no partition 9" in why(answered, f"{lane}/9/1").err


def test_what_is_not_decided_yet_or_no_longer_kept_is_told_as_such(stand: Stand) -> None:
    lane, audit = stand.topics.name(INBOUND), stand.topics.name(AUDIT)
    begun(stand).end()
    audits = [each for each in stand.audits() if each.partition() == 0]
    stand.send([{"text": "one more"}], partition=0)
    last = max(body(each)["source"]["offset"] for each in audits)
    assert "is not decided yet: 0 records wait before it" in why(stand, f"{lane}/0/{last + 1}").err
    client = AdminClient({"bootstrap.servers": stand.topics.bootstrap})
    for done in client.delete_records([TopicPartition(audit, 0, audits[50].offset() or 0)]).values():
        done.result(30)
    assert "is no longer kept" in why(stand, f"{lane}/0/3").err
    assert json.loads(why(stand, body(audits[50])["id"], "--json").out) == body(audits[50])


def test_help_shows_an_example(answered: Stand) -> None:
    assert "intents why messages.inbound/3/117/routed/0" in why(answered, "--help").out
