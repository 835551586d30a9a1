"""`intents topics`: show the topics, make those that are missing."""

from typing import TYPE_CHECKING

import click

from streams.settings import read

if TYPE_CHECKING:
    from streams.operations.topology import Compared

DAY_MS = 24 * 3600 * 1000
HEADER = ("STATE", "TOPIC", "PARTITIONS", "RETENTION", "CLEANUP", "MAX BYTES", "COMPRESSION", "CARRIES")


@click.command()
@click.option("--create", "making", is_flag=True, help="Make what is missing; what exists is left as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def topics(making: bool, as_json: bool) -> None:
    """Show every topic with its settings, wanted and found.

    With --create what is missing is made, with INTENTS_PARTITIONS partitions and INTENTS_REPLICAS replicas,
    and an audit topic with fewer partitions than its lanes grows. Exits with 1 when something is missing or
    wrong and --create was not given.

    \b
    Example:
      INTENTS_PARTITIONS=24 INTENTS_REPLICAS=3 intents topics --create
    """
    from streams.commands.plainly import plainly
    from streams.operations.admin import connect, found_topics, in_one_line
    from streams.operations.creating import create
    from streams.operations.topology import compare, names

    settings = read()
    with plainly(), in_one_line("asking for the topics"):
        client = connect(settings)
        compared = compare(settings, found_topics(client, names(settings)))
        if making:
            with in_one_line("making topics"):
                made = create(client, settings, compared)
            compared = compare(settings, found_topics(client, names(settings)))
            click.echo(f"made: {', '.join(made) or 'nothing, all topics are there'}", err=True)
    _show(compared, as_json)
    if any(each.faults for each in compared) and not making:
        raise SystemExit(1)


def _show(compared: "list[Compared]", as_json: bool) -> None:
    from streams.commands.tables import show

    if as_json:
        return click.echo(_json(compared))
    show(HEADER, [row(each) for each in compared])
    for fault in (fault for each in compared for fault in each.faults):
        click.echo(f"intents: {fault}", err=True)


def row(each: "Compared") -> tuple[str, ...]:
    """A topic in words, one for each column."""
    from streams.operations.topology import SHOWN

    partitions = each.found.partitions if each.found else each.partitions
    cells = (cell(each, key) for key in SHOWN)
    return each.state, each.name, str(partitions), *cells, each.topic.carries


def cell(each: "Compared", key: str) -> str:
    """What was found, with what is wanted beside it where that is something else."""
    wanted = each.config.get(key)
    found = each.found.config.get(key) if each.found else wanted
    shown = _words(key, found or "-")
    return shown if wanted in (None, found) else f"{shown} (wanted {_words(key, wanted or '-')})"


def _words(key: str, value: str) -> str:
    """Milliseconds as days: nobody reads 15811200000."""
    if key != "retention.ms" or not value.lstrip("-").isdigit():
        return value
    return "forever" if int(value) < 0 else f"{int(value) / DAY_MS:g}d"


def _json(compared: "list[Compared]") -> str:
    import msgspec

    rows = [
        {
            "topic": each.name,
            "carries": each.topic.carries,
            "state": each.state,
            "partitions": {"wanted": each.partitions, "found": each.found.partitions if each.found else None},
            "settings": {
                key: {"wanted": value, "found": each.found.config.get(key) if each.found else None}
                for key, value in each.config.items()
            },
            "faults": list(each.faults),
        }
        for each in compared
    ]
    return msgspec.json.format(msgspec.json.encode(rows)).decode()
