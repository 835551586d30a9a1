"""The answers that go out, one struct for each way a message can end."""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from schemas.vocabulary import Channel, Decider, Flag, Reason, RiskClass, TargetKind


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where the inbound record lies in Kafka."""

    topic: str
    partition: int
    offset: int


class Opinion(msgspec.Struct, frozen=True, gc=False):
    """How probable the scorer holds one intent; rounded once, to 6 decimals."""

    intent: str
    confidence: float


class Entity(msgspec.Struct, frozen=True, gc=False):
    """Something named in the text, such as an order number."""

    type: str
    value: str
    start: Annotated[int, Meta(description="First character in the text.")]
    end: Annotated[int, Meta(description="One past the last character.")]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who serves a routed message."""

    kind: Annotated[TargetKind, Meta(description="What it is that serves it.")]
    name: Annotated[str, Meta(description="Under which it is known to whoever starts it.")]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What every answer carries."""

    id: Annotated[
        str,
        Meta(description="`{topic}/{partition}/{offset}/{kind}/{n}` of the source: a repeat has the same."),
    ]
    message_id: Annotated[str, Meta(description="The inbound message's id.")]
    source: Source
    tenant: str
    conversation: str
    customer: str | None
    channel: Channel | None
    locale: str | None
    intent: Annotated[str | None, Meta(description="The best opinion; null where nobody had one.")]
    confidence: Annotated[float | None, Meta(description="Probability of the best, to 6 decimals.")]
    margin: Annotated[float | None, Meta(description="Its lead over the second, to 6 decimals.")]
    alternatives: Annotated[tuple[Opinion, ...], Meta(description="The next best intents of the catalog.")]
    risk: Annotated[RiskClass | None, Meta(description="RiskClass class of the intent in the catalog.")]
    priority: Annotated[int, Meta(description="0 is normal; the higher, the sooner.")]
    entities: tuple[Entity, ...]
    slots: Annotated[dict[str, str], Meta(description="Entities that the intent asks for, by slot.")]
    reason: Reason
    decided_by: Decider
    flags: Annotated[tuple[Flag, ...], Meta(description="A set, sorted.")]
    model: Annotated[str | None, Meta(description="The bundle that was asked; null where none was.")]
    catalog: Annotated[str, Meta(description="Hash of the catalog that the message was decided under.")]
    received_at: datetime
    decided_at: datetime
    schema: int = 1


# An answer's fields in their order, which an audit record begins with too: they are put together once for both.
Particulars: TypeAlias = tuple[
    str,
    str,
    Source,
    str,
    str,
    str | None,
    Channel | None,
    str | None,
    str | None,
    float | None,
    float | None,
    tuple[Opinion, ...],
    RiskClass | None,
    int,
    tuple[Entity, ...],
    dict[str, str],
    Reason,
    Decider,
    tuple[Flag, ...],
    str | None,
    str,
    datetime,
    datetime,
]


class Routed(Answer, frozen=True, gc=False, kw_only=True):
    """For a workflow: the intent is sure enough, its target is named."""

    target: Target
    steps: Annotated[
        int | None, Meta(description="How many steps its risk class allows; null: the target's own limit.")
    ] = None
    review: Annotated[bool, Meta(description="A person looks at this one afterwards.")] = False


class Clarify(Answer, frozen=True, gc=False):
    """A question back to the customer."""


class Escalated(Answer, frozen=True, gc=False):
    """For a person."""


class Refused(Answer, frozen=True, gc=False):
    """Not done: the risk is above what is allowed, or the intent is deprecated."""

    successor: Annotated[str | None, Meta(description="The intent that took a deprecated one's place.")] = (
        None
    )


class Replied(Answer, frozen=True, gc=False):
    """A text to send as it stands."""


class Ignored(Answer, frozen=True, gc=False):
    """Needs nothing: noise, a duplicate, an empty message."""
