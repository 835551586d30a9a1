"""Our headers are what the official CloudEvents package reads, what it writes we read."""

from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1.http import CloudEvent as EarlierEvent
from cloudevents.v1.kafka import to_structured as to_structured_earlier

from processors.flow import Answers, Contexts, Event, Headers, Message, Record, Rejection
from processors.pipeline import answer
from schemas.vocabulary import Cause
from tests.processors.samples import TRACE, ListedScorer, decoded, desk, record, written

ATTRIBUTES = {
    "id": "e-1",
    "source": "/shop",
    "type": "shop.message.v1",
    "specversion": "1.0",
    "time": datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
    "datacontenttype": "application/json",
    "correlationid": "case-9",
}
FIELDS = {"text": "where is my parcel", "tenant": "acme"}


def answers_of(one: Record) -> Answers:
    return answer(decoded(one), Contexts(), ListedScorer(), desk())


def official(event: Event) -> CloudEvent:
    headers = {name: content for name, content in event.headers if content is not None}
    read = kafka.from_binary(
        kafka.KafkaMessage(headers, event.key, event.value or b""), JSONFormat(), CloudEvent
    )
    assert isinstance(read, CloudEvent)
    return read


def from_official(message: kafka.KafkaMessage) -> Message:
    key = message.key.encode() if isinstance(message.key, str) else message.key
    (one,) = decoded(record(message.value, key=key, headers=tuple(message.headers.items()))).items
    assert isinstance(one, Message), one
    return one


def test_the_official_package_reads_our_answer() -> None:
    headers: Headers = (("traceparent", TRACE),)
    event = official(answers_of(record(written(id="m-1"), headers=headers)).per_record[0][0])
    assert event.get_specversion() == "1.0"
    assert event.get_id() == "messages.inbound/3/7/routed/0"
    assert event.get_source() == "/intents/test"
    assert event.get_type() == "intent.routed.v1"
    assert event.get_time() == datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("correlationid") == "m-1"
    assert event.get_extension("causationid") == "messages.inbound/3/7"
    data = event.get_data()
    assert isinstance(data, dict)
    assert data["intent"] == "refund.request"


def test_the_official_package_reads_our_audit_record() -> None:
    event = official(answers_of(record()).per_record[0][1])
    assert event.get_type() == "intent.audit.v1"
    assert event.get_id() == "messages.inbound/3/7/audit/0"


def test_a_binary_event_of_the_official_package_is_read() -> None:
    one = from_official(kafka.to_binary(CloudEvent(dict(ATTRIBUTES), dict(FIELDS)), JSONFormat()))
    assert (one.text, one.tenant) == ("where is my parcel", "acme")
    assert (one.id, one.event_id, one.correlation) == ("e-1", "e-1", "case-9")


def test_a_structured_event_of_the_official_package_is_read() -> None:
    one = from_official(kafka.to_structured(CloudEvent(dict(ATTRIBUTES), dict(FIELDS)), JSONFormat()))
    assert (one.text, one.tenant) == ("where is my parcel", "acme")
    assert (one.id, one.event_id, one.correlation) == ("e-1", "e-1", "case-9")


def test_a_structured_event_with_its_data_as_bytes_is_read() -> None:
    attributes = {name: value for name, value in ATTRIBUTES.items() if name != "datacontenttype"}
    event = CloudEvent(attributes, written())
    assert from_official(kafka.to_structured(event, JSONFormat())).text == "where is my parcel"


def test_a_structured_event_that_an_earlier_package_wrote_without_its_content_type_is_read() -> None:
    attributes = {name: value for name, value in ATTRIBUTES.items() if isinstance(value, str)}
    written_earlier = to_structured_earlier(EarlierEvent(attributes, dict(FIELDS)))
    assert "cloudevents" not in str(written_earlier.headers)
    value = (
        written_earlier.value if isinstance(written_earlier.value, bytes) else written_earlier.value.encode()
    )
    one = from_official(kafka.KafkaMessage(dict(written_earlier.headers), None, value))
    assert (one.text, one.event_id) == ("where is my parcel", "e-1")


def test_the_event_id_is_not_the_message_id_where_the_message_has_its_own() -> None:
    one = from_official(kafka.to_binary(CloudEvent(dict(ATTRIBUTES), {**FIELDS, "id": "m-1"}), JSONFormat()))
    assert (one.id, one.event_id, one.correlation) == ("m-1", "e-1", "case-9")


def test_names_of_headers_may_be_written_in_capitals() -> None:
    message = kafka.to_binary(CloudEvent(dict(ATTRIBUTES), dict(FIELDS)), JSONFormat())
    headers = {name.upper(): content for name, content in message.headers.items()}
    assert from_official(kafka.KafkaMessage(headers, None, message.value)).event_id == "e-1"


def test_a_correlation_id_alone_makes_no_cloud_event_but_counts() -> None:
    (one,) = decoded(record(headers=(("ce_correlationid", b"case-9"),))).items
    assert isinstance(one, Message)
    assert one.correlation == "case-9"


def test_a_trace_inside_a_structured_event_is_carried_on() -> None:
    attributes = ATTRIBUTES | {"traceparent": TRACE.decode()}
    assert (
        from_official(kafka.to_structured(CloudEvent(attributes, dict(FIELDS)), JSONFormat())).traceparent
        == TRACE
    )


BINARY = {"ce_specversion": b"1.0", "ce_id": b"e-1", "ce_source": b"/shop", "ce_type": b"t"}
STRUCTURED = {"content-type": b"application/cloudevents+json; charset=utf-8"}
ENVELOPE = b'{"specversion":"1.0","id":"e-1","source":"/shop","type":"t",%s}'
BAD = {
    "another version": (BINARY | {"ce_specversion": b"0.3"}, written()),
    "no version": ({"ce_id": b"e-1", "ce_source": b"/shop", "ce_type": b"t"}, written()),
    "no id": (BINARY | {"ce_id": None}, written()),
    "an empty type": (BINARY | {"ce_type": b""}, written()),
    "an id that is not UTF-8": (BINARY | {"ce_id": b"\xff"}, written()),
    "an id with a line feed": (BINARY | {"ce_id": b"a\nb"}, written()),
    "an id beyond all measure": (BINARY | {"ce_id": b"x" * 1025}, written()),
    "a correlation id with a control character": (BINARY | {"ce_correlationid": b"\x00"}, written()),
    "XML": (BINARY | {"content-type": b"application/xml"}, written()),
    "an Avro envelope": ({"content-type": b"application/cloudevents+avro"}, b"\x00"),
    "a batch": ({"content-type": b"application/cloudevents-batch+json"}, b"[]"),
    "no envelope": (STRUCTURED, written()),
    "an envelope that is not UTF-8": (STRUCTURED, ENVELOPE % b'"subject":"\xff","data":{}' + b"\xff"),
    "an envelope nested 100,000 deep": (STRUCTURED, b"[" * 100_000),
    "an envelope of another version": (STRUCTURED, b'{"specversion":"0.3","id":"e","source":"s","type":"t"}'),
    "an envelope with an empty id": (STRUCTURED, b'{"specversion":"1.0","id":"","source":"s","type":"t"}'),
    "an envelope around XML": (STRUCTURED, ENVELOPE % b'"datacontenttype":"text/xml","data":"<a/>"'),
    "an envelope with data twice": (STRUCTURED, ENVELOPE % b'"data":{"text":"a"},"data_base64":"e30="'),
    "an envelope with data that is not base64": (STRUCTURED, ENVELOPE % b'"data_base64":"%%%"'),
}


@pytest.mark.parametrize(("headers", "value"), BAD.values(), ids=BAD.keys())
def test_a_broken_cloud_event_is_rejected(headers: dict[str, bytes | None], value: bytes) -> None:
    (one,) = decoded(record(value, headers=tuple(headers.items()))).items
    assert isinstance(one, Rejection)
    assert one.cause is Cause.BAD_CLOUDEVENT


INSIDE = {
    "no data": (b'"subject":"s"', Cause.WRONG_TYPE),
    "data of another type": (b'"data":"text"', Cause.WRONG_TYPE),
    "data without a text": (b'"data":{}', Cause.MISSING_TEXT),
    "data that is an envelope again": (b'"data":%s' % (ENVELOPE % b'"data":{}'), Cause.MISSING_TEXT),
    "data of a later schema": (b'"data":{"text":"a","schema":2}', Cause.UNKNOWN_SCHEMA),
    "bytes that are not JSON": (b'"data_base64":"AAAA"', Cause.BAD_JSON),
    "bytes that are not UTF-8": (b'"data_base64":"//8="', Cause.NOT_UTF8),
}


@pytest.mark.parametrize(("data", "cause"), INSIDE.values(), ids=INSIDE.keys())
def test_what_is_wrong_inside_an_envelope_has_its_own_cause(data: bytes, cause: Cause) -> None:
    (one,) = decoded(record(ENVELOPE % data, headers=tuple(STRUCTURED.items()))).items
    assert isinstance(one, Rejection)
    assert one.cause is cause
