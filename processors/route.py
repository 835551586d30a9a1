"""The step that turns decisions into the events that go out."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from processors.audit import audit
from processors.flow import Answered, Decision, Event
from processors.postmark import Postmark, place_of
from schemas import cloudevents
from schemas.events import Answer, Clarify, Escalated, Ignored, Refused, Replied, Routed
from schemas.vocabulary import Kind, Mode

_encode = msgspec.json.Encoder().encode
_TYPES: Final = {kind: ce_type.encode() for kind, ce_type in cloudevents.ANSWER_TYPES.items()}
_SHAPES: Final[Mapping[Kind, type[Answer]]] = {
    Kind.CLARIFY: Clarify,
    Kind.ESCALATED: Escalated,
    Kind.REPLIED: Replied,
    Kind.IGNORED: Ignored,
}
_NO_SLOTS: dict[str, str] = {}


def route(decisions: Sequence[Decision], mark: Postmark) -> list[Answered]:
    """For every decision its answer with its audit record; the audit record alone when observing."""
    return [_answered(decision, mark) for decision in decisions]


def _answered(decision: Decision, mark: Postmark) -> Answered:
    answer_id = f"{place_of(decision.record.source)}/{decision.kind}/0"
    line, tenant = audit(decision, answer_id, mark), decision.enriched.message.tenant
    watched = mark.desk.mode is Mode.OBSERVE
    events = (line,) if watched else (_event(decision, answer_id, mark), line)
    known = tenant if mark.desk.book(tenant) is not None else ""
    return Answered(events, decision.kind, decision.reason, decision.decided_by, known, decision.flags)


def _event(decision: Decision, answer_id: str, mark: Postmark) -> Event:
    message = decision.enriched.message
    headers = mark.headers(
        _TYPES[decision.kind], answer_id, message.correlation, message.event_id, message.traceparent
    )
    topic = mark.desk.topics.answers[decision.kind]
    return Event(topic, message.conversation.encode(), _encode(_answer(decision, answer_id, mark)), headers)


def _answer(decision: Decision, answer_id: str, mark: Postmark) -> Answer:
    message = decision.enriched.message
    inbound = message.inbound
    common = (
        answer_id,
        message.id,
        message.record.source,
        message.tenant,
        message.conversation,
        inbound.customer,
        inbound.channel,
        inbound.locale,
        decision.intent,
        decision.confidence,
        decision.margin,
        decision.alternatives,
        decision.risk,
        decision.priority,
        (),
        _NO_SLOTS,
        decision.reason,
        decision.decided_by,
        decision.flags,
        decision.model,
        decision.catalog,
        mark.received_at,
        mark.decided_at,
    )
    if decision.target is not None:
        return Routed(*common, target=decision.target, steps=decision.steps, review=decision.review)
    if decision.kind is Kind.REFUSED:
        return Refused(*common, successor=decision.successor)
    return _SHAPES[decision.kind](*common)
