"""The step that reads records as messages."""

from collections.abc import Sequence

import msgspec

from processors.desk import Limits
from processors.envelope import Envelope, unwrap, unwrap_structured
from processors.flow import Batch, Decoded, Message, Record, Rejection
from processors.halving import halving
from processors.origin import origin
from processors.postmark import place_of
from processors.visible import says_something
from schemas import deferral
from schemas.messages import SCHEMA_VERSION, InboundMessage
from schemas.vocabulary import Cause, Flag

DEFAULT_TENANT = "default"

_NO_FLAGS: frozenset[Flag] = frozenset()
_REDRIVEN = frozenset({Flag.REDRIVEN})


class _Version(msgspec.Struct, frozen=True):
    schema: int = SCHEMA_VERSION


class _Shape(msgspec.Struct, frozen=True):
    specversion: str


_inbound = msgspec.json.Decoder(InboundMessage)
_version = msgspec.json.Decoder(_Version)
_shape = msgspec.json.Decoder(_Shape)
_Unreadable = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def decode(batch: Batch, limits: Limits) -> Decoded:
    """A message or a rejection for every record, in order."""

    def read(records: Sequence[Record]) -> list[Message | Rejection]:
        return [_read(record, limits) for record in records]

    return Decoded(tuple(halving(read, batch.records)), batch.received_at)


def _read(record: Record, limits: Limits) -> Message | Rejection:
    if record.value is None:
        return Rejection(record, Cause.TOMBSTONE, "the record has no value")
    size = _size(record)
    if size > limits.record_bytes:
        return Rejection(record, Cause.TOO_LARGE, f"{size} bytes, at most {limits.record_bytes} are read")
    envelope = unwrap(record.headers, record.value)
    if isinstance(envelope, str):
        return Rejection(record, Cause.BAD_CLOUDEVENT, envelope)
    return _message(record, envelope)


def _message(record: Record, envelope: Envelope) -> Message | Rejection:
    try:
        # The JSON decoder skips unknown fields without looking at their encoding.
        str(envelope.value, "utf-8")
        inbound = _inbound.decode(envelope.value)
    except _Unreadable as error:
        return _second_look(record, envelope, error)
    if inbound.schema != SCHEMA_VERSION:
        return _unknown_schema(record, inbound.schema)
    return _with_defaults(record, envelope, inbound)


def _with_defaults(record: Record, envelope: Envelope, inbound: InboundMessage) -> Message:
    first = origin(record)
    event_id = envelope.id or place_of(first or record.source)
    message_id = inbound.id or event_id
    return Message(
        record=record,
        inbound=inbound,
        text=inbound.text if says_something(inbound.text) else inbound.subject or inbound.text,
        id=message_id,
        tenant=inbound.tenant or DEFAULT_TENANT,
        conversation=inbound.conversation or _key_as_text(record.key) or message_id,
        event_id=event_id,
        correlation=envelope.correlation or message_id,
        traceparent=envelope.traceparent,
        sender=envelope.source,
        flags=_REDRIVEN if envelope.redriven else _NO_FLAGS,
        origin=first,
    )


def _second_look(record: Record, envelope: Envelope, error: Exception) -> Message | Rejection:
    """What exactly was wrong, now that there is time; a structured event may come without its header."""
    if isinstance(error, UnicodeDecodeError):
        return Rejection(record, Cause.NOT_UTF8, f"byte {error.start} is not UTF-8")
    if isinstance(error, RecursionError):
        return Rejection(record, Cause.BAD_JSON, "nested too deeply")
    if not isinstance(error, msgspec.ValidationError):
        return Rejection(record, Cause.BAD_JSON, str(error))
    version = _declared_version(envelope.value)
    if version != SCHEMA_VERSION:
        return _unknown_schema(record, version)
    if not str(error).startswith("Object missing required field `text`"):
        return Rejection(record, Cause.WRONG_TYPE, _without_quote(str(error)))
    if envelope.id is None and _is_structured(envelope.value):
        return _unwrapped(record, envelope)
    return Rejection(record, Cause.MISSING_TEXT, "the field `text` is missing")


def _unwrapped(record: Record, envelope: Envelope) -> Message | Rejection:
    named = {name.lower(): content for name, content in record.headers}
    inner = unwrap_structured(named, envelope.value)
    if isinstance(inner, str):
        return Rejection(record, Cause.BAD_CLOUDEVENT, inner)
    return _message(record, inner)


def _size(record: Record) -> int:
    size = len(record.value or b"") + len(record.key or b"")
    for name, content in record.headers:
        # What we wrote there ourselves must not make it too large.
        if not name.startswith(deferral.PREFIX):
            size += len(name) + len(content or b"")
    return size


def _unknown_schema(record: Record, version: int) -> Rejection:
    return Rejection(record, Cause.UNKNOWN_SCHEMA, f"schema {version}, only {SCHEMA_VERSION} is known")


def _declared_version(value: bytes) -> int:
    try:
        return _version.decode(value).schema
    except _Unreadable:
        return SCHEMA_VERSION


def _is_structured(value: bytes) -> bool:
    try:
        _shape.decode(value)
    except _Unreadable:
        return False
    return True


def _without_quote(message: str) -> str:
    """Of a value outside an enumeration, the decoder's message quotes the value; the path is enough."""
    if not message.startswith("Invalid enum value"):
        return message
    return f"Invalid enum value at {message.rsplit(' ', 1)[-1]}"


def _key_as_text(key: bytes | None) -> str | None:
    if not key:
        return None
    try:
        return key.decode()
    except UnicodeDecodeError:
        return "0x" + key.hex()
