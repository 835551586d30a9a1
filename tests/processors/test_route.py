"""What goes out for a decision: one answer with one audit record, each in its place."""

import hashlib
from typing import Any

import msgspec
import pytest

from processors.flow import Answered, Decision, Event, Facts
from processors.postmark import postmark
from processors.route import route
from schemas.audit import AuditRecord
from schemas.events import Answer, Escalated, Ignored, Refused, Routed
from schemas.vocabulary import Cause, Decider, Kind, Mode, Reason
from tests.processors.samples import NOW, RECEIVED, TRACE, decision, desk, enriched, message

SECRET = "my parcel 4711 never came, call me on 555-1234"


def routed(one: Decision, mode: Mode = Mode.DECIDE, prefix: str = "") -> Answered:
    (answered,) = route([one], postmark(RECEIVED, desk(mode=mode, prefix=prefix)))
    return answered


def spoken(**fields: Any) -> Decision:
    """A decision about a message that says something private."""
    return decision(enriched=enriched(SECRET, **fields))


def audit_of(answered: Answered) -> AuditRecord:
    return msgspec.json.decode(answered.events[-1].value or b"", type=AuditRecord)


def header(event: Event, name: str) -> bytes | None:
    return dict(event.headers).get(name)


def test_a_routed_message_goes_to_workflows_with_everything_an_answer_carries() -> None:
    answer, _ = routed(
        spoken(id="m-1", tenant="acme", conversation="c-1", customer="u-7", channel="chat", locale="en")
    ).events
    assert (answer.topic, answer.key, answer.partition) == ("intents.routed", b"c-1", None)
    assert msgspec.json.decode(answer.value or b"") == {
        "id": "messages.inbound/3/7/routed/0",
        "message_id": "m-1",
        "source": {"topic": "messages.inbound", "partition": 3, "offset": 7},
        "tenant": "acme",
        "conversation": "c-1",
        "customer": "u-7",
        "channel": "chat",
        "locale": "en",
        "intent": "refund.request",
        "confidence": 0.97,
        "margin": 0.955,
        "alternatives": [
            {"intent": "order.status", "confidence": 0.015},
            {"intent": "elsewhere", "confidence": 0.015},
        ],
        "risk": "delegated",
        "priority": 0,
        "entities": [],
        "slots": {},
        "reason": "above_threshold",
        "decided_by": "classifier",
        "flags": [],
        "model": "fake-1",
        "catalog": "hash-default",
        "received_at": "2026-11-21T10:00:00Z",
        "decided_at": "2026-11-21T10:00:00.250000Z",
        "schema": 1,
        "target": {"kind": "agent_pool", "name": "billing"},
        "steps": None,
        "review": False,
    }


def test_an_audit_record_begins_with_an_answers_fields_in_their_order() -> None:
    said = Answer.__struct_fields__[:-1]
    assert AuditRecord.__struct_fields__[: len(said)] == said
    assert (*Answer.__struct_fields__[-1:], *AuditRecord.__struct_fields__[-1:]) == ("schema", "schema")


def test_the_audit_record_says_all_that_the_answer_says() -> None:
    answered = routed(spoken(customer="u-7"))
    answer: dict[str, object] = msgspec.json.decode(answered.events[0].value or b"")
    audit: dict[str, object] = msgspec.json.decode(answered.events[1].value or b"")
    assert answer.items() <= audit.items()
    assert audit.keys() - answer.keys() == {
        "kind",
        "mode",
        "cause",
        "detail",
        "text_sha256",
        "observed",
        "ms",
        "opinions",
        "successor",
        "basis",
        "declared",
        "safety_mode",
    }


def test_the_audit_record_lies_in_the_partition_of_its_source_under_the_message_id() -> None:
    _, line = routed(spoken(id="m-1")).events
    assert (line.topic, line.key, line.partition) == ("intents.audit", b"m-1", 3)
    assert header(line, "ce_id") == b"messages.inbound/3/7/audit/0"
    assert header(line, "ce_type") == b"intent.audit.v1"


def test_the_audit_record_has_the_hash_of_the_text_never_the_text() -> None:
    answered = routed(spoken(subject="private matter"))
    assert audit_of(answered).text_sha256 == hashlib.sha256(SECRET.encode()).hexdigest()
    for event in answered.events:
        assert b"4711" not in (event.value or b"") + repr(event.headers).encode()
        assert b"private" not in (event.value or b"")


def test_the_audit_record_keeps_what_can_not_be_computed_again() -> None:
    facts: Facts = {"tier": "gold", "open": [1, 2.5, None], "big": 10**30}
    audit = audit_of(routed(decision(enriched=enriched(customer="u-7", context=facts))))
    assert audit.observed.context == facts
    assert audit.ms == 250.0
    assert audit.received_at.timestamp() == RECEIVED
    assert audit.decided_at.timestamp() == NOW


def test_a_context_that_could_not_be_read_is_null_not_empty() -> None:
    lost = msgspec.structs.replace(enriched(customer="u-7"), context=None)
    audit = audit_of(routed(decision(enriched=lost)))
    assert audit.observed.context is None
    assert [str(flag) for flag in audit.flags] == ["context_missing"]


def test_every_event_carries_the_trace_with_its_cause() -> None:
    one = decision(
        enriched=type(enriched())(message(headers=(("traceparent", TRACE),), id="m-1"), enriched().context)
    )
    for event in routed(one).events:
        assert header(event, "traceparent") == TRACE
        assert header(event, "ce_correlationid") == b"m-1"
        assert header(event, "ce_causationid") == b"messages.inbound/3/7"
    for event in routed(decision()).events:
        assert header(event, "traceparent") is None


WAYS: list[tuple[Kind, str, type[Answer]]] = [
    (Kind.ESCALATED, "intents.escalated", Escalated),
    (Kind.IGNORED, "intents.ignored", Ignored),
    (Kind.REFUSED, "intents.refused", Refused),
]


@pytest.mark.parametrize(("kind", "topic", "shape"), WAYS)
def test_each_kind_of_answer_has_its_topic_type_and_shape(
    kind: Kind, topic: str, shape: type[Answer]
) -> None:
    answered = routed(decision(kind=kind, target=None))
    answer = answered.events[0]
    assert answer.topic == topic
    assert header(answer, "ce_type") == f"intent.{kind}.v1".encode()
    assert header(answer, "ce_id") == f"messages.inbound/3/7/{kind}/0".encode()
    assert (
        msgspec.json.decode(answer.value or b"", type=shape, strict=True).id
        == f"messages.inbound/3/7/{kind}/0"
    )
    assert b'"target"' not in (answer.value or b"")


def test_a_routed_answer_reads_back_as_what_it_is() -> None:
    answer = routed(decision()).events[0]
    assert msgspec.json.decode(answer.value or b"", type=Routed).target.name == "billing"


def test_when_observing_only_the_audit_record_goes_out() -> None:
    answered = routed(decision(), Mode.OBSERVE)
    assert [event.topic for event in answered.events] == ["intents.audit"]
    assert audit_of(answered).mode is Mode.OBSERVE
    assert (answered.kind, answered.reason) == (Kind.ROUTED, Reason.ABOVE_THRESHOLD)


def test_all_topics_of_an_installation_share_its_prefix() -> None:
    assert [event.topic for event in routed(decision(), prefix="eu.").events] == [
        "eu.intents.routed",
        "eu.intents.audit",
    ]


def test_what_was_decided_without_the_model_names_none() -> None:
    one = Decision(enriched(), Kind.IGNORED, Reason.NOISE, Decider.NOISE, "hash-default")
    audit = audit_of(routed(one))
    assert (audit.model, audit.confidence, audit.intent, audit.cause) == (None, None, None, None)
    assert not isinstance(audit.reason, Cause)


def test_a_conversation_in_another_script_is_a_key_of_its_bytes() -> None:
    one = decision(enriched=enriched(conversation="разговор-1"))
    assert routed(one).events[0].key == "разговор-1".encode()
