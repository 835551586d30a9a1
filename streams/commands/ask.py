"""`intents ask`: one message scored, decided, explained."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.vocabulary import Channel
from streams.settings import SettingsError, read

if TYPE_CHECKING:
    from schemas.audit import Advice
    from streams.evaluation.asking import Asked

STDIN = "-"
ADVISED = 3
BAR, BLOCK = 24, "\N{FULL BLOCK}"


@click.command()
@click.argument("text")
@click.option("--bundle", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The bundle's folder (default: the one a worker would use).")  # fmt: skip
@click.option("--channel", type=click.Choice([str(each) for each in Channel]), help="Where it was written.")
@click.option("--locale", help="Language tag such as en or de-AT.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ask(text: str, bundle: Path | None, channel: str | None, locale: str | None, as_json: bool) -> None:
    """Show what a worker would make of TEXT, with the time each stage took; - reads it from standard input.

    No broker is needed, nothing is kept.

    \b
    Examples:
      intents ask "my parcel never came, I want my money back"
      intents ask --channel email --json - < mail.txt
    """
    asked = _asked(_text(text), bundle, channel, locale)
    if as_json:
        import msgspec

        return click.echo(msgspec.json.format(msgspec.json.encode(asked)))
    _show(asked)


def _text(given: str) -> str:
    """The words to look at; bytes that are no UTF-8 become question marks, as a message has none."""
    if given == STDIN:
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    return given.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _asked(text: str, bundle: Path | None, channel: str | None, locale: str | None) -> "Asked":
    """The message on the worker's way, under the catalog that a worker here would have."""
    from schemas.messages import InboundMessage
    from streams.catalogs.files import load_catalogs
    from streams.evaluation.asking import AskError
    from streams.evaluation.asking import ask as through
    from streams.evaluation.opening import candidate
    from streams.ready import prepare, taught_by
    from streams.scoring.reading import Reader

    settings = read()
    catalogs = load_catalogs(settings)
    opened = candidate(settings, bundle, taught_by(catalogs))
    ready = prepare(settings, catalogs, opened.fresh())
    inbound = InboundMessage(text, channel=Channel(channel) if channel else None, locale=locale)
    try:
        return through(inbound, ready.scorer, Reader(opened.bundle), ready.desk)
    except AskError as error:
        raise SettingsError(f"this is no message: {error}") from None


def _show(asked: "Asked") -> None:
    """What became of the message, then what the model thought of it."""
    from streams.commands.tables import show

    show(("", "MESSAGE"), facts(asked))
    if asked.scores:
        click.echo()
        show(("LABEL", "CONFIDENCE", ""), opinions(asked, drawn=sys.stdout.isatty()))


def facts(asked: "Asked") -> list[tuple[str, str]]:
    """The message with its decision, a line each."""
    stages = asked.milliseconds
    told = [
        ("text", " ".join(asked.text.split())),
        ("decision", f"{asked.kind}, {asked.reason}, by {asked.decided_by}"),
        ("target", f"{asked.target.kind} {asked.target.name}" if asked.target else ""),
        ("intent", asked.intent or ""),
        ("confidence", "" if asked.confidence is None else f"{asked.confidence:.6f}"),
        ("margin", "" if asked.margin is None else f"{asked.margin:.6f}"),
        ("risk", asked.risk or ""),
        ("scored by", asked.stage or ""),
        ("failed", asked.failed or ""),
        ("flags", ", ".join(asked.flags)),
        ("model", asked.model or ""),
        *[("opinion", advice(each)) for each in asked.opinions],
        (
            "time",
            f"tokenise {stages.tokenise:.2f} ms, network {stages.network:.2f} ms, decide {stages.decide:.2f} ms",
        ),
    ]
    return [(name, value) for name, value in told if value]


def advice(said: "Advice") -> str:
    """What one of several bundles said, in a line."""
    best = ", ".join(f"{each.intent} {each.confidence:.6f}" for each in said.ranked[:ADVISED])
    return f"{said.model} on {said.domain or 'everything'}: {best or said.failed}"


def opinions(asked: "Asked", drawn: bool) -> list[tuple[str, str, str]]:
    """The best labels, with bars where they are drawn."""
    return [
        (each.intent, f"{each.confidence:.6f}", BLOCK * round(each.confidence * BAR) if drawn else "")
        for each in asked.scores
    ]
