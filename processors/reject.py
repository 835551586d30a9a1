"""The step that keeps whole what can't be answered."""

from processors.audit import audit_rejection
from processors.desk import Desk
from processors.flow import Answered, Event, Record, Rejection
from processors.postmark import EventHeaders, Postmark, place_of, postmark
from schemas import dead
from schemas.vocabulary import Cause, Kind, Mode

# A detail is a line for people; a client's error may be longer.
DETAIL_CHARACTERS = 500


def reject(record: Record, cause: Cause, detail: str, desk: Desk) -> tuple[Event, ...]:
    """The dead letter of a record with its audit record, for whoever finds out only on the way out."""
    return rejected(Rejection(record, cause, detail[:DETAIL_CHARACTERS]), postmark(desk.now, desk)).events


def rejected(rejection: Rejection, mark: Postmark) -> Answered:
    """The record as it came (key, bytes, headers) with its cause; the audit alone when observing."""
    record = rejection.record
    answer_id = f"{place_of(record.source)}/{Kind.REJECTED}/0"
    line = audit_rejection(rejection, answer_id, mark)
    if mark.desk.mode is Mode.OBSERVE:
        return Answered((line,), Kind.REJECTED, rejection.cause)
    topic = mark.desk.topics.answers[Kind.REJECTED]
    letter = Event(topic, record.key, record.value, [*record.headers, *_cause(rejection, mark)])
    return Answered((letter, line), Kind.REJECTED, rejection.cause)


def _cause(rejection: Rejection, mark: Postmark) -> EventHeaders:
    source = rejection.record.source
    return [
        (dead.KIND, rejection.cause.encode()),
        (dead.DETAIL, rejection.detail.encode()),
        (dead.TOPIC, source.topic.encode()),
        (dead.PARTITION, str(source.partition).encode()),
        (dead.OFFSET, str(source.offset).encode()),
        (dead.TIME, mark.time),
    ]
