"""`intents redrive`: send dead letters back to where they came from."""

import sys
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click

from schemas.vocabulary import Cause
from streams.commands.moment import Moment
from streams.settings import read

if TYPE_CHECKING:
    from streams.operations.letters import Letter
    from streams.operations.redriving import Redrive

HEADER = ("SOURCE", "REJECTED", "CAUSE", "DETAIL")
SHOWN = 20


@click.command()
@click.option(
    "--cause",
    "causes",
    multiple=True,
    type=click.Choice([str(cause) for cause in Cause]),
    help="Only with this cause; may be given more than once.",
)
@click.option("--since", type=Moment(), help="Only rejected since then: RFC 3339, or 30m, 2h, 7d ago.")
@click.option("--topic", help="Only from this topic.")
@click.option("--partition", type=click.IntRange(0), help="Only from this partition of it.")
@click.option("--offset", type=click.IntRange(0), help="Only the record that had this offset there.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, the oldest of each partition first.")
@click.option("--dry-run", is_flag=True, help="Show which, send nothing.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
def redrive(
    causes: tuple[str, ...],
    since: datetime | None,
    topic: str | None,
    partition: int | None,
    offset: int | None,
    limit: int | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Send chosen dead letters back to the topic they came from, as they were, flagged as redriven.

    Each goes back at most once, also when this command is killed and run again; what is not chosen stays for
    another run. A letter that is rejected again becomes a new dead letter, which may be sent back again.

    \b
    Example:
      intents redrive --cause step_failed --since 2h --dry-run
      intents redrive --topic messages.inbound --partition 3 --offset 812 --yes
    """
    from streams.commands.plainly import plainly
    from streams.operations.admin import connect, in_one_line, topics
    from streams.operations.letters import Choice
    from streams.operations.redriving import Redrive

    settings = read()
    choice = Choice(frozenset(causes), since, topic, partition, offset)
    with plainly(), in_one_line("redriving"):
        redriving = Redrive(settings, topics(connect(settings)))
        chosen = redriving.choose(choice)
        letters = _sendable(redriving, chosen, limit)
        _tell_hindered(redriving, chosen)
        _tell_chosen(letters)
        if letters and not dry_run and _agreed(len(letters), yes):
            # Looked at again: until now another run may have sent some, from now on none can.
            redriving.begin()
            _send(redriving, _sendable(redriving, redriving.choose(choice), limit))


def _sendable(redriving: "Redrive", chosen: "list[Letter]", limit: int | None) -> "list[Letter]":
    return [each for each in chosen if not redriving.hindrance(each)][:limit]


def _tell_chosen(letters: "list[Letter]") -> None:
    """The first of them one by one, all of them by cause."""
    from streams.commands.tables import show

    if not letters:
        return click.echo("no dead letters to send back")
    show(HEADER, [_row(each) for each in letters[:SHOWN]])
    by_cause = Counter(each.cause for each in letters)
    click.echo(f"{len(letters)} in all: " + ", ".join(f"{n} {cause}" for cause, n in by_cause.most_common()))


def _row(each: "Letter") -> tuple[str, ...]:
    return _place(each), each.rejected_at.isoformat(timespec="seconds"), each.cause, each.detail


def _place(each: "Letter") -> str:
    return f"{each.source.topic}/{each.source.partition}/{each.source.offset}"


def _tell_hindered(redriving: "Redrive", chosen: "list[Letter]") -> None:
    for why, count in Counter(filter(None, map(redriving.hindrance, chosen))).items():
        click.echo(f"{count} can't be sent back: {why}", err=True)


def _agreed(count: int, yes: bool) -> bool:
    """Ask before anything moves; a pipe can't be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        click.echo("intents: nothing was sent, since nobody can be asked here; add --yes", err=True)
        raise SystemExit(1)
    return click.confirm(f"Send these {count} back?")


def _send(redriving: "Redrive", letters: "list[Letter]") -> None:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("sending back", total=len(letters))
        refused = redriving.send(letters, lambda count: progress.advance(task, count))
    for each, why in refused:
        click.echo(
            f"intents: {each.source.topic}/{each.source.partition}/{each.source.offset}: {why}", err=True
        )
    click.echo(f"{len(letters) - len(refused)} went back")
    if refused:
        raise SystemExit(1)
