"""An evaluation in rows for people."""

from collections.abc import Sequence
from typing import TypeAlias

from streams.evaluation.figures import Comparison, Difference, Evaluation

Rows: TypeAlias = list[tuple[str, ...]]
SHARES = ("accuracy", "macro_f1", "coverage", "out_of_scope_let_through")
PAIRS_SHOWN = 15


def summary(found: Evaluation) -> Rows:
    """The figures that fit one bundle into a dozen lines."""
    at = found.at_threshold
    return [
        ("bundle", found.bundle),
        ("messages", _messages(found)),
        ("accuracy", f"{found.accuracy:.2%} ({found.accuracy_low:.2%} to {found.accuracy_high:.2%})"),
        ("macro F1", f"{found.macro_f1:.2%}"),
        ("calibration error", f"{found.calibration_error:.4f}"),
        (f"at threshold {at.threshold:g}", f"{at.coverage:.2%} routed, {at.accuracy:.2%} of them right"),
        *_out_of_scope(found),
        *_precision(found),
        *_speed(found),
        *([("first stage", f"decides {found.first_stage:.2%}")] if found.first_stage else []),
        *_warnings(found),
    ]


def intents(found: Evaluation) -> Rows:
    """One row for each intent, the worst first."""
    return [
        (each.intent, f"{each.precision:.1%}", f"{each.recall:.1%}", f"{each.f1:.1%}", str(each.support))
        for each in found.intents
    ]


def confusions(found: Evaluation) -> Rows:
    """The pairs most often confused."""
    return [
        (each.intent, each.taken_for, str(each.messages), f"{each.share:.1%}", each.example)
        for each in found.confusions[:PAIRS_SHOWN]
    ]


def differences(found: Comparison) -> Rows:
    """What differs between two bundles, with its interval."""
    rows = [_difference(each) for each in found.differences]
    alone = found.mcnemar
    return [
        *rows,
        ("right alone", str(alone.only_candidate), str(alone.only_other), f"McNemar's exact p {alone.p:.4g}"),
        ("latency", "", "", f"{found.latency_ratio:.2f} times as long for one message"),
    ]


def notes(found: Comparison) -> list[str]:
    """What is to be known before two bundles are compared."""
    return [
        f"only {name} knows {', '.join(labels)}: compared by name, the other can't get these right"
        for name, labels in (
            (found.candidate, found.only_candidate_knows),
            (found.other, found.only_other_knows),
        )
        if labels
    ]


def _difference(each: Difference) -> tuple[str, ...]:
    """A figure of both, with how far apart they are."""
    values = (_figure(each.figure, value) for value in (each.candidate, each.other))
    apart, low, high = (_signed(each.figure, value) for value in (each.difference, each.low, each.high))
    return (each.figure.replace("_", " "), *values, f"{apart} ({low} to {high})")


def points(share: float) -> str:
    """A difference of shares in points, since a percentage could be taken for a ratio."""
    return f"{100 * share:+.2f}"


def _messages(found: Evaluation) -> str:
    beside = f", {found.beside} out of scope beside them" if found.beside else ""
    return f"{found.messages} of {found.data}{beside}"


def _out_of_scope(found: Evaluation) -> Rows:
    if found.out_of_scope is None:
        return [("out of scope", "no such messages in this data")]
    each = found.out_of_scope
    words = (
        f"{each.recall:.2%} of {each.messages} kept back, {each.let_through:.2%} let through, "
        f"{each.recognised:.2%} recognised as such"
    )
    return [("out of scope", words)]


def _precision(found: Evaluation) -> Rows:
    rows: Rows = []
    for each in found.precision:
        paired = (
            "" if each.low is None or each.high is None else f" ({points(each.low)} to {points(each.high)})"
        )
        words = f"{each.int8:.2%} / {each.fp32:.2%}, a loss of {points(each.loss)} points{paired} on {each.measured_on}"
        rows.append(("int8 / fp32", words))
    return rows


def _speed(found: Evaluation) -> Rows:
    speed, cost = found.speed, found.cost
    return [
        ("one message alone", f"p50 {speed.alone_p50_ms:.2f} ms, p99 {speed.alone_p99_ms:.2f} ms"),
        (
            "in batches",
            f"{speed.messages_per_s:,.0f} messages/s, {speed.tokens_per_s:,.0f} tokens/s on one core",
        ),
        ("a million messages", f"{cost.million:.4f} at {cost.core_hour:g} a core-hour, scoring alone"),
    ]


def _warnings(found: Evaluation) -> Rows:
    told: Sequence[tuple[bool, str, str]] = (
        (bool(found.unknown_intents), "not in the bundle", ", ".join(found.unknown_intents)),
        (bool(found.not_scored), "not scored", str(found.not_scored)),
        (bool(found.truncated), "cut", f"{found.truncated} messages are longer than what is read"),
    )
    return [(name, words) for there, name, words in told if there]


def _figure(figure: str, value: float) -> str:
    return f"{value:.2%}" if figure in SHARES else f"{value:.4f}"


def _signed(figure: str, value: float) -> str:
    return points(value) if figure in SHARES else f"{value:+.4f}"
