"""`intents train`: the command line's door to the training room."""

import sys

import click


@click.command(
    add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def train(arguments: tuple[str, ...]) -> None:
    """Train a bundle from a folder of JSON Lines.

    \b
    Example:
      intents train --head --data onnx_models/data/support --out my-bundle-0.1.0
    """
    from onnx_models.training.train import main

    sys.exit(main(list(arguments)))
