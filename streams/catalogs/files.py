"""The catalogs that a file, or a folder of files, holds."""

from collections.abc import Iterable, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from processors.book import book
from schemas.catalog import Snapshot
from schemas.catalog_file import CatalogError, parse
from streams.settings import Settings, SettingsError

SUFFIXES = (".yaml", ".yml")


def load_catalogs(settings: Settings) -> tuple[Snapshot, ...]:
    """The catalogs that the settings name, else those that ship, one for each tenant."""
    if settings.catalog:
        return read(Path(settings.catalog))
    return read(resources.files("schemas") / "catalogs")


def read(path: Path | Traversable) -> tuple[Snapshot, ...]:
    """The catalog of a file, or those of every file of a folder; raises SettingsError where one can't be used."""
    found = [snapshot_of(each) for each in _files(path)]
    if not found:
        raise SettingsError(f"INTENTS_CATALOG={path} holds no {' or '.join(SUFFIXES)} file")
    return _apart(path, found)


def snapshot_of(path: Path | Traversable) -> Snapshot:
    """The catalog of a file that a setting names."""
    try:
        return snapshot_in(path)
    except SettingsError as error:
        raise SettingsError(f"INTENTS_CATALOG={error}") from None


def snapshot_in(path: Path | Traversable) -> Snapshot:
    """The catalog of a file, whose rules compile too; raises SettingsError where it can't be used."""
    try:
        text = path.read_text(encoding="utf-8")
        snapshot = parse(text)
        book(snapshot, text=text)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{path} can't be read: {why}") from None
    except CatalogError as error:
        raise SettingsError(f"{path}: {error}") from None
    return snapshot


def _files(path: Path | Traversable) -> Iterable[Path | Traversable]:
    if not path.is_dir():
        return [path]
    return sorted(
        (each for each in path.iterdir() if each.name.endswith(SUFFIXES)), key=lambda each: each.name
    )


def _apart(path: Path | Traversable, found: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """One catalog a tenant."""
    tenants = [each.catalog.tenant for each in found]
    twice = sorted({tenant for tenant in tenants if tenants.count(tenant) > 1})
    if twice:
        raise SettingsError(f"INTENTS_CATALOG={path}: two files are of tenant {', '.join(twice)}; keep one")
    return tuple(found)
