"""What a look at one part of an installation found, in one line."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line about one part; a wrong one names the remedy, as does a warning, with which a worker still runs;
    an unknown one names what kept us from looking."""

    part: str
    state: State
    text: str


def judged(part: str, faults: list[str], well: str) -> list[Finding]:
    """A line for every fault, or the one that says that all is well."""
    return [Finding(part, "wrong", fault) for fault in faults] or [Finding(part, "ok", well)]
