"""Every way to be unreadable is a rejection with its cause; everything readable is a message."""

import pytest

from processors.decode import decode
from processors.desk import Limits
from processors.flow import Headers, Message, Record, Rejection
from schemas.messages import InboundMessage
from schemas.vocabulary import Cause, Channel, Flag, RiskClass
from tests.processors.samples import TRACE, batch, decoded, message, record, written


def rejection(value: bytes | None, headers: Headers = ()) -> Rejection:
    (one,) = decoded(record(value, headers=headers)).items
    assert isinstance(one, Rejection), one
    return one


def read(one: Record) -> Message:
    (item,) = decoded(one).items
    assert isinstance(item, Message), item
    return item


UNREADABLE = {
    "no value": (None, Cause.TOMBSTONE),
    "nothing": (b"", Cause.BAD_JSON),
    "not JSON": (b"hello", Cause.BAD_JSON),
    "cut off": (b'{"text":"hel', Cause.BAD_JSON),
    "more than one value": (b'{"text":"a"} {"text":"b"}', Cause.BAD_JSON),
    "not a number": (b'{"text":"a","schema":NaN}', Cause.BAD_JSON),
    "not a number where nobody looks": (b'{"text":"a","other":NaN}', Cause.BAD_JSON),
    "a byte order mark": (b'\xef\xbb\xbf{"text":"a"}', Cause.BAD_JSON),
    "a control character in a string": (b'{"text":"a\x00"}', Cause.BAD_JSON),
    "nested 100,000 deep": (b'{"text":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", Cause.BAD_JSON),
    "half a surrogate pair, first": (b'{"text":"\\ud800"}', Cause.BAD_JSON),
    "half a surrogate pair, second": (b'{"text":"\\udc00 and more"}', Cause.BAD_JSON),
    "UTF-16": ('{"text":"a"}'.encode("utf-16"), Cause.NOT_UTF8),
    "Latin-1": ('{"text":"für"}'.encode("latin-1"), Cause.NOT_UTF8),
    "Latin-1 where nobody looks": ('{"text":"a","x":"für"}'.encode("latin-1"), Cause.NOT_UTF8),
    "an encoded surrogate": (b'{"text":"\xed\xa0\x80"}', Cause.NOT_UTF8),
    "a list": (b"[]", Cause.WRONG_TYPE),
    "null": (b"null", Cause.WRONG_TYPE),
    "a text that is null": (b'{"text":null}', Cause.WRONG_TYPE),
    "a text that is a number": (b'{"text":4711}', Cause.WRONG_TYPE),
    "a channel that is none": (b'{"text":"a","channel":"fax"}', Cause.WRONG_TYPE),
    "a safety mode that is none": (b'{"text":"a","safety_mode":"anything"}', Cause.WRONG_TYPE),
    "a moment without a zone": (b'{"text":"a","sent_at":"2026-11-21T10:00:00"}', Cause.WRONG_TYPE),
    "a tenant that breaks keys": (b'{"text":"a","tenant":"acme:u"}', Cause.WRONG_TYPE),
    "a name with a line feed at its end": (b'{"text":"a","customer":"u-7\\n"}', Cause.WRONG_TYPE),
    "a name that is too long": (written(id="x" * 257), Cause.WRONG_TYPE),
    "a signal that is an object": (b'{"text":"a","signals":{"x":{}}}', Cause.WRONG_TYPE),
    "a number too large for a version": (b'{"text":"a","schema":' + b"9" * 5000 + b"}", Cause.WRONG_TYPE),
    "an exponent too large": (b'{"text":"a","signals":{"x":1e400}}', Cause.WRONG_TYPE),
    "no text": (b'{"id":"m-1"}', Cause.MISSING_TEXT),
    "an empty object": (b"{}", Cause.MISSING_TEXT),
    "a later schema": (b'{"text":"a","schema":2}', Cause.UNKNOWN_SCHEMA),
    "a schema before the first": (b'{"text":"a","schema":0}', Cause.UNKNOWN_SCHEMA),
    "a later schema without a text": (b'{"words":["a"],"schema":2}', Cause.UNKNOWN_SCHEMA),
    "a later schema with other types": (b'{"text":{"en":"a"},"schema":2}', Cause.UNKNOWN_SCHEMA),
}


@pytest.mark.parametrize(("value", "cause"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_can_not_be_read_is_rejected_with_its_cause(value: bytes | None, cause: Cause) -> None:
    assert rejection(value).cause is cause


def test_a_record_one_byte_over_the_limit_is_rejected_with_key_and_headers_counted() -> None:
    one = record(written(), key=b"12345", headers=(("name", b"123"), ("n", None)))
    size = len(written()) + 5 + 7 + 1
    assert isinstance(decode(batch(one), Limits(size)).items[0], Message)
    (over,) = decode(batch(one), Limits(size - 1)).items
    assert isinstance(over, Rejection)
    assert over.cause is Cause.TOO_LARGE


@pytest.mark.parametrize("value", [v for v, _ in UNREADABLE.values() if v is not None])
def test_a_detail_never_quotes_the_record(value: bytes) -> None:
    planted = value.replace(b'"fax"', b'"my secret"').replace(b'"anything"', b'"my secret"')
    detail = rejection(planted).detail
    assert "secret" not in detail
    assert "für" not in detail
    assert 0 < len(detail) < 200


def test_only_a_text_is_needed() -> None:
    one = read(record(b'{"text":"hello"}', key=None))
    assert one.inbound == InboundMessage("hello")
    assert (one.id, one.tenant, one.conversation) == (
        "messages.inbound/3/7",
        "default",
        "messages.inbound/3/7",
    )
    assert one.correlation == one.event_id == "messages.inbound/3/7"


def test_everything_that_can_be_said_is_read() -> None:
    one = message(
        id="m-1",
        tenant="acme",
        conversation="c-1",
        customer="u-7",
        channel="voice",
        locale="en",
        subject="hi",
        sent_at="2026-11-21T10:00:00Z",
        deadline="2026-11-21T10:00:05+01:00",
        intent="order.cancel",
        safety_mode="network",
        permissions=["destructive"],
        signals={"vip": True, "queue": 3, "score": 0.5, "received": ["a", "b"], "note": None},
    )
    assert (one.id, one.tenant, one.conversation, one.correlation) == ("m-1", "acme", "c-1", "m-1")
    assert (one.inbound.channel, one.inbound.safety_mode) == (Channel.VOICE, RiskClass.NETWORK)


def test_null_means_left_out() -> None:
    nulls = {name: None for name in InboundMessage.__struct_fields__ if name not in ("text", "schema")}
    assert len(nulls) == 13
    assert read(record(written(**nulls))).inbound == InboundMessage("where is my parcel")


def test_unknown_fields_are_let_be() -> None:
    assert message(new_field={"a": [1, 2]}).text == "where is my parcel"


def test_of_two_equal_fields_the_last_counts() -> None:
    assert read(record(b'{"text":"one","text":"two"}')).text == "two"


def test_the_conversation_is_the_key_where_the_message_names_none() -> None:
    assert read(record(key=b"c-42")).conversation == "c-42"
    assert read(record(written(conversation="c-1"), key=b"c-42")).conversation == "c-1"


def test_a_key_that_is_no_text_still_keeps_conversations_apart() -> None:
    one, other = (read(record(key=key)).conversation for key in (b"\xff\x00", b"\xff\x01"))
    assert (one, other) == ("0xff00", "0xff01")


@pytest.mark.parametrize("blank", ["", "  \n", "\u200b"])
def test_a_mail_that_says_all_in_its_subject_is_understood_by_it(blank: str) -> None:
    assert message(blank, subject="cancel my order").text == "cancel my order"
    assert message(blank).text == blank


def test_a_record_sent_back_from_the_dead_letters_is_flagged() -> None:
    assert message(headers=(("intent_redriven", b"1"),)).flags == {Flag.REDRIVEN}


@pytest.mark.parametrize("trace", [TRACE, TRACE.replace(b"00-", b"01-", 1) + b"-more"])
def test_a_trace_is_carried_on(trace: bytes) -> None:
    assert message(headers=(("traceparent", trace),)).traceparent == trace


@pytest.mark.parametrize(
    "trace", [None, b"", b"00-1", TRACE.upper(), b"ff" + TRACE[2:], TRACE.replace(b"b", b"\n")]
)
def test_a_trace_that_can_not_be_read_is_left_out(trace: bytes | None) -> None:
    assert message(headers=(("traceparent", trace),)).traceparent is None


def test_the_order_of_the_batch_is_kept() -> None:
    records = [record(written() if place % 3 else b"{", offset=place) for place in range(20)]
    items = decoded(*records).items
    assert [item.record for item in items] == records
    assert [isinstance(item, Message) for item in items] == [bool(place % 3) for place in range(20)]
