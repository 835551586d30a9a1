"""What was published for a tenant, as far as the topic remembers."""

from dataclasses import dataclass
from datetime import datetime

from schemas.catalog_file import CatalogError
from schemas.published import Pointer
from streams.catalogs.archive import Archive


@dataclass(frozen=True, slots=True)
class Published:
    """One time that a version was made to count."""

    hash: str
    by: str
    at: datetime
    note: str
    counts: bool


def history(archive: Archive, tenant: str) -> list[Published]:
    """The latest first. Old moves of the pointer are compacted away; first publications stay with their versions."""
    current = archive.current(tenant)
    moves = [each.pointer for each in archive.moves if each.tenant == tenant and each.pointer]
    found = {(each.at, each.hash): each for each in [*_first(archive, tenant), *moves]}
    latest = sorted(found.values(), key=lambda each: each.at, reverse=True)
    return [_told(each, each == current) for each in latest]


def resolve(archive: Archive, tenant: str, beginning: str) -> str:
    """The whole hash of a version; raises CatalogError where none, or more than one, begins so."""
    found = archive.hashes(tenant, beginning.lower())
    if len(found) == 1:
        return found[0]
    fault = (
        f"{len(found)} versions begin with {beginning}; give more of it"
        if found
        else _none(tenant, beginning)
    )
    raise CatalogError([((), fault)])


def _none(tenant: str, beginning: str) -> str:
    return f"no version of {tenant} begins with {beginning}; look at: intents catalog show --tenant {tenant} --history"


def _first(archive: Archive, tenant: str) -> list[Pointer]:
    """The first publication of each version that can be read."""
    found = []
    for hash in archive.hashes(tenant):
        try:
            stored = archive.stored(tenant, hash)
        except CatalogError:
            continue
        found.append(Pointer(hash, stored.previous, stored.by, stored.at, stored.note))
    return found


def _told(pointer: Pointer, counts: bool) -> Published:
    return Published(pointer.hash, pointer.by, pointer.at, pointer.note or "", counts)
