"""A worker whose steps only pass records on, to measure what the data path itself costs."""

from processors.desk import Desk, Limits
from processors.flow import Answers, Batch, ContextKey, Contexts, Decoded, Event, Record
from processors.quota import Claim
from processors.score import ConstantScorer
from processors.scorer import Scorer
from schemas.vocabulary import Cause, Kind, Reason
from streams import app
from streams.journey import Steps
from streams.settings import read
from streams.wiring import wire

OUTCOME = (Kind.ROUTED, Reason.ABOVE_THRESHOLD)


def _decode(batch: Batch, limits: Limits) -> Decoded:
    return Decoded(batch.records, batch.received_at)  # type: ignore[arg-type]


def _wanted(decoded: Decoded, desk: Desk) -> list[ContextKey]:
    return []


def _claims(decoded: Decoded, desk: Desk) -> list[Claim]:
    return []


def _answer(decoded: Decoded, contexts: Contexts, scorer: Scorer, desk: Desk) -> Answers:
    """Two events a record, as a routed message has: an answer, an audit record."""
    routed, audit = desk.topics.answers[Kind.ROUTED], desk.topics.audit
    per_record = tuple(_two(record, routed, audit) for record in decoded.items)  # type: ignore[arg-type]
    return Answers(per_record, (OUTCOME,) * len(per_record))


def _two(record: Record, routed: str, audit: str) -> tuple[Event, Event]:
    return (
        Event(routed, record.key, record.value, []),
        Event(audit, record.key, record.value, [], record.source.partition),
    )


def _reject(record: Record, cause: Cause, detail: str, desk: Desk) -> tuple[Event, ...]:
    return (Event(desk.topics.answers[Kind.REJECTED], record.key, record.value, []),)


if __name__ == "__main__":
    app.run(wire(read(), ConstantScorer(), Steps(_decode, _wanted, _claims, _answer, _reject)))
