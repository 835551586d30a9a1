"""What is found wrong with labelled messages."""

from typing import Literal

import msgspec

Level = Literal["error", "warning"]
Rule = Literal[
    "duplicate", "contradiction", "too_alike", "same_start", "too_few_long", "small_intent", "overlap", "wrong_label",
    "too_easy",
]  # fmt: skip


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, where it stands, what helps."""

    level: Level
    rule: Rule
    place: str
    says: str
    remedy: str


class Report(msgspec.Struct, frozen=True):
    """All that was found, with the figures it was found by."""

    findings: tuple[Finding, ...]
    figures: dict[str, float]

    @property
    def errors(self) -> int:
        """How many findings forbid training on these messages."""
        return sum(finding.level == "error" for finding in self.findings)


def line(finding: Finding) -> str:
    """A finding as editors jump to it: the place first."""
    return f"{finding.place}: {finding.level}: {finding.rule}: {finding.says}; {finding.remedy}"


def lines(report: Report) -> list[str]:
    """The whole report as plain lines, the figures last."""
    figures = [f"{name:32}{value:g}" for name, value in report.figures.items()]
    warnings = len(report.findings) - report.errors
    return [*map(line, report.findings), *figures, f"{report.errors} errors, {warnings} warnings"]
