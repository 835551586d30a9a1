"""The line that is written for every record, whatever became of it."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from schemas.events import Entity, Opinion, Source, Target
from schemas.vocabulary import Cause, Channel, Decider, Flag, Kind, Mode, Reason, Risk


class Observed(msgspec.Struct, frozen=True, gc=False):
    """What the decision used that can't be computed again."""

    # Facts are whatever JSON their owner wrote, so nothing narrower than Any is true of them.
    context: Annotated[
        dict[str, Any] | None, Meta(description="Facts by name; null where they could not be read.")
    ]


class Advice(msgspec.Struct, frozen=True, gc=False):
    """What one of several bundles made of a message."""

    model: str
    domain: Annotated[str | None, Meta(description="What it was asked about; null is everything.")]
    ranked: Annotated[tuple[Opinion, ...], Meta(description="Best first; none where it failed.")]
    failed: Annotated[str | None, Meta(description="Why it has none; quotes nothing of the message.")] = None


class AuditRecord(msgspec.Struct, frozen=True, gc=False):
    """Everything the answer says, with what is needed to decide it again; never the customer's text."""

    id: Annotated[str, Meta(description="Id of the answer (or of the rejection) that this is about.")]
    kind: Kind
    mode: Annotated[Mode, Meta(description="`observe`: the answer was decided, not sent.")]
    message_id: str
    source: Source
    tenant: Annotated[str | None, Meta(description="Null where the record could not be read.")]
    conversation: str | None
    customer: str | None
    channel: Channel | None
    locale: str | None
    intent: str | None
    confidence: float | None
    margin: float | None
    alternatives: tuple[Opinion, ...]
    risk: Risk | None
    priority: int
    entities: tuple[Entity, ...]
    slots: dict[str, str]
    reason: Annotated[Reason | None, Meta(description="Null for a rejection, which has a cause.")]
    cause: Annotated[Cause | None, Meta(description="Why the record was rejected.")]
    detail: Annotated[str | None, Meta(description="What exactly was wrong; quotes nothing of the record.")]
    decided_by: Decider | None
    flags: tuple[Flag, ...]
    model: str | None
    catalog: str | None
    target: Target | None
    text_sha256: Annotated[str | None, Meta(description="SHA-256 of the text as UTF-8, in hex.")]
    observed: Observed
    received_at: datetime
    decided_at: datetime
    ms: Annotated[float, Meta(description="Milliseconds from receiving the batch to deciding it.")]
    opinions: Annotated[
        tuple[Advice, ...],
        Meta(
            description="The broad bundle's opinion, then the specialist's; empty where one bundle was asked."
        ),
    ] = ()
    schema: int = 1
