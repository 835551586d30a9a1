"""What the commands about catalogs share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.settings import Settings

if TYPE_CHECKING:
    from streams.catalogs.archive import Archive

TENANT = click.option("--tenant", default="default", show_default=True, help="Whose catalog.")
BY = click.option("--by", help="Who does it, for the record (default: the user's name here).")
NOTE = click.option("--note", help="Why, for the record.")
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@contextmanager
def reading(settings: Settings) -> Iterator["Archive"]:
    """What is on the topic; whatever can't be done with it is one line."""
    from schemas.catalog_file import CatalogError
    from streams.catalogs.publishing import PublishedMeanwhile
    from streams.catalogs.topic import read as read_topic
    from streams.commands.plainly import plainly
    from streams.operations.admin import connect, in_one_line

    with plainly(), in_one_line("asking for the catalogs"):
        connect(settings)
        archive = read_topic(settings)
        for fault in archive.faults:
            click.echo(f"intents: {fault}", err=True)
        try:
            yield archive
        except (CatalogError, PublishedMeanwhile) as error:
            click.echo(f"intents: {error}", err=True)
            raise SystemExit(1) from None


def counting(archive: "Archive", tenant: str) -> str:
    """The hash of the version that counts for a tenant."""
    pointer = archive.current(tenant)
    if pointer is None:
        raise nothing(tenant)
    return pointer.hash


def nothing(tenant: str) -> Exception:
    """That a tenant has no catalog, with the remedy."""
    from schemas.catalog_file import CatalogError

    fault = f"nothing is published for {tenant}; run: intents catalog publish FILE, or start a worker"
    return CatalogError([((), fault)])
