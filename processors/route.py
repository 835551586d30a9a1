"""The step that turns decisions into the events that go out."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from processors.audit import audit
from processors.flow import Answered, Decision, Event
from processors.particulars import particulars
from processors.postmark import EventHeaders, Postmark, place_of, stamped
from schemas import cloudevents
from schemas.events import Answer, Clarify, Escalated, Ignored, Particulars, Refused, Replied, Routed
from schemas.vocabulary import Kind, Mode

_encode = msgspec.json.Encoder().encode
_TYPES: Final = {kind: ce_type.encode() for kind, ce_type in cloudevents.ANSWER_TYPES.items()}
_SHAPES: Final[Mapping[Kind, type[Answer]]] = {
    Kind.CLARIFY: Clarify,
    Kind.ESCALATED: Escalated,
    Kind.REPLIED: Replied,
    Kind.IGNORED: Ignored,
}


def route(decisions: Sequence[Decision], mark: Postmark) -> list[Answered]:
    """For every decision its answer with its audit record; the audit record alone when observing."""
    return [_answered(decision, mark) for decision in decisions]


def _answered(decision: Decision, mark: Postmark) -> Answered:
    message = decision.enriched.message
    place = place_of(message.record.source)
    answer_id = f"{place}/{decision.kind}/0"
    said = particulars(decision, answer_id, mark)
    shared = mark.headers(message.correlation, message.event_id, message.traceparent)
    line = audit(decision, said, place, shared, mark)
    if mark.desk.mode is Mode.OBSERVE:
        events: tuple[Event, ...] = (line,)
    else:
        events = (_event(decision, said, stamped(shared, _TYPES[decision.kind], answer_id), mark), line)
    known = message.tenant if mark.desk.book(message.tenant) is not None else ""
    return Answered(events, decision.kind, decision.reason, decision.decided_by, known, decision.flags)


def _event(decision: Decision, said: Particulars, headers: EventHeaders, mark: Postmark) -> Event:
    topic, key = mark.desk.topics.answers[decision.kind], decision.enriched.message.conversation.encode()
    return Event(topic, key, _encode(_answer(decision, said)), headers)


def _answer(decision: Decision, said: Particulars) -> Answer:
    if decision.target is not None:
        return Routed(*said, target=decision.target, steps=decision.steps, review=decision.review)
    if decision.kind is Kind.REFUSED:
        return Refused(*said, successor=decision.successor)
    return _SHAPES[decision.kind](*said)
