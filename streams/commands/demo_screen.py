"""What the demonstration shows: a line for each answer, a summary at the end."""

import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from streams.demo.demonstration import Seen

HEADER = ("TEXT", "INTENT", "SURE", "ANSWER", "REASON", "TARGET", "MS")
WIDTHS = (34, 23, 5, 9, 15, 17)
MS_WIDTH = 5
COLOURS = {
    "routed": "green",
    "escalated": "yellow",
    "refused": "magenta",
    "rejected": "red",
    "ignored": "bright_black",
}


class Screen:
    """Prints what was seen; colours and the line that says what goes on only on a terminal."""

    def __init__(self, console: Console, began: float) -> None:
        """Nothing shown yet; `began` is when the program started, on the monotonic clock."""
        self.console = console
        self.seen: list[Seen] = []
        self._began = began
        self._first_s = 0.0
        self._status = console.status("starting a worker")

    def __enter__(self) -> "Screen":
        """Say what goes on."""
        if self.console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._status.stop()

    def rest(self) -> None:
        """Nothing goes on until somebody types."""
        self._status.stop()

    def header(self) -> None:
        """The names of the columns, once there is something to show."""
        self._status.update("messages come in")
        self._print(HEADER, "bold")

    def show(self, seen: Iterable[Seen]) -> None:
        """A line for each answer, as it comes."""
        for each in seen:
            self._first_s = self._first_s or time.monotonic() - self._began
            self.seen.append(each)
            self._print(cells(each), COLOURS.get(each.kind, ""))

    def summary(self, sent: int) -> None:
        """All of it in one line."""
        self.console.print(Text(summed_up(self.seen, sent, self._first_s), style="bold"), soft_wrap=True)

    def _print(self, row: Sequence[str], style: str) -> None:
        self.console.print(Text(line(row), style=style), soft_wrap=True)


def cells(seen: Seen) -> tuple[str, ...]:
    """An answer in words."""
    confidence = "" if seen.confidence is None else f"{seen.confidence:.3f}"
    return (
        " ".join(seen.sample.shown.split()),
        seen.intent,
        confidence,
        seen.kind,
        seen.reason,
        seen.target,
        f"{seen.ms:.0f}",
    )


def line(row: Sequence[str]) -> str:
    """One line of aligned columns, the number at the right."""
    *texts, ms = row
    fitted = [_fit(text, width) for text, width in zip(texts, WIDTHS, strict=False)]
    return "  ".join([*fitted, ms.rjust(MS_WIDTH)])


def summed_up(seen: Sequence[Seen], sent: int, first_s: float) -> str:
    """How many went in, what came out, how fast."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(each.kind for each in seen).most_common())
    usual = statistics.median(each.ms for each in seen) if seen else 0.0
    return (
        f"{sent} messages, {len(seen)} answers: {kinds or 'none'}; "
        f"the first {first_s:.1f} s after the start, a usual one in {usual:.0f} ms"
    )


def _fit(text: str, width: int) -> str:
    """As wide as its column; some letters and all emoji are two wide."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
