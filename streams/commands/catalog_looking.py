"""`intents catalog check | diff | show`: what looks at catalogs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.catalog import SHORT
from streams.commands.catalogs import FILE, TENANT, counting, nothing, reading
from streams.settings import read

if TYPE_CHECKING:
    from processors.book import Book
    from streams.catalogs.archive import Archive


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Look at catalogs in FILES before they are published.

    Whether they can be read, their rules compile, the bundle here knows their intents, their fitted confidences hold
    for it; a rule that can't be told of a message of which nothing is known is a warning. Exits with 1 when anything
    is wrong. No broker is asked.

    \b
    Example:
      intents catalog check support.yaml it-desk.yaml
    """
    from streams.catalogs.examination import examine
    from streams.commands.check import tell

    tell(examine(read(), files), as_json)


@click.command()
@click.argument("versions", nargs=-1)
@click.option("--tenant", help="Whose catalog (default: the file's tenant, else `default`).")
def diff(versions: tuple[str, ...], tenant: str | None) -> None:
    """Show what a version would change: intents, targets, risks, limits, rules.

    VERSIONS are files, or beginnings of hashes. One is held against what counts; two are held against each other;
    with none, what counts is held against what counted before it.

    \b
    Examples:
      intents catalog diff support.yaml
      intents catalog diff --tenant internal 3fa4c1 90be77
    """
    if len(versions) > 2:
        raise click.UsageError("two versions at most")
    from processors.differences import differences
    from streams.commands.tables import show

    settings = read()
    with reading(settings) as archive:
        old, new = _pair(archive, versions, tenant)
    found = differences(old, new)
    if not found:
        return click.echo("nothing that changes a decision")
    show(("WHAT", "IS", "BECOMES"), [(each.what, each.was, each.becomes) for each in found])


@click.command()
@click.argument("version", required=False)
@TENANT
@click.option("--history", "whole", is_flag=True, help="Show what was published, the latest first.")
def show(version: str | None, tenant: str, whole: bool) -> None:
    """Show the catalog that counts, or another VERSION by the beginning of its hash, as it can be published again.

    \b
    Examples:
      intents catalog show > support.yaml
      intents catalog show --tenant internal --history
    """
    from streams.catalogs.history import history, resolve
    from streams.commands import tables

    with reading(read()) as archive:
        if whole:
            found = history(archive, tenant)
            rows = [
                (
                    "counts" if each.counts else "",
                    each.hash[:SHORT],
                    f"{each.at:%Y-%m-%d %H:%M:%S}",
                    each.by,
                    each.note,
                )
                for each in found
            ]
            if not rows:
                raise nothing(tenant)
            return tables.show(("", "VERSION", "AT", "BY", "NOTE"), rows)
        hash = resolve(archive, tenant, version) if version else counting(archive, tenant)
        click.echo(_written(archive, tenant, hash), nl=False)


def _pair(
    archive: "Archive", versions: tuple[str, ...], tenant: str | None
) -> tuple["Book | None", "Book | None"]:
    """Which version is held against which."""
    books = [_named(archive, each, tenant) for each in versions]
    whose = tenant or (books[0].catalog.tenant if books else "default")
    if len(books) == 2:
        return books[0], books[1]
    pointer = archive.current(whose)
    counts = archive.book(whose, pointer.hash) if pointer else None
    if books:
        return counts, books[0]
    if pointer is None:
        raise nothing(whose)
    return archive.book(whose, pointer.previous) if pointer.previous else None, counts


def _named(archive: "Archive", version: str, tenant: str | None) -> "Book":
    """A file's catalog, or a published one."""
    from processors.book import book
    from streams.catalogs.files import snapshot_in
    from streams.catalogs.history import resolve

    path = Path(version)
    if path.is_file():
        return book(snapshot_in(path))
    whose = tenant or "default"
    return archive.book(whose, resolve(archive, whose, version))


def _written(archive: "Archive", tenant: str, hash: str) -> str:
    """A version as YAML, with what is known of it above."""
    from schemas.catalog_writing import write

    stored = archive.stored(tenant, hash)
    note = f": {stored.note}" if stored.note else ""
    said = f"{hash}\nfirst published by {stored.by} at {stored.at:%Y-%m-%d %H:%M:%S} UTC{note}"
    return write(archive.snapshot(tenant, hash).catalog, said)
