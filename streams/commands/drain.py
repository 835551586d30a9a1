"""`intents drain`: give the partitions of a removed worker to the others."""

import click

from streams.settings import read


@click.command()
@click.argument("instance")
def drain(instance: str) -> None:
    """Remove the worker INSTANCE from its group for good, so that its partitions move at once.

    A worker keeps its place while it restarts; one that won't come back is drained. INSTANCE is what
    INTENTS_INSTANCE was for it (default: host name and HTTP port). Stop it first: one that is still alive joins
    again, and ends with an error at its next batch.

    \b
    Example:
      kubectl scale statefulset intents --replicas 2 && intents drain intents-2-6066
    """
    from streams.commands.plainly import plainly
    from streams.operations.admin import connect, in_one_line
    from streams.operations.draining import drain as drain_member

    settings = read()
    with plainly(), in_one_line(f"draining {instance!r}"):
        partitions = drain_member(settings, connect(settings), instance)
        click.echo(f"{instance} has left group {settings.group}; {partitions} partitions move to the others")
