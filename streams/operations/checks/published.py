"""The look at the catalog topic: which version of each tenant's catalog counts."""

from collections.abc import Mapping

from schemas.catalog import SHORT, Snapshot
from schemas.catalog_file import CatalogError
from schemas.published import Pointer
from schemas.topics import CATALOG
from streams.catalogs.archive import Archive
from streams.catalogs.files import load_catalogs
from streams.catalogs.topic import read
from streams.operations.admin import BrokerError, Found, Operations
from streams.operations.checks import rights
from streams.operations.findings import Finding
from streams.settings import Settings, SettingsError

PART = "published"


def look(settings: Settings, found: Mapping[str, Found], allowed: Mapping[str, Operations]) -> list[Finding]:
    """A line for each tenant; a topic that is missing or hidden is told elsewhere."""
    if settings.topic_prefix + CATALOG not in found:
        return []
    try:
        archive = read(settings)
    except BrokerError as error:
        return [Finding(PART, "unknown", str(error))]
    seeds = _seeds(settings)
    faults = [Finding(PART, "wrong", f"{fault}; publish again") for fault in archive.faults]
    if not all(archive.knows(tenant) for tenant in seeds):
        faults += [Finding(PART, "wrong", each) for each in _unable(settings, allowed)]
    tenants = sorted({*archive.pointers, *seeds})
    return [*faults, *(_tenant(archive, tenant, seeds.get(tenant)) for tenant in tenants)]


def _unable(settings: Settings, allowed: Mapping[str, Operations]) -> list[str]:
    """What keeps a worker from publishing the files' catalogs."""
    topic = settings.topic_prefix + CATALOG
    faults = rights.beginning(settings, f"{topic}-")
    if "WRITE" not in allowed.get(topic, ()):
        faults.append(f"may not WRITE topic {topic}; run: {rights.GRANT} --operation WRITE --topic {topic}")
    return [f"{fault}; or publish the files' catalogs as somebody who may" for fault in faults]


def _seeds(settings: Settings) -> dict[str, Snapshot]:
    """The catalogs in files; where they can't be read, that is told with them."""
    try:
        return {each.catalog.tenant: each for each in load_catalogs(settings)}
    except SettingsError:
        return {}


def _tenant(archive: Archive, tenant: str, seed: Snapshot | None) -> Finding:
    pointer = archive.current(tenant)
    if pointer is None:
        text = (
            "was removed"
            if archive.knows(tenant)
            else "none yet; the next worker to start publishes the file's"
        )
        return Finding(PART, "ok", f"tenant {tenant}: {text}")
    told = f"tenant {tenant}: {pointer.hash[:SHORT]}, by {pointer.by} at {pointer.at:%Y-%m-%d %H:%M:%S} UTC"
    fault = _fault(archive, tenant, pointer)
    if fault:
        remedy = f"workers go on with the one before; run: intents catalog rollback --tenant {tenant}"
        return Finding(PART, "wrong", f"{told}, can't be used: {fault}; {remedy}")
    other = f"; the file's is another ({seed.hash[:SHORT]})" if seed and seed.hash != pointer.hash else ""
    return Finding(PART, "ok", told + other)


def _fault(archive: Archive, tenant: str, pointer: Pointer) -> str:
    """Why the version that counts can't be used, as far as can be told without the bundle."""
    try:
        archive.book(tenant, pointer.hash)
    except CatalogError as error:
        return " ".join(str(error).split())
    return ""
