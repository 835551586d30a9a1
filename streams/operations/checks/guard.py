"""The look at the partitions that too many rejections have stopped."""

from streams.operations.findings import Finding, judged
from streams.operations.halts import Halt

PART = "guard"
REMEDY = "look at the dead letters, then run: intents check --accept-rejections"


def look(halts: list[Halt]) -> list[Finding]:
    """A line for every partition that stands still on purpose."""
    faults = [f"{halt.topic}/{halt.partition} stands still since {halt.since}; {REMEDY}" for halt in halts]
    return judged(PART, faults, "no partition was stopped")
