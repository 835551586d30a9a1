"""`intents bundle`: finished bundles made ready for where they run."""

import sys
from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
NEW = click.Path(path_type=Path)


@click.group()
def bundle() -> None:
    """Make a finished bundle ready for other hardware."""


@bundle.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--provider", type=click.Choice(["openvino", "cuda"]), required=True, help="What it is to run on."
)
@click.option("--out", type=NEW, required=True, help="The folder of the new bundle.")
def export(folder: Path, provider: str, out: Path) -> None:
    """Write the bundle in FOLDER once more, for INTENTS_PROVIDER=openvino or cuda.

    \b
    Example:
      intents bundle export onnx_models/bundles/support-0.1.0 --provider cuda --out my-bundles/support-0.1.0-cuda
    """
    from onnx_models.packing import export as exporting

    try:
        found = exporting.export(folder, "cuda" if provider == "cuda" else "openvino", out)
    except exporting.ExportError as error:
        click.echo(f"intents: {error}", err=True)
        sys.exit(1)
    click.echo(
        f"wrote {out}: of {len(found.off)} golden texts {found.flips} get another label, "
        f"no probability is off by more than {found.off.max():.4f}"
    )
