"""The values that travel from one step to the next."""

# Structs, where DESIGN asks for frozen values with slots, carry what is made once for every message: building one
# costs .15 us, a frozen dataclass 1.2 us, and a message passes through eight of them. None can be part of a cycle,
# so the collector need not look at them (gc=False).

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from schemas.catalog import Snapshot
from schemas.events import Opinion, Source, Target
from schemas.messages import InboundMessage
from schemas.topics import Names, named
from schemas.vocabulary import Cause, Decider, Flag, Kind, Mode, Reason, Risk

__all__ = [
    "Answers",
    "Batch",
    "ContextKey",
    "Contexts",
    "Decision",
    "Decoded",
    "Desk",
    "Enriched",
    "Event",
    "Facts",
    "Headers",
    "Json",
    "Limits",
    "Message",
    "Opinion",
    "Record",
    "Rejection",
    "ScoreFailed",
    "Scored",
    "Scores",
    "Source",
]

Headers: TypeAlias = tuple[tuple[str, bytes | None], ...]
Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
Facts: TypeAlias = Mapping[str, Json]
ContextKey: TypeAlias = tuple[str, str]


class Record(msgspec.Struct, frozen=True, gc=False):
    """A raw record as Kafka gave it."""

    source: Source
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are answered together; received_at is in seconds since 1970."""

    records: tuple[Record, ...]
    received_at: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a record may be at most."""

    record_bytes: int = 256 * 1024


class Message(msgspec.Struct, frozen=True, gc=False):
    """A decoded record: the message as it was written, with DESIGN's defaults beside it."""

    record: Record
    inbound: InboundMessage
    id: str
    tenant: str
    conversation: str
    event_id: str
    correlation: str
    traceparent: bytes | None
    flags: frozenset[Flag]

    @property
    def text(self) -> str:
        """What there is to understand: a mail may have said it all in its subject."""
        text = self.inbound.text
        return text if text and not text.isspace() else self.inbound.subject or text


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """A record that can't be answered, with why; the detail quotes nothing of it."""

    record: Record
    cause: Cause
    detail: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A batch after decoding: one item for every record, in its order."""

    items: tuple[Message | Rejection, ...]
    received_at: float


@dataclass(frozen=True, slots=True)
class Contexts:
    """What Redis said; a key that is not there could not be asked, one with no facts was."""

    facts: Mapping[ContextKey, Facts] = field(default_factory=dict)


class Enriched(msgspec.Struct, frozen=True, gc=False):
    """A message with what we knew before; context is None where it could not be read."""

    message: Message
    context: Facts | None


class Scores(msgspec.Struct, frozen=True, gc=False):
    """The scorer's opinions of one message, best first; margin is the best one's lead."""

    ranked: tuple[Opinion, ...]
    margin: float
    truncated: bool


class ScoreFailed(msgspec.Struct, frozen=True, gc=False):
    """This one message could not be scored."""

    detail: str
    reason: Reason = Reason.SCORE_FAILED


class Scored(msgspec.Struct, frozen=True, gc=False):
    """A message with the scorer's opinions, with the name of the bundle that was asked."""

    enriched: Enriched
    scores: Scores | ScoreFailed
    model: str


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What becomes of a message."""

    enriched: Enriched
    kind: Kind
    reason: Reason
    decided_by: Decider
    catalog: str
    intent: str | None = None
    confidence: float | None = None
    margin: float | None = None
    alternatives: tuple[Opinion, ...] = ()
    risk: Risk | None = None
    target: Target | None = None
    model: str | None = None
    truncated: bool = False


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing to produce."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """For every record of the batch, in its order: the events that answer it, then how it ended."""

    per_record: tuple[tuple[Event, ...], ...]
    outcomes: tuple[tuple[Kind, Reason | Cause], ...]

    def counts(self) -> Counter[tuple[Kind, Reason | Cause]]:
        """How many records ended which way, for the metrics."""
        return Counter(self.outcomes)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a batch is decided under; now is in seconds since 1970."""

    catalogs: Mapping[str, Snapshot]
    now: float
    mode: Mode = Mode.DECIDE
    topics: Names = field(default_factory=named)
    ce_source: str = "/intents"
    limits: Limits = Limits()
    model_down: bool = False

    def __post_init__(self) -> None:
        """A tenant without a catalog of its own is decided under the default one, so it has to be there."""
        if "default" not in self.catalogs:
            raise ValueError("no catalog for tenant 'default'")

    def snapshot(self, tenant: str) -> Snapshot:
        """The catalog that counts for a tenant."""
        return self.catalogs.get(tenant) or self.catalogs["default"]
