"""The topics that messages, answers, facts travel on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schemas.vocabulary import Kind

DAY_MS: Final = 24 * 3600 * 1000
AUDIT_DAYS: Final = 183

# A rejected record has to fit whole beside its cause headers: what goes out is twice what may come in.
INBOUND_BYTES: Final = 1024 * 1024
OUTBOUND_BYTES: Final = 2 * 1024 * 1024

INBOUND: Final = "messages.inbound"
PRIORITY: Final = "messages.priority"
DEFERRED: Final = "messages.deferred"
ROUTED: Final = "intents.routed"
ESCALATED: Final = "intents.escalated"
CLARIFY: Final = "intents.clarify"
REFUSED: Final = "intents.refused"
REPLIES: Final = "intents.replies"
IGNORED: Final = "intents.ignored"
AUDIT: Final = "intents.audit"
DEAD: Final = "messages.dead"
FEEDBACK: Final = "feedback.decisions"
CONTEXT: Final = "context.updates"
CATALOG: Final = "catalog"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should exist on the broker."""

    name: str
    carries: str
    config: Mapping[str, str]


def _kept(days: int, limit: int = OUTBOUND_BYTES) -> Mapping[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(days * DAY_MS),
        "compression.type": "zstd",
        "max.message.bytes": str(limit),
    }


def _latest() -> Mapping[str, str]:
    return {
        "cleanup.policy": "compact",
        "compression.type": "zstd",
        "max.message.bytes": str(OUTBOUND_BYTES),
    }


LANES: Final = (
    Topic(INBOUND, "what customers wrote", _kept(7, INBOUND_BYTES)),
    Topic(PRIORITY, "what customers wrote and can't wait", _kept(7, INBOUND_BYTES)),
    Topic(DEFERRED, "what customers wrote beyond their tenant's quota", _kept(7, INBOUND_BYTES)),
)
ALL: Final = (
    *LANES,
    Topic(ROUTED, "messages with an intent, for workflows", _kept(7)),
    Topic(ESCALATED, "messages for people", _kept(14)),
    Topic(CLARIFY, "questions back to the customer", _kept(7)),
    Topic(REFUSED, "messages whose risk is above what is allowed, or whose intent is deprecated", _kept(14)),
    Topic(REPLIES, "text to send as it stands", _kept(7)),
    Topic(IGNORED, "noise, duplicates, what needs nothing", _kept(7)),
    Topic(AUDIT, "one record for every message, in the partition of its source", _kept(AUDIT_DAYS)),
    Topic(DEAD, "unreadable or undeliverable records, whole, with cause headers", _kept(30)),
    Topic(FEEDBACK, "what people corrected", _kept(AUDIT_DAYS)),
    Topic(CONTEXT, "facts by the keys that Redis uses", _latest()),
    Topic(CATALOG, "catalog versions, with the pointer to the one that counts", _latest()),
)
ANSWERS: Final[Mapping[Kind, str]] = {
    Kind.ROUTED: ROUTED,
    Kind.CLARIFY: CLARIFY,
    Kind.ESCALATED: ESCALATED,
    Kind.REFUSED: REFUSED,
    Kind.REPLIED: REPLIES,
    Kind.IGNORED: IGNORED,
    Kind.REJECTED: DEAD,
}


@dataclass(frozen=True, slots=True)
class Names:
    """Where answers, and records that are not answered yet, go, under the prefix of one installation."""

    answers: Mapping[Kind, str]
    audit: str
    deferred: str


def named(prefix: str = "") -> Names:
    """The topic names of an installation whose topics share a prefix."""
    answers = {kind: prefix + name for kind, name in ANSWERS.items()}
    return Names(answers, audit=prefix + AUDIT, deferred=prefix + DEFERRED)
