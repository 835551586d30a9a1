"""The step that writes down what was decided, without the customer's words."""

import hashlib

import msgspec

from processors.envelope import trace_of
from processors.flow import Decision, Event, Rejection
from processors.origin import origin
from processors.postmark import EventHeaders, Postmark, place_of
from processors.signals import picked
from schemas import cloudevents
from schemas.audit import AuditRecord, Observed
from schemas.messages import Signal
from schemas.vocabulary import Flag, Kind

_encode = msgspec.json.Encoder().encode
_TYPE = cloudevents.AUDIT_TYPE.encode()
_NO_SLOTS: dict[str, str] = {}
_NO_SIGNALS: dict[str, Signal] = {}
_NOT_READ = Observed(None)


def audit(decision: Decision, answer_id: str, mark: Postmark) -> Event:
    """The audit record of an answer, in the partition of its source."""
    message = decision.enriched.message
    audit_id, trace = f"{place_of(message.record.source)}/audit/0", message.traceparent
    headers = mark.headers(_TYPE, audit_id, message.correlation, message.event_id, trace)
    return _event(line(decision, answer_id, mark), headers, mark)


def line(decision: Decision, answer_id: str, mark: Postmark) -> AuditRecord:
    """What is written down of a decision."""
    message = decision.enriched.message
    inbound = message.inbound
    return AuditRecord(
        id=answer_id,
        kind=decision.kind,
        mode=mark.desk.mode,
        message_id=message.id,
        source=message.record.source,
        tenant=message.tenant,
        conversation=message.conversation,
        customer=inbound.customer,
        channel=inbound.channel,
        locale=inbound.locale,
        intent=decision.intent,
        confidence=decision.confidence,
        margin=decision.margin,
        alternatives=decision.alternatives,
        risk=decision.risk,
        priority=decision.priority,
        entities=(),
        slots=_NO_SLOTS,
        reason=decision.reason,
        cause=None,
        detail=None,
        decided_by=decision.decided_by,
        flags=decision.flags,
        model=decision.model,
        catalog=decision.catalog,
        target=decision.target,
        text_sha256=hashlib.sha256(inbound.text.encode()).hexdigest(),
        observed=_observed(decision, mark),
        received_at=mark.received_at,
        decided_at=mark.decided_at,
        ms=mark.ms,
        opinions=decision.opinions,
        successor=decision.successor,
        steps=decision.steps,
        review=decision.review,
        basis=decision.basis,
        declared=inbound.intent,
        safety_mode=inbound.safety_mode,
    )


def _observed(decision: Decision, mark: Postmark) -> Observed:
    """Facts as they were read; of the signals, which may be personal, only what the catalog's conditions look at."""
    message, context = decision.enriched.message, decision.enriched.context
    signals, first = message.inbound.signals, message.origin
    book = mark.desk.book(message.tenant)
    named = picked(signals, book.signals) if book is not None and signals else _NO_SIGNALS
    guessed = Flag.STEPPED_DOWN in decision.enriched.flags
    if context is None and not (named or first or guessed):
        return _NOT_READ
    if context is None:
        return Observed(None, signals=named, origin=first, stepped_down=guessed)
    facts = dict(context.customer), dict(context.system), dict(context.stock)
    return Observed(*facts, named, first, guessed)


def audit_rejection(rejection: Rejection, answer_id: str, mark: Postmark) -> Event:
    """The audit record of a record that nobody could read: it says where it lies, what is wrong with it."""
    source = rejection.record.source
    place = place_of(source)
    rejected = AuditRecord(
        id=answer_id,
        kind=Kind.REJECTED,
        mode=mark.desk.mode,
        message_id=place,
        source=source,
        tenant=None,
        conversation=None,
        customer=None,
        channel=None,
        locale=None,
        intent=None,
        confidence=None,
        margin=None,
        alternatives=(),
        risk=None,
        priority=0,
        entities=(),
        slots=_NO_SLOTS,
        reason=None,
        cause=rejection.cause,
        detail=rejection.detail,
        decided_by=None,
        flags=(),
        model=None,
        catalog=None,
        target=None,
        text_sha256=None,
        observed=Observed(None, origin=first) if (first := origin(rejection.record)) else _NOT_READ,
        received_at=mark.received_at,
        decided_at=mark.decided_at,
        ms=mark.ms,
    )
    trace = trace_of(dict(rejection.record.headers).get(cloudevents.TRACEPARENT))
    return _event(rejected, mark.headers(_TYPE, f"{place}/audit/0", place, place, trace), mark)


def _event(written: AuditRecord, headers: EventHeaders, mark: Postmark) -> Event:
    key = written.message_id.encode()
    return Event(mark.desk.topics.audit, key, _encode(written), headers, written.source.partition)
