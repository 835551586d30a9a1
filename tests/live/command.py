"""Our commands, run as an operator runs them."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, what it said."""

    status: int
    out: str
    err: str


def intents(environment: Mapping[str, str], *words: str, seconds: float = 60, said: str = "") -> Ran:
    """`intents WORDS` in this environment; `said` is what comes through its standard input."""
    command = [sys.executable, "-m", "streams.cli", *words]
    done = subprocess.run(
        command, env=dict(environment), input=said, capture_output=True, text=True, timeout=seconds
    )
    return Ran(done.returncode, done.stdout, done.stderr)
