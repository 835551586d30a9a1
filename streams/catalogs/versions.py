"""The version of a catalog that something was decided under."""

from processors.book import Book, book
from schemas.audit import AuditRecord
from schemas.catalog import Snapshot
from schemas.catalog_file import CatalogError
from streams.catalogs.files import load_catalogs
from streams.catalogs.topic import read
from streams.operations.admin import BrokerError
from streams.settings import Settings, SettingsError


def book_of(settings: Settings, line: AuditRecord) -> Book | None:
    """The catalog of an audit record with its limits as they were; None where it is kept nowhere any more."""
    if not line.catalog or line.tenant is None:
        return None
    found = _in_files(settings, line.tenant, line.catalog) or _on_topic(settings, line.tenant, line.catalog)
    # Fitted limits count under the bundle they were fitted for, which is the broad one where two were asked.
    model = line.opinions[0].model if line.opinions else line.model
    try:
        return book(found, model or "") if found else None
    except CatalogError:
        return None


def _in_files(settings: Settings, tenant: str, wanted: str) -> Snapshot | None:
    """A file that can't be read is no reason not to look further."""
    try:
        catalogs = load_catalogs(settings)
    except SettingsError:
        return None
    return next((each for each in catalogs if (each.catalog.tenant, each.hash) == (tenant, wanted)), None)


def _on_topic(settings: Settings, tenant: str, wanted: str) -> Snapshot | None:
    try:
        return read(settings).snapshot(tenant, wanted)
    except (CatalogError, BrokerError):
        return None
