"""The names that CloudEvents 1.0 uses in Kafka's binary mode."""

from typing import Final

from schemas.vocabulary import Kind

PREFIX: Final = "ce_"
SPECVERSION: Final = "ce_specversion"
ID: Final = "ce_id"
SOURCE: Final = "ce_source"
TYPE: Final = "ce_type"
TIME: Final = "ce_time"
CORRELATION_ID: Final = "ce_correlationid"
CAUSATION_ID: Final = "ce_causationid"
CONTENT_TYPE: Final = "content-type"
TRACEPARENT: Final = "traceparent"

VERSION: Final = "1.0"
JSON: Final = "application/json"
STRUCTURED_PREFIX: Final = "application/cloudevents"
STRUCTURED_JSON: Final = "application/cloudevents+json"

REQUIRED: Final = (SPECVERSION, ID, SOURCE, TYPE)
# What each header says, in our own events.
SAYS: Final = {
    SPECVERSION: "Always 1.0.",
    ID: "`{topic}/{partition}/{offset}/{kind}/{n}` of the inbound record: a repeat has the same.",
    SOURCE: "The installation that wrote the event.",
    TYPE: "`intent.{kind}.v1`.",
    TIME: "When the message was decided, RFC 3339.",
    CORRELATION_ID: "The inbound event's correlation id, else the message's id.",
    CAUSATION_ID: "The inbound event's id, else where its record lies.",
    CONTENT_TYPE: "Always application/json.",
    TRACEPARENT: "The inbound trace, where there was one.",
}

AUDIT_TYPE: Final = "intent.audit.v1"
# A dead letter keeps its own headers, so a rejection has no type here.
ANSWER_TYPES: Final[dict[Kind, str]] = {
    kind: f"intent.{kind}.v1" for kind in Kind if kind is not Kind.REJECTED
}
