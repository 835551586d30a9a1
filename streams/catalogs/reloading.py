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
        pointers = {tenant: each for tenant, each in sorted(archive.pointers.items()) if each}
        if not self._take_all(archive, pointers):
            for tenant, pointer in pointers.items():
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

    def _take_all(self, archive: Archive, pointers: dict[str, Pointer]) -> bool:
        """Make every version count at once: one by one what several tenants need would be loaded for each."""
        began = time.monotonic()
        try:
            counts = {tenant: archive.snapshot(tenant, each.hash) for tenant, each in pointers.items()}
            self._current.ready = self._preparing.ready([*counts.values()])
        except Exception:
            # Which of them it is, and why, is told when each is tried alone.
            return False
        new = [tenant for tenant, each in pointers.items() if not self._has(tenant, each)]
        self._counts = counts
        for tenant in new:
            self._tell(tenant, pointers[tenant], time.monotonic() - began)
        return True

    def _takes(self, archive: Archive, tenant: str, pointer: Pointer) -> bool:
        """Make a version count if it can be used; whether it does."""
        if self._has(tenant, pointer):
            return True
        began = time.monotonic()
        try:
            snapshot = archive.snapshot(tenant, pointer.hash)
            ready = self._preparing.ready([*(self._counts | {tenant: snapshot}).values()])
        except Exception as error:
            # Whatever is wrong with what somebody published, the worker goes on with what it has.
            return self._takes_together(archive, tenant) or self._refuse(tenant, pointer, error)
        self._counts[tenant] = snapshot
        self._current.ready = ready
        self._tell(tenant, pointer, time.monotonic() - began)
        return True

    def _tell(self, tenant: str, pointer: Pointer, seconds: float) -> None:
        """Say what counts from here on, how long it took to make ready."""
        self._told.catalog_counts(tenant, pointer.hash)
        said = {**_named(tenant, pointer), "ms": round(seconds * 1000, 1)}
        log.info("a catalog counts", extra=said)

    def _takes_together(self, archive: Archive, tenant: str) -> bool:
        """Whether a version counts with those that were refused: what two tenants share changes in both or in none."""
        pointers = {name: each for name, each in archive.pointers.items() if each}
        others = [name for name, each in pointers.items() if name != tenant and not self._has(name, each)]
        return bool(others) and self._counts.keys() <= pointers.keys() and self._take_all(archive, pointers)

    def _has(self, tenant: str, pointer: Pointer) -> bool:
        """Whether what a pointer names counts."""
        return tenant in self._counts and self._counts[tenant].hash == pointer.hash

    def _refuse(self, tenant: str, pointer: Pointer, error: Exception) -> bool:
        expected = isinstance(error, CatalogError | SettingsError)
        self._told.catalog_refused(tenant)
        log.error(
            "a catalog is refused, the last good one stays: %s",
            error,
            exc_info=None if expected else error,
            extra=_named(tenant, pointer),
        )
        return False

    def _let_go(self, tenant: str) -> None:
        """A tenant that was removed is unknown from here on; the last one stays, or nobody could be answered."""
        self._late.pop(tenant, None)
        if tenant not in self._counts:
            return
        rest = [each for name, each in self._counts.items() if name != tenant]
        if not rest:
            return log.error("the catalog of the last tenant was removed: it stays", extra={"tenant": tenant})
        try:
            self._current.ready = self._preparing.ready(rest)
        except Exception as error:
            return log.error(
                "a catalog can't be removed: %s", error, exc_info=error, extra={"tenant": tenant}
            )
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
    return {"tenant": tenant, "catalog": pointer.hash, "by": pointer.by}
