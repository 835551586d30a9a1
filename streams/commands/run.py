"""`intents run`: start a worker."""

import faulthandler

import click

from streams.ending import end_when_told
from streams.memory import gather
from streams.settings import read


@click.command()
def run() -> None:
    """Start a worker: read messages, answer each exactly once, until a signal ends it.

    Everything it needs is a setting: an environment variable INTENTS_<NAME>, or the same name in the TOML file
    that INTENTS_CONFIG names.

    \b
    Example:
      INTENTS_BROKERS=localhost:9092 INTENTS_REDIS_URL=redis://localhost:6379 intents run
    """
    end_when_told()
    # Should a library end the process, its last words say where every thread was.
    faulthandler.enable()
    gather()

    from streams.app import run as run_app
    from streams.wiring import wire

    run_app(wire(read()))
