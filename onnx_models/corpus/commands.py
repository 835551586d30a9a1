"""`intents data`: care for labelled messages before anything learns from them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
ANYTHING = click.Path(path_type=Path, exists=True)
NEW = click.Path(path_type=Path)


@click.group()
def data() -> None:
    """Look after labelled messages: find what is wrong, take out personal data, add typos."""


@contextmanager
def complaints() -> Iterator[None]:
    """Data that can't be read is one line, never a traceback."""
    from onnx_models.corpus.reading import DataError

    try:
        yield
    except DataError as error:
        click.echo(f"intents: {error}", err=True)
        sys.exit(1)


@data.command()
@click.argument("folder", type=FOLDER)
@click.option("--strict", is_flag=True, help="Hold the folder to all we ask of the set we wrote ourselves.")
@click.option("--allow-small", is_flag=True, help="Intents with few messages are no error.")
@click.option("--quick", is_flag=True, help="Only what needs no encoder: seconds.")
@click.option(
    "--accuracy", type=click.FloatRange(0, 1), help="Of the model on the test messages (default: measured)."
)
@click.option("--encoder", type=FOLDER, help="Folder of another encoder (default: the installed one).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lint(
    folder: Path,
    strict: bool,
    allow_small: bool,
    quick: bool,
    accuracy: float | None,
    encoder: Path | None,
    as_json: bool,
) -> None:
    """Say what is wrong with the messages of FOLDER, a line each; exit with 1 on an error.

    \b
    Example:
      intents data lint onnx_models/data/support --strict
    """
    import msgspec

    from onnx_models.corpus import findings, messages
    from onnx_models.corpus import lint as linting
    from onnx_models.corpus.profile import STRICT, USUAL
    from onnx_models.network import encoder as encoders

    terms = linting.Terms(STRICT if strict else USUAL, allow_small, accuracy)
    with complaints():
        report = linting.lint(messages.read(folder), terms, None if quick else encoders.load(encoder))
    click.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(findings.lines(report)))
    sys.exit(1 if report.errors else 0)


@data.command()
@click.argument("source", type=ANYTHING, metavar="IN")
@click.argument("out", type=NEW)
def scrub(source: Path, out: Path) -> None:
    """Write IN, a folder or a file of JSON Lines, to OUT with personal data replaced by what it was.

    \b
    Example:
      intents data scrub collected.jsonl clean.jsonl
    """
    from onnx_models.corpus.rewriting import scrubbed

    with complaints():
        changed = scrubbed(source, out)
    click.echo(f"wrote {out}: personal data taken out of {changed} messages")


@data.command()
@click.argument("source", type=FOLDER, metavar="IN")
@click.argument("out", type=NEW)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same messages.")
@click.option(
    "--copies", type=click.IntRange(1), default=2, show_default=True, help="How often each is said anew."
)
def augment(source: Path, out: Path, seed: int, copies: int) -> None:
    """Write the folder IN to OUT with training messages added: misspelt, shorter, in other words.

    \b
    Example:
      intents data augment onnx_models/data/support .cache/support-more --seed 7
    """
    from onnx_models.corpus.rewriting import enlarged

    with complaints():
        added = enlarged(source, out, seed, copies)
    click.echo(f"wrote {out}: {added} training messages added; valid, test are as they were")
