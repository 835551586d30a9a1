"""`intents catalog`: look at catalogs, make others count."""

import click

from streams.commands.catalog_looking import check, diff, show
from streams.commands.catalog_publishing import publish, remove, rollback


@click.group()
def catalog() -> None:
    """Look at catalogs, change what counts while workers run.

    Every version stays on the topic `catalog`; one of each tenant counts. Workers take up another within a second.

    \b
    Example:
      intents catalog show > mine.yaml        # edit it, then:
      intents catalog check mine.yaml && intents catalog diff mine.yaml && intents catalog publish mine.yaml
    """


for command in (check, diff, publish, show, rollback, remove):
    catalog.add_command(command)
