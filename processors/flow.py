"""The values that travel from one step to the next."""

# What is made once for every message is a frozen msgspec struct: building one costs .15 us, a frozen
# dataclass with slots 1.2 us, and a message passes through eight of them. None can be part of a cycle, so the
# collector need not look at them (gc=False). What is made once for a batch is a dataclass.

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, TypeAlias

import msgspec

from processors.views import View
from schemas.audit import NO_BASIS, Basis
from schemas.audit import Advice as Advice
from schemas.audit import Family as Family
from schemas.audit import Likeness as Likeness
from schemas.events import Opinion as Opinion
from schemas.events import Source as Source
from schemas.events import Target
from schemas.messages import InboundMessage
from schemas.vocabulary import Cause, Decider, Flag, Kind, Passage, Reason, RiskClass, Stage, Wait

Headers: TypeAlias = tuple[tuple[str, bytes | None], ...]
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Facts: TypeAlias = Mapping[str, Json]
# Tenant, one of customer, system, stock, name: as `ctx:{tenant}:{customer|system|stock}:{name}` in Redis.
ContextKey: TypeAlias = tuple[str, str, str]
Outcome: TypeAlias = tuple[Kind | Passage, Reason | Cause | Wait]


class Record(msgspec.Struct, frozen=True, gc=False):
    """A raw record as Kafka gave it."""

    source: Source
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int

    @property
    def record(self) -> "Record":
        """Itself, as every later value tells the record that it came from."""
        return self


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are answered together; received_at is in seconds since 1970."""

    records: tuple[Record, ...]
    received_at: float


class Message(msgspec.Struct, frozen=True, gc=False):
    """A decoded record: the message as it was written, with its defaults resolved beside it.

    Origin is where it was first read, if it waited in the deferred lane since. `text` is what there is to understand:
    a mail may have said it all in its subject.
    """

    record: Record
    inbound: InboundMessage
    text: str
    id: str
    tenant: str
    conversation: str
    event_id: str
    correlation: str
    traceparent: bytes | None
    sender: str | None
    flags: frozenset[Flag]
    origin: Source | None = None


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
    """What Redis said; a key that is not there could not be asked, one with nothing behind it is None.

    Held are the records that are beyond their tenants' quotas; metered says whether quotas could be asked.
    """

    facts: Mapping[ContextKey, Json] = field(default_factory=dict)
    held: Mapping[Source, Wait] = field(default_factory=dict)
    metered: bool = True


class Context(msgspec.Struct, frozen=True, gc=False):
    """What was known of the customer, of the systems, of the stock when a message was decided."""

    customer: Facts
    system: Facts
    stock: Facts


class Enriched(msgspec.Struct, frozen=True, gc=False):
    """A message with what we knew before; context is None where it could not be read.

    Failed are the rules that were passed over because they could not be evaluated.
    """

    message: Message
    context: Context | None
    flags: tuple[Flag, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def record(self) -> Record:
        """The record that the message came in."""
        return self.message.record


class Scores(msgspec.Struct, frozen=True, gc=False):
    """The scorer's opinions of one message, best first; margin is the best one's lead.

    Shares are the probabilities of all labels, in their order, unrounded, with their sum where that is known; without
    them ranked is all there is.
    Ranked is in the words of a tenant's catalog once that has seen it.
    """

    ranked: tuple[Opinion, ...]
    margin: float
    truncated: bool
    labels: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    stage: Stage = Stage.NETWORK
    seen: View | None = None
    total: float | None = None


class Seen(msgspec.Struct, frozen=True, gc=False):
    """The scorer's opinions in the words of a tenant's catalog, with how that sees all labels' probabilities."""

    scores: Scores
    view: View
    shares: tuple[float, ...]


class ScoreFailed(msgspec.Struct, frozen=True, gc=False):
    """This one message could not be scored."""

    detail: str
    reason: Reason = Reason.SCORE_FAILED


class Scored(msgspec.Struct, frozen=True, gc=False):
    """A message with the scorer's opinions, with the name of the bundle that had the last word.

    Opinions tell what each said where there were several.
    """

    enriched: Enriched
    scores: Scores | ScoreFailed
    model: str | None
    opinions: tuple[Advice, ...] = ()
    likeness: tuple[Likeness, ...] = ()

    @property
    def record(self) -> Record:
        """The record that the message came in."""
        return self.enriched.message.record


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
    risk: RiskClass | None = None
    target: Target | None = None
    model: str | None = None
    truncated: bool = False
    opinions: tuple[Advice, ...] = ()
    priority: int = 0
    steps: int | None = None
    review: bool = False
    successor: str | None = None
    basis: Basis = NO_BASIS

    @property
    def record(self) -> Record:
        """The record that the message came in."""
        return self.enriched.message.record

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What else was true, sorted so that the same set is written the same way."""
        enriched = self.enriched
        if enriched.context is not None and not (enriched.flags or enriched.message.flags or self.truncated):
            return ()
        flags = {*enriched.message.flags, *enriched.flags}
        if enriched.context is None:
            flags.add(Flag.CONTEXT_MISSING)
        if self.truncated:
            flags.add(Flag.TRUNCATED)
        return tuple(sorted(flags))


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing to produce."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None = None


class Answered(msgspec.Struct, frozen=True, gc=False):
    """How one record ended here, with the events that say so.

    The tenant is one that has a catalog, else empty, so that it may be counted by.
    """

    events: tuple[Event, ...]
    kind: Kind | Passage
    reason: Reason | Cause | Wait
    decided_by: Decider | None = None
    tenant: str = ""
    flags: tuple[Flag, ...] = ()


Whose: TypeAlias = tuple[Decider | None, str]
NOBODYS: Final[Whose] = (None, "")


@dataclass(frozen=True, slots=True)
class Answers:
    """For every record of the batch, in its order: the events that answer it, how it ended, who decided for whom.

    Beside it what else was true. Of letters that nobody decided about the last two are left out.
    """

    per_record: tuple[tuple[Event, ...], ...]
    outcomes: tuple[Outcome, ...]
    whose: tuple[Whose, ...] = ()
    flags: tuple[tuple[Flag, ...], ...] = ()

    def counts(self) -> Counter[Outcome]:
        """How many records ended which way."""
        return Counter(self.outcomes)

    def tally(self) -> Counter[tuple[Outcome, Whose]]:
        """The same by who decided, for which tenant, for the metrics."""
        whose = self.whose or (NOBODYS,) * len(self.outcomes)
        return Counter(zip(self.outcomes, whose, strict=True))

    def flagged(self) -> Counter[Flag]:
        """Of how many answers what else was true."""
        return Counter(chain.from_iterable(self.flags))
