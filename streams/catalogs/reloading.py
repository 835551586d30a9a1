"""Putting in place what the catalog topic says, as far as it can be used."""

import logging
import time
from collections.abc import Iterator
from typing import Protocol

from schemas.catalog import Snapshot
from schemas.catalog_file import CatalogError
from schemas.published import Pointer
from streams.catalogs.archive import Archive
from streams.ready import Current, Preparing
from streams.settings import SettingsError

# Version and pointer become visible within milliseconds of each other.
LATE_S = 5.0

log = logging.getLogger("intents.catalogs")


class Told(Protocol):
    """Who wants to know what became of a version."""

    def catalog_counts(self, tenant: str, version: str) -> None: ...
    def catalog_gone(self, tenant: str) -> None: ...
    def catalog_refused(self, tenant: str) -> None: ...


class Reloading:
    """What counts for each tenant; a version that can't be used leaves the one before in its place.

    Everything is made ready beside what counts, then swapped in one go: a batch that began keeps what it has.
    """

    def __init__(self, preparing: Preparing, current: Current, told: Told) -> None:
        """Nothing counts yet."""
        self._preparing = preparing
        self._current = current
        self._told = told
        self._counts: dict[str, Snapshot] = {}
        self._late: dict[str, float] = {}

    def begin(self, archive: Archive) -> None:
        """Each tenant's version, or where that can't be used the nearest before it; raises SettingsError for none."""
        for tenant, pointer in sorted(archive.pointers.items()):
            if pointer is not None:
                any(self._takes(archive, tenant, each) for each in _chain(archive, tenant, pointer))
        if not self._counts:
            raise SettingsError(
                "no tenant has a catalog that can be used; run: intents catalog check FILE, then "
                "intents catalog publish FILE"
            )

    def follow(self, archive: Archive, moved: set[str]) -> None:
        """What the pointers say that moved, what is still awaited."""
        for tenant in moved | self._late.keys():
            pointer = archive.current(tenant)
            if pointer is None:
                self._let_go(tenant)
            elif (tenant, pointer.hash) in archive.versions or self._too_late(tenant):
                self._late.pop(tenant, None)
                self._takes(archive, tenant, pointer)

    def _takes(self, archive: Archive, tenant: str, pointer: Pointer) -> bool:
        """Make a version count if it can be used; whether it does."""
        if tenant in self._counts and self._counts[tenant].hash == pointer.hash:
            return True
        began = time.monotonic()
        try:
            snapshot = archive.snapshot(tenant, pointer.hash)
            ready = self._preparing.ready([*(self._counts | {tenant: snapshot}).values()])
        except Exception as error:
            # Whatever is wrong with what somebody published, the worker goes on with what it has.
            self._refuse(tenant, pointer, error)
            return False
        self._counts[tenant] = snapshot
        self._current.ready = ready
        self._told.catalog_counts(tenant, pointer.hash)
        took = round((time.monotonic() - began) * 1000, 1)
        log.info("a catalog counts", extra={**_named(tenant, pointer), "by": pointer.by, "ms": took})
        return True

    def _refuse(self, tenant: str, pointer: Pointer, error: Exception) -> None:
        expected = isinstance(error, CatalogError | SettingsError)
        self._told.catalog_refused(tenant)
        log.error(
            "a catalog is refused, the last good one stays: %s",
            error,
            exc_info=None if expected else error,
            extra={**_named(tenant, pointer), "by": pointer.by},
        )

    def _let_go(self, tenant: str) -> None:
        """A tenant that was removed is unknown from here on; the last one stays, or nobody could be answered."""
        self._late.pop(tenant, None)
        if tenant not in self._counts:
            return
        rest = [each for name, each in self._counts.items() if name != tenant]
        if not rest:
            return log.error("the catalog of the last tenant was removed: it stays", extra={"tenant": tenant})
        self._current.ready = self._preparing.ready(rest)
        del self._counts[tenant]
        self._told.catalog_gone(tenant)
        log.warning("a catalog was removed", extra={"tenant": tenant})

    def _too_late(self, tenant: str) -> bool:
        """Whether a version was awaited for long enough."""
        return time.monotonic() - self._late.setdefault(tenant, time.monotonic()) > LATE_S


def _chain(archive: Archive, tenant: str, pointer: Pointer) -> Iterator[Pointer]:
    """The version that counts, what counted before it, and so on, as far as the topic remembers."""
    seen: set[str] = set()
    at: Pointer | None = pointer
    while at is not None and at.hash not in seen:
        seen.add(at.hash)
        yield at
        at = _before(archive, tenant, at)


def _before(archive: Archive, tenant: str, pointer: Pointer) -> Pointer | None:
    """What counted before a version; of one further back only its own record tells it."""
    if pointer.previous is None:
        return None
    try:
        stored = archive.stored(tenant, pointer.previous)
    except CatalogError:
        return None
    return Pointer(pointer.previous, stored.previous, stored.by, stored.at, stored.note)


def _named(tenant: str, pointer: Pointer) -> dict[str, str]:
    return {"tenant": tenant, "catalog": pointer.hash}
