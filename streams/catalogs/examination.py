"""The look at catalogs in files, before anybody publishes them."""

from collections.abc import Sequence
from pathlib import Path

from processors.rehearsal import unsure
from schemas.catalog import Snapshot
from streams.catalogs.files import snapshot_in
from streams.operations.checks.model import CATALOG, held
from streams.operations.findings import Finding
from streams.settings import Settings, SettingsError

TWICE = "is of a tenant that another of these files is of too; keep one"


def examine(settings: Settings, paths: Sequence[Path]) -> list[Finding]:
    """What is wrong with each, alone, against the bundle; the conditions that a message nobody knows fails on."""
    findings: list[Finding] = []
    found: dict[str, Snapshot] = {}
    for path in paths:
        read = _read(path)
        if isinstance(read, Snapshot) and read.catalog.tenant in found:
            read = Finding(CATALOG, "wrong", f"{path} {TWICE}")
        if isinstance(read, Finding):
            findings.append(read)
        else:
            found[read.catalog.tenant] = read
    findings += held(settings, list(found.values()))
    return [*findings, *(warning for each in found.values() for warning in rehearsed(each))]


def rehearsed(snapshot: Snapshot) -> list[Finding]:
    """A warning for every condition that can't be told where nothing is known."""
    return [
        Finding("rules", "warning", f"{snapshot.catalog.tenant}: {line}") for line in unsure(snapshot.catalog)
    ]


def _read(path: Path) -> Snapshot | Finding:
    try:
        return snapshot_in(path)
    except SettingsError as error:
        return Finding(CATALOG, "wrong", f"{' '.join(str(error).split())}; mend the file")
