"""A dead letter as it reads: its cause, its source, whether it was sent back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from confluent_kafka import Message

from processors.flow import Source
from schemas import dead
from schemas.vocabulary import Cause

Headers = Sequence[tuple[str, bytes | None]]
Pairs = list[tuple[str, bytes | None]]

# On a record without key or value, in the partition of the letters it speaks of: which were sent back.
SENT_BACK = dead.PREFIX + "sent_back"
_CAUSES = tuple(dead.CAUSE_HEADERS)
_LEFT_BEHIND = "is left at its source"


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a dead letter lies, why it became one, where it came from."""

    partition: int
    offset: int
    cause: str
    detail: str
    source: Source
    rejected_at: datetime

    @property
    def whole(self) -> bool:
        """Whether it holds the record's value: one too large even for a dead letter stayed where it was."""
        return not (self.cause == Cause.UNDELIVERABLE and self.detail.endswith(_LEFT_BEHIND))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which dead letters are meant; what is not said excludes none."""

    causes: frozenset[str] = frozenset()
    since: datetime | None = None
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None

    def takes(self, letter: Letter) -> bool:
        """Whether this letter is meant."""
        source = letter.source
        return (
            (not self.causes or letter.cause in self.causes)
            and (self.since is None or letter.rejected_at >= self.since)
            and self.topic in (None, source.topic)
            and self.partition in (None, source.partition)
            and self.offset in (None, source.offset)
        )


def headers_of(message: Message) -> Pairs:
    """The headers of a consumed record; a consumer gives them as bytes."""
    return cast(Pairs, list(message.headers() or ()))


def letter(partition: int, offset: int, headers: Headers) -> Letter | None:
    """The letter with these headers; None for what is none, as a note of what was sent back."""
    causes = {name: (content or b"").decode() for name, content in headers[-len(_CAUSES) :]}
    if tuple(causes) != _CAUSES:
        return None
    source = Source(causes[dead.TOPIC], int(causes[dead.PARTITION]), int(causes[dead.OFFSET]))
    at = datetime.fromisoformat(causes[dead.TIME])
    return Letter(partition, offset, causes[dead.KIND], causes[dead.DETAIL], source, at)


def original(headers: Headers) -> Pairs:
    """The headers that the record came with, and that it was sent back."""
    own = list(headers[: -len(_CAUSES)])
    return own if any(name == dead.REDRIVEN for name, _ in own) else [*own, (dead.REDRIVEN, b"1")]


def note(offsets: Iterable[int]) -> Pairs:
    """The headers of the record that says which letters of its partition were sent back."""
    return [(SENT_BACK, ",".join(map(str, sorted(offsets))).encode())]


def noted(headers: Headers) -> frozenset[int]:
    """The offsets that such a record names; none where it is something else."""
    if len(headers) != 1 or headers[0][0] != SENT_BACK:
        return frozenset()
    return frozenset(int(offset) for offset in (headers[0][1] or b"").split(b",") if offset)
