"""A dead letter is the record as it came, byte for byte, with its cause behind."""

import msgspec
import pytest

from processors.flow import Headers
from processors.reject import DETAIL_CHARACTERS, reject
from schemas.audit import AuditRecord
from schemas.topics import INBOUND_BYTES, OUTBOUND_BYTES
from schemas.vocabulary import Cause, Kind, Mode
from tests.processors.samples import TRACE, desk, record

HEADERS: Headers = (
    ("a", b"\x00\xff"),
    ("a", b"twice"),
    ("none", None),
    ("traceparent", TRACE),
    ("intent_kind", b"old"),
)


@pytest.mark.parametrize("value", [b"\xff\x00{", b"", None])
@pytest.mark.parametrize("key", [b"\xff", b"", None])
def test_key_bytes_headers_come_back_unchanged(key: bytes | None, value: bytes | None) -> None:
    letter, _ = reject(record(value, key=key, headers=HEADERS), Cause.BAD_JSON, "bad", desk())
    assert (letter.topic, letter.key, letter.value, letter.partition) == ("messages.dead", key, value, None)
    assert tuple(letter.headers[: len(HEADERS)]) == HEADERS


def test_the_cause_follows_the_record_s_own_headers() -> None:
    letter, _ = reject(record(b"{", headers=HEADERS), Cause.BAD_JSON, "cut off", desk())
    assert letter.headers[len(HEADERS) :] == [
        ("intent_kind", b"bad_json"),
        ("intent_detail", b"cut off"),
        ("intent_topic", b"messages.inbound"),
        ("intent_partition", b"3"),
        ("intent_offset", b"7"),
        ("intent_time", b"2026-11-21T10:00:00.250000Z"),
    ]


def test_its_audit_record_says_where_it_lies_but_nothing_of_it() -> None:
    _, line = reject(record(b"my secret", key=b"secret key"), Cause.UNDELIVERABLE, "too large", desk())
    audit = msgspec.json.decode(line.value or b"", type=AuditRecord)
    assert (line.topic, line.key, line.partition) == ("intents.audit", b"messages.inbound/3/7", 3)
    assert (audit.kind, audit.cause, audit.detail) == (Kind.REJECTED, Cause.UNDELIVERABLE, "too large")
    assert (audit.id, audit.message_id) == ("messages.inbound/3/7/rejected/0", "messages.inbound/3/7")
    assert (audit.source.topic, audit.source.partition, audit.source.offset) == ("messages.inbound", 3, 7)
    assert (audit.reason, audit.text_sha256, audit.tenant) == (None, None, None)
    assert b"secret" not in (line.value or b"")


def test_its_audit_record_belongs_to_the_same_trace() -> None:
    _, line = reject(record(b"{", headers=HEADERS), Cause.BAD_JSON, "bad", desk())
    assert dict(line.headers)["traceparent"] == TRACE


def test_when_observing_the_record_stays_where_it_is() -> None:
    (line,) = reject(record(b"{"), Cause.BAD_JSON, "bad", desk(mode=Mode.OBSERVE))
    assert line.topic == "intents.audit"


def test_a_long_detail_is_cut() -> None:
    letter, line = reject(record(b"{"), Cause.UNDELIVERABLE, "ü" * 100_000, desk())
    assert len((dict(letter.headers)["intent_detail"] or b"").decode()) == DETAIL_CHARACTERS
    assert len(line.value or b"") < 4096


def test_the_largest_record_of_an_inbound_topic_fits_with_its_cause() -> None:
    letter, line = reject(record(b"x" * INBOUND_BYTES), Cause.UNDELIVERABLE, "ü" * 100_000, desk())
    size = len(letter.value or b"") + sum(len(name) + len(content or b"") for name, content in letter.headers)
    assert size < OUTBOUND_BYTES
    assert len(line.value or b"") < OUTBOUND_BYTES
