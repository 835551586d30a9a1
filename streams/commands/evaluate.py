"""`intents evaluate`: what a bundle is worth on labelled messages, alone or beside another."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.commands.evaluate_outputs import STDOUT, Outputs, can_draw, write
from streams.settings import SettingsError, read

if TYPE_CHECKING:
    from streams.evaluation.figures import Evaluation
    from streams.evaluation.gates import Limits
    from streams.evaluation.labelled import Messages

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--bundle", type=FOLDER, help="The bundle's folder (default: the one a worker would use).")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="A folder with SPLIT.jsonl, or one such file; each line an object with text, intent.",
)
@click.option("--split", default="test", show_default=True, help="Which file of the folder.")
@click.option(
    "--map", "names", type=FILE, help="JSON object from their intents to ours; null leaves one out."
)
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
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.85, show_default=True,
              help="Confidence from which on a message is routed.")  # fmt: skip
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
    bundle: Path | None, data: Path, split: str, names: Path | None, json_to: str | None, html: Path | None,
    pictures: Path | None, against: Path | None, fp32: Path | None, gate: bool, threshold: float,
    core_hour: float, max_drop: float, min_support: int, max_let_through: float, max_latency: float,
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
    can_draw(outputs)
    limits = Limits(max_drop, min_support, max_let_through, max_latency) if gate else None
    found = _gated(
        _evaluated((bundle, against, fp32), _messages(data, split, names), (threshold, core_hour)), limits
    )
    write(found, outputs)
    if found.gate:
        click.echo(f"intents: gate: {'; '.join(found.gate)}", err=True)
        raise SystemExit(1)


def _messages(data: Path, split: str, names: Path | None) -> "Messages":
    """The messages to evaluate on, under the names that they are mapped to."""
    from streams.evaluation import labelled

    try:
        messages = labelled.read(data, split)
        return labelled.mapped(messages, names) if names else messages
    except labelled.LabelError as error:
        raise SettingsError(str(error)) from None


def _evaluated(
    bundles: tuple[Path | None, Path | None, Path | None], messages: "Messages", terms: tuple[float, float]
) -> "Evaluation":
    """The figures of the first bundle, beside the others where they are given."""
    from streams.commands.waiting import waiting
    from streams.evaluation.evaluating import Terms
    from streams.evaluation.evaluating import evaluate as figures
    from streams.evaluation.opening import candidate

    settings, (bundle, against, fp32) = read(), bundles
    others = [candidate(settings, folder) if folder else None for folder in (against, fp32)]
    return figures(candidate(settings, bundle), Terms(messages, waiting, *terms), *others)


def _gated(found: "Evaluation", limits: "Limits | None") -> "Evaluation":
    """The evaluation with what it fails at, where a gate was asked for."""
    import msgspec

    from streams.evaluation.gates import failures

    if limits is None or found.comparison is None:
        return found
    return msgspec.structs.replace(found, gate=failures(found.comparison, limits))
