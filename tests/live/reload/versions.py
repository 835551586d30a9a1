"""Versions of a catalog that give the same messages different answers."""

from dataclasses import dataclass

from schemas.catalog import Snapshot
from schemas.catalog_file import parse

LIMITS = ("0.5", "0.7", "0.849", "0.85", "0.9", "0.95")
WRITTEN = """
tenant: default
ceiling: {ceiling}
defaults: {{confidence: {limit}}}
intents:
  order.status: {{risk_class: read_only, target: {{kind: workflow, name: status-{number}}}}}
  refund.request: {{risk_class: delegated, target: {{kind: agent_pool, name: billing-{number}}}}}
  delivery.late: {{risk_class: local_write, target: {{kind: workflow, name: late-{number}}}, priority: {priority}}}
rules:
  - {{name: sevens, intent: delivery.late, when: ['text.contains("7{digit}")']}}
  - {{name: said, intent: refund.request, says: [money back], when: ['channel == "email" || {always}']}}
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A version with the longest time that it can have counted, in seconds since 1970."""

    snapshot: Snapshot
    begin: float
    end: float


def version(number: int) -> Snapshot:
    """The version of that number: another target, another limit, another rule than the one before."""
    return parse(
        WRITTEN.format(
            number=number,
            ceiling=("local_write", "delegated")[number % 2],
            limit=LIMITS[number % len(LIMITS)],
            priority=number % 10,
            digit=number % 10,
            always=("false", "true")[number % 3 == 0],
        )
    )


def timeline(moves: list[tuple[int, float, float]]) -> dict[str, Counted]:
    """The versions by hash, of moves told as number, before publishing, after it.

    A version counts at the earliest from before it was published, at the latest until its successor surely is.
    """
    ends = [after for _, _, after in moves[1:]] + [float("inf")]
    found = {}
    for (number, before, _), end in zip(moves, ends, strict=True):
        snapshot = version(number)
        found[snapshot.hash] = Counted(snapshot, before, end)
    return found
