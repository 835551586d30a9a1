"""The verdict of a run with its recovery times."""

import os
import platform
import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.live.chaos.faults import Happened
from tests.live.chaos.run import Outcome
from tests.live.chaos.samples import recovery
from tests.live.chaos.verify import EVERY, Findings

IDLE_S = 30.0
STOP_S = 10.0


def wrong(outcome: Outcome) -> list[str]:
    """Everything that must not be, each in one line; empty where the promise was kept."""
    # At least once means that repeats, out of their order, are allowed.
    counted = ("missing", "astray") if outcome.wish.delivery == "at_least_once" else EVERY
    said = [f"answers {line}" for line in outcome.answers.lines(counted)]
    said += [f"audit {line}" for line in outcome.audit.lines(counted)]
    if outcome.left_waiting:
        said.append(f"{outcome.left_waiting} records still wait")
    if outcome.idle_workers:
        said.append(f"alive without a partition: {', '.join(outcome.idle_workers)}")
    still = outcome.standstill
    if still.seconds > IDLE_S:
        said.append(f"partition {still.partition} stood still for {still.seconds:.0f} s with records waiting")
    slow = [seconds for seconds in outcome.stop_seconds if seconds > STOP_S]
    if slow:
        said.append(f"SIGTERM took {max(slow):.1f} s")
    return said


def show(outcome: Outcome, console: Console) -> None:
    """Tables on a terminal, plain lines elsewhere."""
    if console.is_terminal:
        console.print(_recoveries(outcome))
        console.print(_counts(outcome))
    else:
        for row in _recovery_rows(outcome):
            console.print(" | ".join(row), soft_wrap=True, highlight=False)
        for name, findings in (("answers", outcome.answers), ("audit", outcome.audit)):
            console.print(f"{name}: {_said(findings)}", soft_wrap=True, highlight=False)
    if outcome.last_words:
        console.print(outcome.last_words, soft_wrap=True, highlight=False, markup=False)
    for line in (*outcome.copies, *_summary(outcome)):
        console.print(line, soft_wrap=True, highlight=False)


def _recoveries(outcome: Outcome) -> Table:
    table = Table("at", "fault", "whom", "partitions", "committing again after", title="Recovery")
    for row in _recovery_rows(outcome):
        table.add_row(*row)
    return table


def _recovery_rows(outcome: Outcome) -> list[tuple[str, ...]]:
    if not outcome.happened:
        return []
    first = outcome.happened[0].began
    return [
        (
            f"{each.began - first:.1f} s",
            each.kind.value,
            each.target,
            str(len(each.partitions)),
            _seconds(_recovered(outcome, each))
            + (", another fault meanwhile" if _met(outcome, each) else ""),
        )
        for each in outcome.happened
    ]


def _counts(outcome: Outcome) -> Table:
    table = Table("", "asked", "answered", "missing", "twice", "out of order", "astray", title="Count")
    for name, found in (("answers", outcome.answers), ("audit", outcome.audit)):
        numbers = (found.asked, found.answered, *map(len, _lists(found)))
        table.add_row(name, *(f"{number:,}" for number in numbers))
    return table


def _said(found: Findings) -> str:
    missing, twice, disordered, astray = (len(which) for which in _lists(found))
    return (
        f"{found.answered} for {found.asked} records, {missing} missing, {twice} twice, "
        f"{disordered} out of order, {astray} astray"
    )


def _lists(found: Findings) -> tuple[list[object], ...]:
    return tuple(list(which) for which in (found.missing, found.twice, found.disordered, found.astray))


def _summary(outcome: Outcome) -> list[str]:
    wish, still = outcome.wish, outcome.standstill
    own = [each for each in outcome.exits if not each.asked]
    lines = [
        f"seed {wish.seed}: {wish.messages} messages, {len(outcome.happened)} faults, "
        f"{wish.workers} workers, {wish.scorer} scorer, {wish.delivery}, "
        f"{outcome.seconds:.0f} s on {_machine()}",
        f"processes ended {len(outcome.exits)} times, {len(own)} by themselves"
        + (f" (status {', '.join(str(each.code) for each in own)})" if own else ""),
        f"longest SIGTERM {max(outcome.stop_seconds, default=0):.1f} s; "
        f"longest standstill of a partition {still.seconds:.1f} s",
        *_by_kind(outcome),
    ]
    verdict = wrong(outcome)
    return [*lines, *(f"WRONG: {each}" for each in verdict), "verdict: " + ("FAILED" if verdict else "kept")]


def _by_kind(outcome: Outcome) -> list[str]:
    """Median and worst recovery of each kind of fault."""
    lines = []
    for kind in dict.fromkeys(each.kind for each in outcome.happened):
        times = [_recovered(outcome, each) for each in outcome.happened if each.kind is kind]
        known = [each for each in times if each is not None]
        if known:
            spread = f"median {statistics.median(known):.1f} s, worst {max(known):.1f} s"
            lines.append(f"committing again after {kind.value}: {spread} ({len(times)} times)")
    return lines


def _recovered(outcome: Outcome, fault: Happened) -> float | None:
    return recovery(outcome.samples, fault.began, fault.partitions)


def _met(outcome: Outcome, fault: Happened) -> bool:
    """Whether another fault came before this one was over, so that its time is not its own."""
    end = fault.began + (_recovered(outcome, fault) or 0)
    return any(fault.began < each.began < end for each in outcome.happened)


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def _machine() -> str:
    return f"{len(_cores())} cores, {platform.machine()}, Python {platform.python_version()}"


def _cores() -> Sequence[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
