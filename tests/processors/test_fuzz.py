"""Ten thousand malformed records: each has exactly one answer or one dead letter, no step ever raises."""

import json
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.desk import Limits
from processors.flow import Batch, Contexts, Event, Headers, Record, Source
from processors.pipeline import answer, decode
from processors.score import ConstantScorer
from schemas import cloudevents
from schemas.audit import AuditRecord
from schemas.events import Answer
from schemas.messages import InboundMessage
from schemas.topics import ANSWERS, AUDIT, DEAD
from schemas.vocabulary import Cause, Channel, Kind, RiskClass
from tests.processors.samples import RECEIVED, TRACE, shipped_desk, written

RECORDS_A_BATCH = 20
BATCHES = 500
SECRET = "x7q-secret"

LIMITS = Limits(4096)
DESK = shipped_desk()

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**80), max_value=2**80),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([SECRET, "default", "2026-11-21T10:00:00Z", *Channel, *RiskClass]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
# Fields of the right names with anything in them; lone surrogates, NaN, infinities as Python writes them.
FIELDS = st.dictionaries(st.sampled_from(InboundMessage.__struct_fields__), JSON, max_size=8).map(
    lambda fields: json.dumps(fields).encode()
)
NEARLY = st.tuples(st.text(max_size=30), st.dictionaries(st.sampled_from(["id", "customer"]), SCALARS)).map(
    lambda pair: json.dumps(pair[1] | {"text": pair[0]}, ensure_ascii=True).encode()
)


def broken(parts: tuple[bytes, int, bytes]) -> bytes:
    """A value with some bytes replaced somewhere."""
    value, place, patch = parts
    place %= len(value) + 1
    return value[:place] + patch + value[place + len(patch) :]


BROKEN = st.tuples(FIELDS | NEARLY, st.integers(0, 400), st.binary(min_size=1, max_size=4)).map(broken)
NASTY = st.sampled_from(
    [
        None,
        b"",
        b"{}",
        b"null",
        b"\xff\xfe{",
        b"[" * 4000,
        b'{"text":' * 500,
        b'{"text":"a","x":' + b"[" * 1500 + b"]" * 1500 + b"}",
        b'{"text":"a","schema":' + b"9" * 4000 + b"}",
        b'{"text":"a","signals":{"n":' + b"9" * 4000 + b"}}",
        b'{"text":"\\ud800"}',
        b'{"text":"\\udc00\\ud800"}',
        b'{"text":"a","text":1}',
        b'{"text":"a","signals":{"\\u0000":-0.0}}',
        b'{"text":"' + b"\\u200b" * 600 + b'"}',
        b'{"text":"' + b"a" * 5000 + b'"}',
        '{"text":"a"}'.encode("utf-16"),
        '{"text":"é"}'.encode("latin-1"),
        written(text=SECRET),
        written(text=SECRET, channel=SECRET),
        written(text=SECRET, tenant=f"{SECRET}:"),
    ]
)
VALUES = st.binary(max_size=40) | FIELDS | NEARLY | BROKEN | NASTY
NAMES = [
    *cloudevents.SAYS,
    "CE_ID",
    "ce_",
    "intent_redriven",
    "intent_kind",
    "Content-Type",
    "",
    "ключ",
]
CONTENTS = (
    st.none()
    | st.binary(max_size=12)
    | st.sampled_from(
        [
            b"1.0",
            b"0.3",
            b"application/json",
            b"application/cloudevents+json",
            b"text/plain",
            TRACE,
            b"\xff",
            b"a" * 2000,
        ]
    )
)
HEADERS = st.just(()) | st.lists(st.tuples(st.sampled_from(NAMES), CONTENTS), max_size=6).map(tuple)
KEYS = st.none() | st.binary(max_size=8)
MALFORMED = st.tuples(KEYS, VALUES, HEADERS)


def batch_of(drawn: list[tuple[bytes | None, bytes | None, Headers]]) -> Batch:
    records = (
        Record(Source("messages.inbound", 3, offset), key, value, headers, 0)
        for offset, (key, value, headers) in enumerate(drawn)
    )
    return Batch(tuple(records), RECEIVED)


class Tally:
    """How many records were thrown, over all batches."""

    records = 0


@settings(
    max_examples=BATCHES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.lists(MALFORMED, min_size=RECORDS_A_BATCH, max_size=RECORDS_A_BATCH))
def throw(drawn: list[tuple[bytes | None, bytes | None, Headers]]) -> None:
    batch = batch_of(drawn)
    answers = answer(decode(batch, LIMITS), Contexts(), ConstantScorer(), DESK)
    assert len(answers.per_record) == len(answers.outcomes) == len(batch.records)
    for record, events, (kind, reason) in zip(
        batch.records, answers.per_record, answers.outcomes, strict=True
    ):
        first, line = events
        assert reason is not Cause.STEP_FAILED, record
        assert isinstance(kind, Kind)
        assert first.topic == ANSWERS[kind]
        assert_audited(record, line, kind)
        if kind is Kind.REJECTED:
            assert_kept_whole(record, first, line)
        else:
            assert_answered(record, first)
    Tally.records += len(batch.records)


def assert_audited(record: Record, line: Event, kind: Kind) -> None:
    audit = msgspec.json.decode(line.value or b"", type=AuditRecord)
    assert (line.topic, line.partition, audit.kind, audit.source) == (AUDIT, 3, kind, record.source)


def assert_kept_whole(record: Record, letter: Event, line: Event) -> None:
    assert (letter.topic, letter.key, letter.value) == (DEAD, record.key, record.value)
    assert tuple(letter.headers[: len(record.headers)]) == record.headers
    added = repr(letter.headers[len(record.headers) :]).encode() + (line.value or b"")
    assert SECRET.encode() not in added


def assert_answered(record: Record, event: Event) -> None:
    read: Any = msgspec.json.decode(event.value or b"", type=Answer)
    assert read.source == record.source
    headers = dict(event.headers)
    for name in cloudevents.REQUIRED:
        assert headers[name]
        (headers[name] or b"").decode()


def test_ten_thousand_malformed_records_get_one_answer_or_one_dead_letter_each() -> None:
    throw()
    assert Tally.records >= 10_000
