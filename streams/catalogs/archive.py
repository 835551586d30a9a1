"""What the catalog topic says, record by record."""

import time
from dataclasses import dataclass, field
from typing import Final

import msgspec

from processors.book import Book, book
from schemas.catalog import SHORT, Snapshot
from schemas.catalog_file import UNREADABLE, CatalogError, parse_json
from schemas.published import CURRENT, Pointer, Stored, read_key

_pointer: Final = msgspec.json.Decoder(Pointer).decode
_stored: Final = msgspec.json.Decoder(Stored).decode
# A version may lie in another partition than its pointer, and be read earlier by as much as a backlog lasts.
KEPT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of a tenant's pointer; to None where the tenant was removed."""

    tenant: str
    pointer: Pointer | None


@dataclass(slots=True)
class Archive:
    """Every version that was read, each tenant's pointer; a tenant that was removed has None."""

    versions: dict[tuple[str, str], bytes] = field(default_factory=dict)
    pointers: dict[str, Pointer | None] = field(default_factory=dict)
    moves: list[Moved] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _seen: dict[tuple[str, str], float] = field(default_factory=dict)

    def take(self, key: bytes | None, value: bytes | None) -> str:
        """Take in one record; the tenant whose pointer moved by it, or nothing."""
        found = read_key(key)
        if found is None:
            self.faults.append(f"a record with the key {(key or b'')[:80]!r} is neither version nor pointer")
        elif found[1] != CURRENT:
            self._file(found, value)
        else:
            return self._move(found[0], value)
        return ""

    def forget(self) -> None:
        """Let go of versions that no pointer names, once none that is on its way can; drop what is told."""
        count = {(tenant, pointer.hash) for tenant, pointer in self.pointers.items() if pointer}
        early = time.monotonic() - KEPT_S
        for key in [each for each, seen in self._seen.items() if seen < early and each not in count]:
            del self._seen[key], self.versions[key]
        self.moves.clear()
        self.faults.clear()

    def complete(self) -> bool:
        """Whether every version that a pointer names was read too."""
        return all((tenant, each.hash) in self.versions for tenant, each in self.pointers.items() if each)

    def knows(self, tenant: str) -> bool:
        """Whether anything was ever published for a tenant, be it removed by now."""
        return tenant in self.pointers or any(each == tenant for each, _ in self.versions)

    def current(self, tenant: str) -> Pointer | None:
        """The pointer of a tenant that there is."""
        return self.pointers.get(tenant)

    def hashes(self, tenant: str, beginning: str = "") -> list[str]:
        """The versions of a tenant whose hash begins so."""
        return [hash for each, hash in self.versions if each == tenant and hash.startswith(beginning)]

    def stored(self, tenant: str, hash: str) -> Stored:
        """A version as it lies there; raises CatalogError where it can't be read."""
        value = self.versions.get((tenant, hash))
        if value is None:
            raise CatalogError([((), f"version {hash[:SHORT]} is not on the topic; publish it again")])
        try:
            return _stored(value)
        except UNREADABLE as error:
            raise CatalogError([((), f"version {hash[:SHORT]} can't be read: {error}")]) from None

    def snapshot(self, tenant: str, hash: str) -> Snapshot:
        """The catalog of a version; raises CatalogError where it is none, or is not what its key says."""
        stored = self.stored(tenant, hash)
        if stored.hash != hash:
            raise CatalogError(
                [((), f"its bytes have the hash {stored.hash[:SHORT]}, its key says {hash[:SHORT]}")]
            )
        snapshot = parse_json(bytes(stored.catalog))
        if snapshot.catalog.tenant != tenant:
            fault = f"is {snapshot.catalog.tenant}, its key says {tenant}"
            raise CatalogError([(("tenant",), fault)])
        return Snapshot(snapshot.catalog, hash)

    def book(self, tenant: str, hash: str) -> Book:
        """The same with its rules compiled; raises CatalogError where one is none."""
        return book(self.snapshot(tenant, hash))

    def _file(self, key: tuple[str, str], value: bytes | None) -> None:
        self._seen.pop(key, None)
        self.versions.pop(key, None)
        if value is not None:
            self.versions[key], self._seen[key] = value, time.monotonic()

    def _move(self, tenant: str, value: bytes | None) -> str:
        """A pointer that can't be read moves nothing."""
        try:
            pointer = _pointer(value) if value is not None else None
        except UNREADABLE as error:
            self.faults.append(f"the pointer of {tenant} can't be read: {error}")
            return ""
        self.pointers[tenant] = pointer
        self.moves.append(Moved(tenant, pointer))
        return tenant
