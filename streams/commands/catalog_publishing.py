"""`intents catalog publish | rollback | remove`: what changes what counts."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.catalog import SHORT
from streams.commands.catalogs import BY, FILE, NOTE, TENANT, counting, reading
from streams.settings import Settings, read

if TYPE_CHECKING:
    from schemas.catalog import Snapshot
    from streams.catalogs.archive import Archive


@click.command()
@click.argument("file", type=FILE)
@click.option("--expect", help="Only if this version counts now, by the beginning of its hash.")
@BY
@NOTE
def publish(file: Path, expect: str | None, by: str | None, note: str | None) -> None:
    """Make the catalog in FILE count for its tenant.

    It is compared and set: where somebody else publishes between our look and our word, nothing is changed. With
    --expect that holds from the moment on in which you took the version that you edited. Exits with 1 then.

    \b
    Example:
      intents catalog publish support.yaml --expect 3fa4c1 --note "refunds above 50 go to people"
    """
    from streams.catalogs.examination import rehearsed
    from streams.catalogs.files import snapshot_in

    snapshot, settings = snapshot_in(file), read()
    for warning in rehearsed(snapshot):
        click.echo(f"intents: warning: {warning.text}", err=True)
    with reading(settings) as archive:
        _publish(settings, archive, snapshot, expect, (by or _user(settings), note))


@click.command()
@TENANT
@click.option(
    "--to", "version", help="The version, by the beginning of its hash (default: what counted before)."
)
@BY
@NOTE
def rollback(tenant: str, version: str | None, by: str | None, note: str | None) -> None:
    """Make an earlier version count again; compared and set, as publishing is.

    \b
    Example:
      intents catalog rollback --tenant internal --note "too many went to people"
    """
    from schemas.catalog_file import CatalogError
    from streams.catalogs.history import resolve
    from streams.catalogs.publishing import Wish
    from streams.catalogs.publishing import publish as put

    settings = read()
    with reading(settings) as archive:
        counts = counting(archive, tenant)
        wanted = resolve(archive, tenant, version) if version else _before(archive, tenant)
        if wanted is None:
            raise CatalogError([((), f"nothing counted for {tenant} before; name a version: --to HASH")])
        archive.book(tenant, wanted)
        if wanted == counts:
            return click.echo(f"{wanted[:SHORT]} counts for {tenant} already")
        put(settings, Wish(tenant, wanted, counts, by or _user(settings), note))
        click.echo(f"{wanted[:SHORT]} counts for {tenant} again, instead of {counts[:SHORT]}")


@click.command()
@click.option("--tenant", required=True, help="Whose catalog.")
def remove(tenant: str) -> None:
    """Let a tenant have no catalog: its messages go to people, as unknown_tenant. Its versions stay.

    \b
    Example:
      intents catalog remove --tenant acme
    """
    from streams.catalogs.publishing import remove as take_away

    settings = read()
    with reading(settings) as archive:
        counts = counting(archive, tenant)
        take_away(settings, tenant, counts)
        click.echo(
            f"{tenant} is gone; to bring it back: intents catalog publish FILE ({counts[:SHORT]} counted)"
        )


def _publish(
    settings: Settings,
    archive: "Archive",
    snapshot: "Snapshot",
    expect: str | None,
    who: tuple[str, str | None],
) -> None:
    """Compare, set, say what counts now."""
    from streams.catalogs.publishing import Wish
    from streams.catalogs.publishing import publish as put

    tenant, pointer = snapshot.catalog.tenant, archive.current(snapshot.catalog.tenant)
    counts = pointer.hash if pointer else None
    if counts == snapshot.hash:
        return click.echo(f"{snapshot.hash[:SHORT]} counts for {tenant} already")
    expected = counts if expect is None or (counts or "").startswith(expect.lower()) else expect
    put(settings, Wish(tenant, snapshot.hash, expected, *who), snapshot)
    instead = f", instead of {counts[:SHORT]}" if counts else ""
    click.echo(f"{snapshot.hash[:SHORT]} counts for {tenant}{instead}")


def _before(archive: "Archive", tenant: str) -> str | None:
    """What counted before what counts."""
    pointer = archive.current(tenant)
    return pointer.previous if pointer else None


def _user(settings: Settings) -> str:
    """Who is logged in; a container may have no user's name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return settings.instance
