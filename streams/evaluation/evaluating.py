"""The way from a bundle with labelled messages to all its figures."""

import platform
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import msgspec
import onnxruntime

from processors.scorer import Scorer
from streams.evaluation import quality, reliability
from streams.evaluation.comparing import Judged, compare
from streams.evaluation.figures import Evaluation, Precision, Speed
from streams.evaluation.labelled import Messages, intents
from streams.evaluation.resampling import mean_interval
from streams.evaluation.scope import out_of_scope
from streams.evaluation.speed import Clock, cost, course, speed, timed
from streams.evaluation.verdicts import NOT_SCORED, Verdicts, Watch, verdicts
from streams.scoring.bundles import Bundle

Waiting = Callable[[str, int], AbstractContextManager[Watch]]
THRESHOLD, CORE_HOUR = 0.85, 0.04


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verified bundle; fresh makes a scorer of it that has met no text, exactly as a worker's is made."""

    bundle: Bundle
    fresh: Callable[[], Scorer]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the figures are taken on: these messages, at this threshold, at this price of a core-hour."""

    messages: Messages
    waiting: Waiting
    threshold: float = THRESHOLD
    core_hour: float = CORE_HOUR


def evaluate(
    candidate: Candidate, terms: Terms, other: Candidate | None = None, fp32: Candidate | None = None
) -> Evaluation:
    """All about a candidate; beside another bundle, or beside itself in fp32, where these are given."""
    raced = [candidate, other] if other else [candidate]
    clocks, way = race(raced, terms), course(texts(terms))
    found = asked(candidate, terms)
    losses = _promised(candidate.bundle)
    if fp32:
        losses = (*losses, _loss(terms, found, asked(fp32, terms)))
    told = told_of(candidate.bundle, terms, found, speed(clocks[0], way, candidate.bundle), losses)
    if other is None:
        return told
    judged = Judged(candidate.bundle, found), Judged(other.bundle, asked(other, terms))
    return msgspec.structs.replace(told, comparison=compare(*judged, terms.messages, ratio(clocks)))


def texts(terms: Terms) -> list[str]:
    """What there is to read."""
    return [each.text for each in terms.messages.all]


def asked(candidate: Candidate, terms: Terms) -> Verdicts:
    """What a bundle makes of every message."""
    with terms.waiting(f"asking {candidate.bundle.name}", len(texts(terms))) as watch:
        return verdicts(texts(terms), candidate.fresh(), terms.threshold, watch)


def race(raced: list[Candidate], terms: Terms) -> list[Clock]:
    """What every bundle takes for the same texts."""
    way = course(texts(terms))
    with terms.waiting("taking the time", len(way.alone) + len(way.batched)) as watch:
        return timed([each.fresh() for each in raced], way, watch)


def ratio(clocks: list[Clock]) -> float:
    """How many times the other's time the candidate takes for a message alone."""
    first, second = (sorted(clock.alone_s)[len(clock.alone_s) // 2] for clock in clocks)
    return round(first / second, 3)


def told_of(
    bundle: Bundle, terms: Terms, found: Verdicts, measured: Speed, losses: tuple[Precision, ...]
) -> Evaluation:
    """The figures of one bundle."""
    messages, own = terms.messages, found.first(len(terms.messages.own))
    hits, figures = quality.right(messages.own, own), quality.per_intent(messages.own, own)
    low, high = quality.interval(hits)
    return Evaluation(
        accuracy=quality.share(hits),
        accuracy_low=low,
        accuracy_high=high,
        macro_f1=quality.macro_f1(figures),
        calibration_error=reliability.calibration_error(own.confidence, hits),
        at_threshold=reliability.at_threshold(terms.threshold, messages.own, own),
        out_of_scope=out_of_scope(messages.all, found),
        bundle=bundle.name,
        bundle_sha256=bundle.digest,
        labels=len(bundle.manifest.labels),
        data=messages.source,
        data_sha256=messages.sha256,
        messages=len(messages.own),
        beside=len(messages.beside),
        not_scored=found.chosen.count(NOT_SCORED),
        truncated=int(found.truncated.sum()),
        first_stage=quality.share(found.early),
        unknown_intents=tuple(sorted(set(intents(messages.own)) - set(bundle.manifest.labels))),
        precision=losses,
        speed=measured,
        cost=cost(measured, terms.core_hour),
        machine=f"{platform.machine()}, onnxruntime {onnxruntime.__version__}, one thread",
        intents=figures,
        confusions=quality.confusions(messages.own, own),
        reliability=reliability.bins(own.confidence, hits),
        curve=reliability.curve(messages.own, own),
    )


def _promised(bundle: Bundle) -> tuple[Precision, ...]:
    """What the manifest says that int8 lost where the bundle was made."""
    said = bundle.manifest.measured
    loss = quality.rounded(said.accuracy_fp32 - said.accuracy)
    return (Precision("its own test split, by the manifest", said.accuracy, said.accuracy_fp32, loss),)


def _loss(terms: Terms, int8: Verdicts, fp32: Verdicts) -> Precision:
    """What int8 loses on these messages, paired."""
    own = terms.messages.own
    ours, full = (quality.right(own, each.first(len(own))) for each in (int8, fp32))
    low, high = mean_interval(full.astype(float) - ours)
    loss = quality.rounded(float(full.mean() - ours.mean()))
    return Precision("these messages", quality.share(ours), quality.share(full), loss, low, high)
