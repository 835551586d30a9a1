"""How far the work is, for whoever waits."""

import sys
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeVar

T = TypeVar("T")
WIDTH = 30


def shown(items: Sequence[T], what: str, out: TextIO | None = None) -> Iterator[T]:
    """The items one by one: with a bar that fills on a terminal, with one plain line at the end in a pipe."""
    out = out or sys.stderr
    for number, item in enumerate(items):
        yield item
        if out.isatty():
            draw(what, number + 1, len(items), out)
    say(f"{what}: {len(items)}", out)


def draw(what: str, done: int, total: int, out: TextIO) -> None:
    """The bar over the line that is there."""
    filled = WIDTH * done // total
    out.write(f"\r{what} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}")
    out.flush()


def say(line: str, out: TextIO | None = None) -> None:
    """One plain line, in place of a bar where there was one."""
    out = out or sys.stderr
    clear = "\r\x1b[2K" if out.isatty() else ""
    out.write(f"{clear}{line}\n")
    out.flush()
