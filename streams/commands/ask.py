"""`intents ask`: one message scored, decided, explained."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec.structs import replace

from schemas.vocabulary import Channel, RiskClass
from streams.settings import SettingsError, read

if TYPE_CHECKING:
    from schemas.audit import Advice
    from streams.evaluation.asking import Asked
    from streams.evaluation.question import Question

STDIN = "-"
ADVISED = 3
BAR, BLOCK = 24, "\N{FULL BLOCK}"


@click.command()
@click.argument("text")
@click.option("--explain", is_flag=True, help="Say what each tier said, in the order they were asked in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, the explanation in it.")
@click.option("--bundle", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The bundle's folder (default: the one a worker would use).")  # fmt: skip
@click.option("--catalog", type=click.Path(path_type=Path, exists=True),
              help="A catalog, or a folder of them (default: INTENTS_CATALOG).")  # fmt: skip
@click.option("--tenant", help="Whose customer writes (default: default).")
@click.option("--channel", type=click.Choice([str(each) for each in Channel]), help="Where it was written.")
@click.option("--locale", help="Language tag such as en or de-AT.")
@click.option("--safety-mode", type=click.Choice([str(each) for each in RiskClass]),
              help="The highest risk that the caller allows.")  # fmt: skip
@click.option("--declared", metavar="INTENT", help="The intent, where the caller knows it.")
@click.option("--permission", "permissions", multiple=True, metavar="INTENT|RISK",
              help="What the caller may do beyond; counts from a trusted --sender only; repeatable.")  # fmt: skip
@click.option("--sender", default="", help="Who sends it, as in the header ce_source.")
@click.option("--signal", "signals", multiple=True, metavar="NAME=VALUE",
              help="What the channel knows beside the text; repeatable.")  # fmt: skip
@click.option("--fact", "facts", multiple=True, metavar="KIND.NAME=VALUE",
              help="What Redis would know: customer.tier=gold, system.agents=false, stock.4711=0.")  # fmt: skip
def ask(
    text: str,
    explain: bool,
    as_json: bool,
    bundle: Path | None,
    catalog: Path | None,
    tenant: str | None,
    channel: str | None,
    locale: str | None,
    safety_mode: str | None,
    declared: str | None,
    permissions: tuple[str, ...],
    sender: str,
    signals: tuple[str, ...],
    facts: tuple[str, ...],
) -> None:
    """Show what a worker would make of TEXT, with the time each stage took; - reads it from standard input.

    No broker is needed, nothing is kept. Values are JSON, or text as it stands.

    \b
    Examples:
      intents ask "my parcel never came, I want my money back" --explain
      intents ask --channel email --json - < mail.txt
      intents ask --tenant acme --fact system.agents=false --signal vip=true "call me back"
    """
    from schemas.messages import InboundMessage
    from streams.evaluation.question import AskError, question

    inbound = InboundMessage(
        _text(text),
        tenant=tenant,
        channel=Channel(channel) if channel else None,
        locale=locale,
        safety_mode=RiskClass(safety_mode) if safety_mode else None,
        intent=declared,
        permissions=permissions or None,
    )
    try:
        asked = _asked(question(inbound, sender, facts, signals), bundle, catalog)
    except AskError as error:
        raise SettingsError(f"this is no message: {error}") from None
    _tell(asked, explain, as_json)


def _text(given: str) -> str:
    """The words to look at; bytes that are no UTF-8 become question marks, as a message has none."""
    if given == STDIN:
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    return given.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _asked(question: "Question", bundle: Path | None, catalog: Path | None) -> "Asked":
    """The message on the worker's way, under the catalog that a worker here would have."""
    from streams.catalogs.files import load_catalogs
    from streams.evaluation.asking import ask as through
    from streams.evaluation.opening import candidate
    from streams.ready import prepare, taught_by
    from streams.scoring.reading import Reader

    settings = read()
    if catalog is not None:
        settings = replace(settings, catalog=str(catalog))
    catalogs = load_catalogs(settings)
    opened = candidate(settings, bundle, taught_by(catalogs))
    ready = prepare(settings, catalogs, opened.fresh())
    return through(question, ready.scorer, Reader(opened.bundle), ready.desk)


def _tell(asked: "Asked", explain: bool, as_json: bool) -> None:
    """What became of the message, what the model thought of it, why."""
    from streams.commands.tables import show

    if as_json:
        return click.echo(msgspec.json.format(msgspec.json.encode(asked)))
    show(("", "MESSAGE"), summary(asked))
    if asked.scores:
        click.echo()
        show(("LABEL", "CONFIDENCE", ""), opinions(asked, drawn=sys.stdout.isatty()))
    if explain:
        click.echo()
        show(("", "WHY"), [(each.about, each.words) for each in asked.explanation])


def summary(asked: "Asked") -> list[tuple[str, str]]:
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
