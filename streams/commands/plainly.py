"""Errors of the world as one line on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from streams.operations.admin import BrokerError


@contextmanager
def plainly() -> Iterator[None]:
    """A broker that refuses is a line with a remedy, never a traceback."""
    try:
        yield
    except BrokerError as error:
        click.echo(f"intents: {error}", err=True)
        raise SystemExit(1) from None
