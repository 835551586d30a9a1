"""`intents check`: say what is wrong, each fault in one line with the remedy."""

from typing import TYPE_CHECKING

import click

from streams.settings import Settings, SettingsError, read, unknown

if TYPE_CHECKING:
    from streams.operations.findings import Finding

HEADER = ("STATE", "PART", "WHAT")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option(
    "--accept-rejections",
    is_flag=True,
    help="Let partitions go on that too many rejections have stopped; the dead letters stay where they are.",
)
def check(as_json: bool, accept_rejections: bool) -> None:
    """Look at settings, broker, rights, topics, guard, published catalogs, Redis, bundle, the files' catalogs.

    One line for each part that is well, one with the remedy for each fault. Exits with 1 when anything is
    wrong.

    \b
    Example:
      INTENTS_BROKERS=localhost:9092 intents check
    """
    try:
        settings = read()
    except SettingsError as error:
        from streams.operations.findings import Finding

        return tell([Finding("settings", "wrong", str(error))], as_json)
    if accept_rejections:
        return _accept(settings)
    from streams.operations.inspection import inspect

    tell(inspect(settings, unknown()), as_json)


def tell(findings: "list[Finding]", as_json: bool) -> None:
    import msgspec

    from streams.commands.tables import show

    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings)))
    else:
        show(HEADER, [(each.state, each.part, each.text) for each in findings])
    if any(each.state == "wrong" for each in findings):
        raise SystemExit(1)


def _accept(settings: Settings) -> None:
    """Lift the halts, saying for each how many dead letters were accepted with it."""
    from streams.commands.plainly import plainly
    from streams.operations.admin import connect, in_one_line
    from streams.operations.halts import halts, lift, rejected_before

    with plainly(), in_one_line("accepting the rejections"):
        connect(settings)
        found = halts(settings)
        if not found:
            return click.echo("no partition was stopped")
        counts = rejected_before(settings, found)
        lift(settings, found)
    for halt in found:
        click.echo(
            f"{halt.topic}/{halt.partition} goes on at offset {halt.offset}; accepted with it: "
            f"{counts[halt]} dead letters of the day before {halt.since}"
        )
