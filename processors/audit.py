"""The step that writes down what was decided, without the customer's words."""

import hashlib

import msgspec

from processors.envelope import trace_of
from processors.flow import Decision, Event, Rejection
from processors.origin import origin
from processors.postmark import EventHeaders, Postmark, place_of, stamped
from processors.signals import picked
from schemas import cloudevents
from schemas.audit import AuditRecord, Observed
from schemas.events import Particulars
from schemas.messages import Signal
from schemas.vocabulary import Flag, Kind

_encode = msgspec.json.Encoder().encode
_TYPE = cloudevents.AUDIT_TYPE.encode()
_NO_SLOTS: dict[str, str] = {}
_NO_SIGNALS: dict[str, Signal] = {}
_NOT_READ = Observed(None)


def audit(decision: Decision, said: Particulars, place: str, shared: EventHeaders, mark: Postmark) -> Event:
    """The audit record of an answer that says this, in the partition of its source."""
    message = decision.enriched.message
    headers = stamped(shared, _TYPE, f"{place}/audit/0")
    partition = message.record.source.partition
    return Event(
        mark.desk.topics.audit, message.id.encode(), _encode(line(decision, said, mark)), headers, partition
    )


def line(decision: Decision, said: Particulars, mark: Postmark) -> AuditRecord:
    """What is written down of a decision: what the answer says, then the rest; by place, .3 us instead of 1.4."""
    inbound = decision.enriched.message.inbound
    rest = (
        decision.kind,
        mark.desk.mode,
        None,
        None,
        decision.target,
        hashlib.sha256(inbound.text.encode()).hexdigest(),
        _observed(decision, mark),
        mark.ms,
        decision.opinions,
        decision.successor,
        decision.steps,
        decision.review,
        decision.basis,
        inbound.intent,
        inbound.safety_mode,
    )
    return AuditRecord(*said, *rest)


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
    return Observed(context.customer, context.system, context.stock, named, first, guessed)


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
    headers = stamped(mark.headers(place, place, trace), _TYPE, f"{place}/audit/0")
    return Event(mark.desk.topics.audit, place.encode(), _encode(rejected), headers, source.partition)
