"""What is wrong with the answers of a run, each held against the version that it names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from processors.book import book
from processors.desk import Desk, Limits
from processors.flow import Batch, Contexts, Record
from processors.pipeline import answer, decode
from processors.score import ConstantScorer
from schemas.catalog import Snapshot
from schemas.topics import named
from tests.live.reload.versions import Counted

GRACE_S = 1.0
Place = tuple[int, int]
# When it was decided is the one thing that deciding it again can't give; it is held against the version instead.
MOMENTS = ("received_at", "decided_at")
Body = Mapping[str, Any]


@dataclass(slots=True)
class Findings:
    """Everything that must not be, in words; lateness is how long after its end a version was still used, at most."""

    wrong: list[str] = field(default_factory=list)
    versions: int = 0
    latest_s: float = 0.0


def verify(
    records: Mapping[Place, Record], answers: Iterable[Body], timeline: Mapping[str, Counted], prefix: str
) -> Findings:
    """Every record answered once, under a version that counted, as that version answers it."""
    findings, seen = Findings(), dict[Place, Body]()
    for each in answers:
        place = each["source"]["partition"], each["source"]["offset"]
        if place in seen:
            findings.wrong.append(f"{place} was answered twice")
        seen[place] = each
    findings.wrong += [f"{place} was not answered" for place in records.keys() - seen.keys()]
    by_version: dict[str, list[Place]] = {}
    for place, each in seen.items():
        by_version.setdefault(each["catalog"], []).append(place)
    findings.versions = len(by_version)
    for hash, places in by_version.items():
        if hash not in timeline:
            findings.wrong.append(f"{len(places)} answers name {hash[:12]}, which was never published")
            continue
        _in_time([seen[place] for place in places], timeline[hash], findings)
        again = _decided_again([records[place] for place in places], timeline[hash].snapshot, prefix)
        findings.wrong += [
            f"{place} decided again under {hash[:12]} is otherwise: {other}, not {_still(seen[place])}"
            for place, other in zip(places, again, strict=True)
            if other != _still(seen[place])
        ]
    return findings


def _in_time(answers: list[Body], counted: Counted, findings: Findings) -> None:
    """Whether the version counted at some moment within the second before each was decided."""
    for each in answers:
        decided = datetime.fromisoformat(each["decided_at"]).timestamp()
        findings.latest_s = max(findings.latest_s, decided - counted.end)
        if not counted.begin <= decided <= counted.end + GRACE_S:
            when = f"{decided - counted.begin:.3f} s after its beginning, {decided - counted.end:.3f} s after its end"
            findings.wrong.append(f"{each['id']} was decided under {each['catalog'][:12]} {when}")


def _decided_again(records: list[Record], snapshot: Snapshot, prefix: str) -> list[dict[str, Any]]:
    """The answers that a version gives, in this process, without a worker."""
    desk = Desk(
        books={snapshot.catalog.tenant: book(snapshot, ConstantScorer.name)}, now=0.0, topics=named(prefix)
    )
    decoded = decode(Batch(tuple(records), 0.0), Limits())
    answered = answer(decoded, Contexts(), ConstantScorer(), desk)
    return [_still(msgspec.json.decode(events[0].value or b"")) for events in answered.per_record]


def _still(body: Body) -> dict[str, Any]:
    """An answer without its moments."""
    return {name: value for name, value in body.items() if name not in MOMENTS}
