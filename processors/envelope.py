"""The reading of what is around a message: CloudEvents in both modes, trace, redrive."""

import base64
import binascii
import re
from collections.abc import Mapping

import msgspec

from processors.flow import Headers
from schemas import cloudevents, dead

# An attribute is carried on in headers of every event, so it is kept short, visible.
ATTRIBUTE_CHARACTERS = 1024
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_JSON_TYPE = re.compile(rb"\s*[\w.-]+/([\w.+-]+\+)?json\s*(;.*)?", re.IGNORECASE | re.DOTALL)
_TRACE = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[ -~]{0,64})?"
)


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """What was around the message, beside the bytes of the message itself."""

    value: bytes
    id: str | None = None
    correlation: str | None = None
    traceparent: bytes | None = None
    redriven: bool = False
    source: str | None = None


class _Structured(msgspec.Struct, frozen=True):
    specversion: str
    id: str
    source: str
    type: str
    data: msgspec.Raw = msgspec.Raw()
    data_base64: str | None = None
    datacontenttype: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None


_structured_decoder = msgspec.json.Decoder(_Structured)


def unwrap(headers: Headers, value: bytes) -> Envelope | str:
    """The envelope, or what is wrong with it as a CloudEvent."""
    if not headers:
        return Envelope(value)
    named = {name.lower(): content for name, content in headers}
    content_type = (named.get(cloudevents.CONTENT_TYPE) or b"").strip().lower()
    if content_type.startswith(cloudevents.STRUCTURED_PREFIX.encode()):
        if content_type.split(b";")[0].strip() != cloudevents.STRUCTURED_JSON.encode():
            return "only the JSON format of structured events is read"
        return unwrap_structured(named, value)
    if any(name in named for name in cloudevents.REQUIRED):
        return _binary(named, value)
    return _carried(named, value, None, _text(named.get(cloudevents.CORRELATION_ID)))


def unwrap_structured(named: Mapping[str, bytes | None], value: bytes) -> Envelope | str:
    """The envelope of a structured event, or what is wrong with it."""
    try:
        event = _structured_decoder.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "the structured event is not JSON with specversion, id, source, type"
    if event.specversion != cloudevents.VERSION:
        return "specversion is not 1.0"
    if not (event.id and event.source and event.type):
        return "id, source, type must not be empty"
    if event.datacontenttype is not None and not _JSON_TYPE.fullmatch(event.datacontenttype.encode()):
        return "datacontenttype is not JSON"
    content = _content(event)
    if isinstance(content, str):
        return content
    trace = {cloudevents.TRACEPARENT: event.traceparent.encode()} if event.traceparent else {}
    return _carried(
        {**trace, **named}, content, _shown(event.id), _shown(event.correlationid), _shown(event.source)
    )


def _binary(named: Mapping[str, bytes | None], value: bytes) -> Envelope | str:
    if named.get(cloudevents.SPECVERSION) != cloudevents.VERSION.encode():
        return "ce_specversion is not 1.0"
    if not all(named.get(name) for name in cloudevents.REQUIRED):
        return "ce_id, ce_source, ce_type must not be empty"
    content_type = named.get(cloudevents.CONTENT_TYPE)
    if content_type is not None and not _JSON_TYPE.fullmatch(content_type):
        return "content-type is not JSON"
    correlation = _text(named.get(cloudevents.CORRELATION_ID))
    return _carried(
        named, value, _text(named.get(cloudevents.ID)), correlation, _text(named.get(cloudevents.SOURCE))
    )


def _content(event: _Structured) -> bytes | str:
    data = bytes(event.data)
    if event.data_base64 is None:
        return data or b"null"
    if data:
        return "data stands beside data_base64"
    try:
        return base64.b64decode(event.data_base64, validate=True)
    except (binascii.Error, ValueError):
        return "data_base64 is not base64"


def _carried(
    named: Mapping[str, bytes | None],
    value: bytes,
    event_id: str | None,
    correlation: str | None,
    source: str | None = None,
) -> Envelope | str:
    if event_id == "" or correlation == "":
        return "id, correlationid must be UTF-8 without control characters, 1 to 1024 long"
    trace = trace_of(named.get(cloudevents.TRACEPARENT))
    return Envelope(value, event_id, correlation, trace, dead.REDRIVEN in named, source)


def trace_of(header: bytes | None) -> bytes | None:
    """The trace to carry on; by the trace context's own rule one that can't be read is ignored."""
    return header if header and _TRACE.fullmatch(header) else None


def _text(header: bytes | None) -> str | None:
    """A header as text; None where there is none, empty where it can't be carried on."""
    if header is None:
        return None
    try:
        return _shown(header.decode())
    except UnicodeDecodeError:
        return ""


def _shown(attribute: str | None) -> str | None:
    """The attribute; empty where it can't be carried on."""
    if attribute is None:
        return None
    return "" if len(attribute) > ATTRIBUTE_CHARACTERS or _HIDDEN.search(attribute) else attribute
