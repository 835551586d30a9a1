"""`intents evaluate`: what a bundle is worth on labelled messages, alone or beside another."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.settings import SettingsError, read

if TYPE_CHECKING:
    from streams.evaluation.figures import Evaluation
    from streams.evaluation.gates import Limits

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the report goes; nothing given is a table for people."""

    json: str | None
    html: Path | None
    pictures: Path | None


@click.command()
@click.option("--bundle", type=FOLDER, help="The bundle's folder (default: the one a worker would use).")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="A folder with SPLIT.jsonl, or one such file; each line an object with text, intent.",
)
@click.option("--split", default="test", show_default=True, help="Which file of the folder.")
@click.option("--json", "json_to", is_flag=False, flag_value=STDOUT, metavar="[FILE]",
              help="Write the report as JSON; to standard output when no FILE follows, or -.")  # fmt: skip
@click.option("--html", type=FILE, help="Write one page with pictures in it.")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write pictures as PNG into a folder.",
)
@click.option("--against", type=FOLDER, help="Another bundle, scored on the same messages.")
@click.option(
    "--fp32", type=FOLDER, help="The same bundle in fp32, to see what int8 loses on these messages."
)
@click.option("--gate", is_flag=True, help="Exit with 1 when it is worse than the bundle of --against.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.85, show_default=True)
@click.option("--core-hour", type=click.FloatRange(0), default=0.04, show_default=True, help="Its price.")
@click.option("--max-drop", type=click.FloatRange(0), default=0.15, show_default=True,
              help="Gate: how far the recall of an intent may fall.")  # fmt: skip
@click.option("--min-support", type=click.IntRange(1), default=20, show_default=True,
              help="Gate: messages that an intent needs to be looked at.")  # fmt: skip
@click.option("--max-let-through", type=click.FloatRange(0), default=0.03, show_default=True,
              help="Gate: how far the share of out-of-scope messages let through may rise.")  # fmt: skip
@click.option("--max-latency", type=click.FloatRange(0), default=1.5, show_default=True,
              help="Gate: how many times as long one message may take.")  # fmt: skip
def evaluate(
    bundle: Path | None, data: Path, split: str, json_to: str | None, html: Path | None, pictures: Path | None,
    against: Path | None, fp32: Path | None, gate: bool, threshold: float, core_hour: float, max_drop: float,
    min_support: int, max_let_through: float, max_latency: float,
) -> None:  # fmt: skip
    """Score labelled messages with a finished bundle, as a worker would, say how good it is.

    Accuracy is of the split's own file; messages of an oos_ file beside it are looked at as out of scope only.
    Pictures need `pip install intent-stream[report]`.

    \b
    Examples:
      intents evaluate --data onnx_models/data/support
      intents evaluate --data my-data --json report.json --html report.html
      intents evaluate --bundle candidate-0.2.0 --against current-0.1.0 --data my-data --gate
    """
    from streams.evaluation.gates import Limits

    if gate and against is None:
        raise click.UsageError("--gate needs --against: the bundle whose place the candidate would take")
    outputs = Outputs(json_to, html, pictures)
    _can_draw(outputs)
    limits = Limits(max_drop, min_support, max_let_through, max_latency) if gate else None
    found = _gated(_evaluated((bundle, against, fp32), (data, split), (threshold, core_hour)), limits)
    _write(found, outputs)
    if found.gate:
        click.echo(f"intents: gate: {'; '.join(found.gate)}", err=True)
        raise SystemExit(1)


def _evaluated(
    bundles: tuple[Path | None, Path | None, Path | None], data: tuple[Path, str], terms: tuple[float, float]
) -> "Evaluation":
    """The figures of the first bundle, beside the others where they are given."""
    from streams.commands.waiting import waiting
    from streams.evaluation.evaluating import Terms
    from streams.evaluation.evaluating import evaluate as figures
    from streams.evaluation.labelled import LabelError
    from streams.evaluation.labelled import read as messages
    from streams.evaluation.opening import candidate

    settings, (bundle, against, fp32) = read(), bundles
    try:
        told = Terms(messages(*data), waiting, *terms)
    except LabelError as error:
        raise SettingsError(str(error)) from None
    others = [candidate(settings, folder) if folder else None for folder in (against, fp32)]
    return figures(candidate(settings, bundle), told, *others)


def _gated(found: "Evaluation", limits: "Limits | None") -> "Evaluation":
    """The evaluation with what it fails at, where a gate was asked for."""
    import msgspec

    from streams.evaluation.gates import failures

    if limits is None or found.comparison is None:
        return found
    return msgspec.structs.replace(found, gate=failures(found.comparison, limits))


def _can_draw(outputs: Outputs) -> None:
    """Say at once, not after minutes, that pictures can't be drawn."""
    from streams.evaluation.pictures import PicturesError, check

    if outputs.html is None and outputs.pictures is None:
        return
    try:
        check()
    except PicturesError as error:
        raise SettingsError(str(error)) from None


def _write(found: "Evaluation", outputs: Outputs) -> None:
    """The report wherever it was asked to be; the table, unless standard output is the JSON's."""
    import msgspec

    content = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    if outputs.json == STDOUT:
        click.echo(content)
    else:
        _tell(found)
    if outputs.json not in (None, STDOUT):
        _written(Path(str(outputs.json)), f"{content}\n".encode())
    if outputs.html:
        from streams.evaluation.page import page

        _written(outputs.html, page(found).encode())
    if outputs.pictures:
        from streams.evaluation.pictures import LIGHT, drawn

        for name, png in drawn(found, LIGHT).items():
            _written(outputs.pictures / f"{name}.png", png)


def _written(path: Path, content: bytes) -> None:
    """A file in a folder that is made where it is missing; its name for people."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise SettingsError(f"{path} can't be written: {error.strerror}") from None
    click.echo(f"wrote {path}", err=True)


def _tell(found: "Evaluation") -> None:
    """The tables for people."""
    from streams.commands.tables import show
    from streams.evaluation import words

    _part("intents, the worst first")
    show(("INTENT", "PRECISION", "RECALL", "F1", "MESSAGES"), words.intents(found))
    if found.confusions:
        _part("most often confused")
        show(("INTENT", "TAKEN FOR", "MESSAGES", "SHARE", "EXAMPLE"), words.confusions(found))
    if found.comparison:
        _part(f"against {found.comparison.other}")
        show(("FIGURE", "CANDIDATE", "OTHER", "DIFFERENCE"), words.differences(found.comparison))
        for note in words.notes(found.comparison):
            click.echo(note)
    _part("in short")
    show(("FIGURE", ""), words.summary(found))


def _part(title: str) -> None:
    """A line over a table."""
    click.echo(f"\n{title}")
