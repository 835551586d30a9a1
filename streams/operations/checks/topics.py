"""The look at the topics."""

from collections.abc import Mapping

from streams.operations.admin import Found, Operations
from streams.operations.findings import Finding, judged
from streams.operations.topology import compare
from streams.settings import Settings

PART = "topics"


def look(settings: Settings, found: Mapping[str, Found], allowed: Mapping[str, Operations]) -> list[Finding]:
    """Every fault of every topic, but for those whose existence we may not know."""
    hidden = [name for name, rights in allowed.items() if not rights]
    seen = compare(settings, found, hidden)
    unseen = [Finding(PART, "unknown", f"may not look at {name}; allow DESCRIBE on it") for name in hidden]
    partitions = max((each.found.partitions for each in seen if each.found), default=0)
    faults = [fault for each in seen for fault in each.faults]
    return judged(PART, faults, f"{len(seen)} of them, {partitions} partitions") + unseen
