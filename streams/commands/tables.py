"""Rows for people: a table on a terminal, aligned lines in a pipe."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Sequence[str]

STYLES = {
    "ok": "green",
    "wrong": "red",
    "missing": "red",
    "differs": "yellow",
    "unknown": "yellow",
    "warning": "yellow",
}


def show(header: Row, rows: Sequence[Row]) -> None:
    """Print the rows; in a pipe without the header, so that lines can be counted."""
    if sys.stdout.isatty():
        Console().print(table(header, rows))
    else:
        print("\n".join(lines(rows)))


def table(header: Row, rows: Sequence[Row]) -> Table:
    """A table for a terminal."""
    made = Table(*header, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        made.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    return made


def lines(rows: Sequence[Row]) -> list[str]:
    """The same rows, every column as wide as its widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
