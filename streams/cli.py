"""The command `intents`."""

import sys
from importlib.metadata import entry_points

import click

from streams.commands.ask import ask
from streams.commands.catalog import catalog
from streams.commands.check import check
from streams.commands.demo import demo
from streams.commands.drain import drain
from streams.commands.evaluate import evaluate
from streams.commands.redrive import redrive
from streams.commands.run import run
from streams.commands.thresholds import thresholds
from streams.commands.topics import topics
from streams.commands.why import why
from streams.ending import BAD_SETTINGS
from streams.settings import SettingsError

OTHERS = "intents.commands"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="intent-stream", prog_name="intents")
def intents() -> None:
    """Turn the messages customers write into decisions that software can act on."""


for command in (demo, run, ask, why, evaluate, thresholds, check, catalog, topics, drain, redrive):
    intents.add_command(command)


def main() -> None:
    """Run the command line; a setting that can't be used is one line, never a traceback."""
    for other in entry_points(group=OTHERS):
        intents.add_command(other.load(), other.name)
    try:
        intents()
    except SettingsError as error:
        click.echo(f"intents: {error}", err=True)
        sys.exit(BAD_SETTINGS)


if __name__ == "__main__":
    main()
