"""The line that is written for every record, whatever became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from schemas.events import Entity, Opinion, Source, Target
from schemas.vocabulary import Cause, Channel, Decider, Flag, Kind, Mode, Reason, RiskClass


class Observed(msgspec.Struct, frozen=True, gc=False):
    """What the decision used that can't be computed again."""

    # Facts are whatever JSON their owner wrote, so nothing narrower than Any is true of them.
    context: Annotated[
        Mapping[str, Any] | None,
        Meta(description="The customer's facts by name; null where facts could not be read."),
    ]
    system: Annotated[Mapping[str, Any], Meta(description="Facts about systems that rules may use.")] = {}
    stock: Annotated[Mapping[str, Any], Meta(description="Facts about goods that rules may use.")] = {}
    signals: Annotated[
        Mapping[str, Any],
        Meta(
            description="The message's signals that a condition of the catalog names; all, where one looks at all."
        ),
    ] = {}
    origin: Annotated[
        Source | None,
        Meta(
            description="Where it was first read, where it waited in the deferred lane for its tenant's quota."
        ),
    ] = None
    stepped_down: Annotated[
        bool, Meta(description="There was no time for the network, so the first stage's guess counted.")
    ] = False


class Advice(msgspec.Struct, frozen=True, gc=False):
    """What one of several bundles made of a message."""

    model: str
    domain: Annotated[str | None, Meta(description="What it was asked about; null is everything.")]
    ranked: Annotated[tuple[Opinion, ...], Meta(description="Best first; none where it failed.")]
    failed: Annotated[str | None, Meta(description="Why it has none; quotes nothing of the message.")] = None


class Likeness(msgspec.Struct, frozen=True, gc=False):
    """How like a message is to the nearest example that the catalog has of an intent."""

    intent: str
    example: Annotated[int, Meta(description="Its place among the intent's examples, from 0.")]
    likeness: Annotated[float, Meta(description="Cosine of the sentence vectors, to 6 decimals.")]


class Family(msgspec.Struct, frozen=True, gc=False):
    """What the classifier gives to an intent with all that are a kind of it."""

    intent: str
    confidence: Annotated[float, Meta(description="Of all of them together, to 6 decimals.")]
    margin: Annotated[float, Meta(description="Their lead over the best one outside, to 6 decimals.")]


class Basis(msgspec.Struct, frozen=True, gc=False):
    """What the decision was held against."""

    confidence: Annotated[
        float | None,
        Meta(description="What the best intent's confidence had to reach; null: nothing was compared."),
    ] = None
    margin: Annotated[float | None, Meta(description="What its lead had to reach.")] = None
    allowed: Annotated[RiskClass | None, Meta(description="The highest risk that was allowed.")] = None
    permitted: Annotated[bool, Meta(description="A trusted sender's permission counted.")] = False
    rules: Annotated[tuple[str, ...], Meta(description="The rules whose conditions held.")] = ()
    failed: Annotated[tuple[str, ...], Meta(description="The rules that could not be evaluated.")] = ()
    likeness: Annotated[tuple[Likeness, ...], Meta(description="The nearest examples, best first.")] = ()
    told_by: Annotated[
        Decider | None, Meta(description="Whose opinion policy was asked about; null: nobody had one.")
    ] = None
    above: Annotated[
        tuple[Family, ...],
        Meta(description="The intents above the best one, nearest first, where that one was not sure."),
    ] = ()


NO_BASIS = Basis()


class AuditRecord(msgspec.Struct, frozen=True, gc=False):
    """Everything the answer says, with what is needed to decide it again; never the customer's text."""

    # First what an answer says, in an answer's order.
    id: Annotated[str, Meta(description="Id of the answer (or of the rejection) that this is about.")]
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
    risk: RiskClass | None
    priority: int
    entities: tuple[Entity, ...]
    slots: dict[str, str]
    reason: Annotated[Reason | None, Meta(description="Null for a rejection, which has a cause.")]
    decided_by: Decider | None
    flags: tuple[Flag, ...]
    model: str | None
    catalog: str | None
    received_at: datetime
    decided_at: datetime
    kind: Kind
    mode: Annotated[Mode, Meta(description="`observe`: the answer was decided, not sent.")]
    cause: Annotated[Cause | None, Meta(description="Why the record was rejected.")]
    detail: Annotated[str | None, Meta(description="What exactly was wrong; quotes nothing of the record.")]
    target: Target | None
    text_sha256: Annotated[str | None, Meta(description="SHA-256 of the text as UTF-8, in hex.")]
    observed: Observed
    ms: Annotated[float, Meta(description="Milliseconds from receiving the batch to deciding it.")]
    opinions: Annotated[
        tuple[Advice, ...],
        Meta(
            description="The broad bundle's opinion, then the specialist's; empty where one bundle was asked."
        ),
    ] = ()
    successor: Annotated[str | None, Meta(description="What took a deprecated intent's place.")] = None
    steps: Annotated[int | None, Meta(description="How many steps its risk class allows.")] = None
    review: Annotated[bool, Meta(description="A person looks at this one afterwards.")] = False
    basis: Basis = NO_BASIS
    declared: Annotated[str | None, Meta(description="The intent that the caller named.")] = None
    safety_mode: Annotated[
        RiskClass | None, Meta(description="The highest risk that the caller allowed.")
    ] = None
    schema: int = 1
