"""The AsyncAPI 3 document over all topics."""

from typing import Any, Final

import msgspec

from schemas import cloudevents, dead, deferral, topics
from schemas.audit import AuditRecord
from schemas.events import Clarify, Escalated, Ignored, Refused, Replied, Routed
from schemas.feedback import Feedback
from schemas.messages import InboundMessage
from schemas.published import Pointer, Version
from schemas.topics import Topic

Document = dict[str, Any]

Shapes = tuple[type[msgspec.Struct], ...]
# What travels on each topic: the shapes that a value may have, none where it may be anything.
PAYLOADS: Final[dict[str, Shapes]] = {
    topics.INBOUND: (InboundMessage,),
    topics.PRIORITY: (InboundMessage,),
    topics.DEFERRED: (InboundMessage,),
    topics.ROUTED: (Routed,),
    topics.ESCALATED: (Escalated,),
    topics.CLARIFY: (Clarify,),
    topics.REFUSED: (Refused,),
    topics.REPLIES: (Replied,),
    topics.IGNORED: (Ignored,),
    topics.AUDIT: (AuditRecord,),
    topics.DEAD: (),
    topics.FEEDBACK: (Feedback,),
    topics.CONTEXT: (),
    topics.CATALOG: (Version, Pointer),
}
KEYS: Final = {
    topics.AUDIT: "The message's id.",
    topics.DEAD: "The rejected record's own key.",
    topics.FEEDBACK: "The conversation.",
    topics.CONTEXT: "`ctx:{tenant}:{customer|system|stock}:{name}`, the same as in Redis.",
    topics.CATALOG: "`{tenant}/{hash}` for a version; `{tenant}/current` for the pointer to the one that counts.",
}
RECEIVED: Final = (*(lane.name for lane in topics.LANES), topics.FEEDBACK, topics.CONTEXT, topics.CATALOG)
OURS: Final = (*topics.ANSWERS.values(), topics.AUDIT)


def document() -> Document:
    """The whole contract, for people and for generators."""
    shapes = {shape for shapes in PAYLOADS.values() for shape in shapes}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "intent-stream",
            "version": "1.0.0",
            "description": "Customer messages in, exactly one answer with one audit record out.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": cloudevents.JSON,
        "channels": {topic.name: _channel(topic) for topic in topics.ALL},
        "operations": {_operation_name(topic): _operation(topic) for topic in topics.ALL},
        "components": {
            "messages": {topic.name: _message(topic) for topic in topics.ALL},
            "schemas": schemas
            | {
                "CloudEventHeaders": _event_headers(),
                "CauseHeaders": _cause_headers(),
                "DeferralHeaders": _deferral_headers(),
            },
        },
    }


def _channel(topic: Topic) -> Document:
    return {
        "address": topic.name,
        "description": topic.carries,
        "messages": {topic.name: {"$ref": f"#/components/messages/{topic.name}"}},
        "bindings": {"kafka": {"topicConfiguration": _configuration(topic), "bindingVersion": "0.5.0"}},
    }


def _configuration(topic: Topic) -> Document:
    """Of the topic's settings those that the binding knows, typed as it wants them."""
    known: Document = {
        "cleanup.policy": topic.config["cleanup.policy"].split(","),
        "max.message.bytes": int(topic.config["max.message.bytes"]),
    }
    if "retention.ms" in topic.config:
        known["retention.ms"] = int(topic.config["retention.ms"])
    return known


def _operation_name(topic: Topic) -> str:
    verb = "receive" if topic.name in RECEIVED else "send"
    return f"{verb}-{topic.name.replace('.', '-')}"


def _operation(topic: Topic) -> Document:
    """What the worker does with the topic."""
    return {
        "action": "receive" if topic.name in RECEIVED else "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.carries,
    }


def _message(topic: Topic) -> Document:
    payloads = [{"$ref": f"#/components/schemas/{shape.__name__}"} for shape in PAYLOADS[topic.name]]
    key = {"type": "string", "description": KEYS.get(topic.name, "The conversation.")}
    message: Document = {
        "name": topic.name,
        "summary": topic.carries,
        "payload": _one_of(payloads),
        "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}},
    }
    if topic.name == topics.DEAD:
        return message | {
            "contentType": "application/octet-stream",
            "headers": {"$ref": "#/components/schemas/CauseHeaders"},
        }
    if topic.name == topics.DEFERRED:
        return message | {"headers": {"$ref": "#/components/schemas/DeferralHeaders"}}
    if topic.name in OURS:
        return message | {"headers": {"$ref": "#/components/schemas/CloudEventHeaders"}}
    return message


def _one_of(payloads: list[Document]) -> Document:
    return {"oneOf": payloads} if len(payloads) > 1 else payloads[0] if payloads else {}


def _event_headers() -> Document:
    required = (*cloudevents.REQUIRED, cloudevents.CORRELATION_ID, cloudevents.CAUSATION_ID)
    return _headers("CloudEvents 1.0 in Kafka's binary mode.", required, cloudevents.SAYS)


def _deferral_headers() -> Document:
    says = "The record's own headers, then why it waits."
    return _headers(says, tuple(deferral.HEADERS), deferral.HEADERS)


def _cause_headers() -> Document:
    says = "The rejected record's own headers, then why it was rejected."
    return _headers(says, tuple(dead.CAUSE_HEADERS), dead.CAUSE_HEADERS)


def _headers(says: str, required: tuple[str, ...], named: dict[str, str]) -> Document:
    properties = {name: {"type": "string", "description": description} for name, description in named.items()}
    return {"type": "object", "description": says, "required": list(required), "properties": properties}
