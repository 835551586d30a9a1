"""`intents thresholds`: confidences that keep a promise."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.vocabulary import RiskClass
from streams.settings import SettingsError, read

if TYPE_CHECKING:
    from streams.evaluation.labelled import Messages
    from streams.evaluation.promising import Report, Wanted
    from streams.evaluation.routes import Way

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def thresholds() -> None:
    """Choose how sure the machine must be."""


@thresholds.command()
@click.option("--error", "errors", multiple=True, default=("0.02",), show_default=True,
              help="Share of routes that may be wrong; CLASS=SHARE for a class apart.")  # fmt: skip
@click.option("--confidence", "certainty", default=0.95, show_default=True,
              type=click.FloatRange(0, 1, min_open=True, max_open=True),
              help="How certain each promise is.")  # fmt: skip
@click.option(
    "--family", "together", is_flag=True, help="Make all promises hold at once, not each by itself."
)
@click.option("--bundle", type=FOLDER, help="The bundle's folder (default: the one a worker would use).")
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True,
              help="A folder with SPLIT.jsonl, or one such file; each line an object with text, intent.")  # fmt: skip
@click.option("--split", default="valid", show_default=True, help="Which file of the folder.")
@click.option("--then", "held_out", metavar="SPLIT", help="Show the effect on another file of it too.")
@click.option("--catalog", type=FILE, help="The catalog's file (default: the one a worker would use).")
@click.option("--tenant", default="default", show_default=True, help="Whose catalog.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--into", type=FILE, help="Put what was promised into this catalog's file, as its fitted block."
)
def fit(
    errors: tuple[str, ...], certainty: float, together: bool, bundle: Path | None, data: Path, split: str,
    held_out: str | None, catalog: Path | None, tenant: str, as_json: bool, into: Path | None,
) -> None:  # fmt: skip
    """Find the loosest confidence of each risk class at which few enough routes are wrong, with a promise.

    Of the classes network and delegated half of --error may be wrong, of destructive a quarter, unless told apart. An
    intent with 150 messages or more is promised by itself. Take messages that the bundle neither learnt nor was
    chosen on, drawn as the customers' are.

    \b
    Examples:
      intents thresholds fit --data my-messages --split labelled
      intents thresholds fit --error 0.02 --error destructive=0.002 --data my-messages --into acme.yaml
    """
    from streams.evaluation.promising import Wanted

    error, apart = _errors(errors)
    wanted = Wanted(error, certainty, apart, together)
    messages = _messages(data, split)
    others = [_messages(data, held_out)] if held_out else []
    way = _way(bundle, catalog or into, tenant)
    report = _fitted(way, wanted, [messages, *others])
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(report)))
    else:
        _tell(report, way, messages)
    if into:
        _put(report, into)


def _errors(given: tuple[str, ...]) -> tuple[float, dict[RiskClass, float]]:
    """The share that may be wrong, with those of classes apart; a riskier class may not have more."""
    base, apart = 0.02, dict[RiskClass, float]()
    for each in given:
        name, _, share = each.rpartition("=")
        try:
            value = float(share)
            risk = RiskClass(name) if name else None
        except ValueError:
            raise click.UsageError(
                f"--error {each}: write SHARE or one of {', '.join(RiskClass)}=SHARE"
            ) from None
        if not 0 < value < 1:
            raise click.UsageError(f"--error {each}: a share lies between 0 and 1")
        if risk is None:
            base = value
        else:
            apart[risk] = value
    return base, _rising(apart)


def _rising(apart: dict[RiskClass, float]) -> dict[RiskClass, float]:
    """The same shares, by risk."""
    ordered = [risk for risk in RiskClass if risk in apart]
    for lower, higher in pairwise(ordered):
        if apart[higher] > apart[lower]:
            raise click.UsageError(
                f"--error: {higher} is riskier than {lower}, so no more of it may be wrong"
            )
    return {risk: apart[risk] for risk in ordered}


def _messages(data: Path, split: str) -> "Messages":
    from streams.evaluation import labelled

    try:
        return labelled.read(data, split)
    except labelled.LabelError as error:
        raise SettingsError(str(error)) from None


def _way(bundle: Path | None, catalog: Path | None, tenant: str) -> "Way":
    """The desk that a worker here would have, with its scorer."""
    import msgspec

    from streams.catalogs.files import load_catalogs
    from streams.catalogs.files import read as read_catalogs
    from streams.evaluation.opening import candidate
    from streams.evaluation.routes import Way
    from streams.ready import prepare, taught_by

    settings = read()
    catalogs = read_catalogs(catalog) if catalog else load_catalogs(settings)
    known = [each.catalog.tenant for each in catalogs]
    if tenant not in known:
        raise SettingsError(f"no catalog of tenant {tenant}; --tenant is one of {', '.join(known)}")
    scorer = candidate(settings, bundle, taught_by(catalogs)).fresh()
    if bundle is not None:
        settings = msgspec.structs.replace(settings, bundle=str(bundle), bundle_sha256="")
    ready = prepare(settings, catalogs, scorer)
    return Way(tenant, ready.desk, ready.scorer)


def _fitted(way: "Way", wanted: "Wanted", sets: "list[Messages]") -> "Report":
    """The promises from the first messages; the effect on all of them."""
    from streams.commands.waiting import waiting
    from streams.evaluation.effects import effects
    from streams.evaluation.promising import Report, promise
    from streams.evaluation.routes import weigh

    with waiting("scoring", sum(len(each.all) for each in sets)) as watch:
        weighed = [weigh(each.all, way, watch) for each in sets]
    promises, fitted = promise(weighed[0], way, wanted)
    seen = [effects(each, found, way, fitted) for each, found in zip(sets, weighed, strict=True)]
    return Report(way.scorer.name, way.tenant, wanted, promises, tuple(seen), fitted)


def _tell(report: "Report", way: "Way", messages: "Messages") -> None:
    """The tables for people, then the block for the catalog."""
    from streams.catalogs.rewriting import block
    from streams.commands.tables import show
    from streams.evaluation import promise_words as words

    click.echo(f"{report.bundle}, tenant {report.tenant}")
    show(words.PROMISES, words.promises(report))
    for each in report.effects:
        click.echo(f"\n{each.source}, {each.messages} messages")
        show(words.EFFECTS, words.effects(each))
    click.echo()
    for note in words.notes(report, way.book.catalog, messages):
        click.echo(note)
    click.echo(
        f"\n{block(report.fitted)}" if report.fitted else "\nNothing can be promised, so nothing changes."
    )


def _put(report: "Report", into: Path) -> None:
    from streams.catalogs.rewriting import put

    if report.fitted is None:
        raise SettingsError(f"nothing can be promised, so {into} stays as it is; label more messages")
    put(into, report.fitted)
    click.echo(f"wrote {into}", err=True)
