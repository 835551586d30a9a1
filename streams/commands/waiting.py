"""A bar on the terminal for whoever waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def waiting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """How far long work is: a bar on a terminal, nothing in a pipe, nothing left behind."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda steps: progress.advance(task, steps)
