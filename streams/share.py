"""The partitions a worker owns, each with what it must know before it reads on."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.offsets import CLEAR, OffsetNote
from streams.reading import Place

TRIES_BEFORE_CARE = 2
CAREFUL_STRETCH = 512


@dataclass(slots=True)
class Owned:
    """One partition: settled once its committed offset is known, proven once a batch of it was begun safely."""

    settled: bool = False
    proven: bool = False
    note: OffsetNote = CLEAR
    marked_at: int = -1
    read_to: int = -1

    def settle(self, offset: int, note: OffsetNote) -> None:
        """Begin at a committed offset under the note that was left there."""
        self.settled = True
        self.read_to = offset
        self.note = note
        self.proven = note.tries > 0 and self.marked_at == offset

    def must_mark(self, offset: int) -> bool:
        """Whether the next batch must first say that it was begun: after every beginning, and while careful."""
        return not self.proven or (self.careful(offset) and self.marked_at != offset)

    def mark(self, offset: int) -> OffsetNote:
        """The note that says that a process began at this offset once more."""
        tries = self.note.tries + 1
        until = self.note.careful_until
        if tries > TRIES_BEFORE_CARE and not until:
            until, tries = offset + CAREFUL_STRETCH, 1
        self.note = OffsetNote(tries=tries, careful_until=until)
        self.marked_at = offset
        self.proven = True
        return self.note

    def careful(self, offset: int) -> bool:
        """Whether records at this offset are read one at a time."""
        return max(offset, 0) < self.note.careful_until

    def condemned(self, offset: int) -> bool:
        """Whether the record at this offset ended the process too often to be tried again."""
        return self.careful(offset) and self.note.tries > TRIES_BEFORE_CARE

    def after(self, offset: int) -> OffsetNote:
        """The note to leave once everything before this offset is answered; remembered as what now counts."""
        self.note = OffsetNote(careful_until=self.note.careful_until) if self.careful(offset) else CLEAR
        self.read_to = offset
        return self.note


class Share:
    """Every partition this worker owns; only the reading thread changes it."""

    def __init__(self) -> None:
        """Nothing owned."""
        self.owned: dict[Place, Owned] = {}

    def take(self, places: Iterable[Place]) -> None:
        """Partitions that became ours, not to be read before they are settled."""
        self.owned.update({where: Owned() for where in places})

    def give(self, places: Iterable[Place]) -> None:
        """Partitions that are no longer ours."""
        for where in places:
            self.owned.pop(where, None)

    def unsettle(self) -> None:
        """Every position is in doubt."""
        for owned in self.owned.values():
            owned.settled = False

    def unsettled(self) -> list[Place]:
        """The partitions whose committed offset is to be asked for."""
        return [where for where, owned in self.owned.items() if not owned.settled]

    def settled(self) -> list[Place]:
        """The partitions that may be read."""
        return [where for where, owned in self.owned.items() if owned.settled]

    def careful(self) -> bool:
        """Whether any partition is read one record at a time."""
        return any(owned.settled and owned.careful(owned.read_to) for owned in self.owned.values())
