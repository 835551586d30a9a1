"""The way from weighed messages to confidences with a promise."""

from collections.abc import Sequence

import msgspec

from processors.binomial import upper
from processors.ladder import Bounds, Classes, Rung, bounds, climb, together
from processors.promise import Fit
from schemas.catalog import Fitted, Grade
from schemas.fitted import fits, intents_sha256
from schemas.vocabulary import RiskClass
from streams.evaluation.effects import Effects
from streams.evaluation.routes import Way, Weighed, candidates

_DECIMALS = 6


class Wanted(msgspec.Struct, frozen=True):
    """What is to be promised; errors are those of classes that were told apart."""

    error: float
    certainty: float
    errors: dict[RiskClass, float] = {}
    together: bool = False


class Promise(msgspec.Struct, frozen=True):
    """What could be promised of a class, or of an intent by itself, with the trial that shows it, or its failure.

    Confidence is from where on it is routed from now on; without a promise that is the usual one, or that of the
    class below where this is stricter. Messages reach the floor; needed is how many would have to.
    """

    risk: RiskClass
    intent: str | None
    promised: bool
    error: float
    certainty: float
    today: float
    confidence: float
    intents: int
    floor: float
    messages: int
    trials: int
    tried: float
    routes: int
    wrong: int
    at_most: float
    needed: int | None


class Report(msgspec.Struct, frozen=True):
    """Everything that a fit found; fitted is None where nothing could be promised."""

    bundle: str
    tenant: str
    wanted: Wanted
    promises: tuple[Promise, ...]
    effects: tuple[Effects, ...]
    fitted: Fitted | None


def promise(weighed: Weighed, way: Way, wanted: Wanted) -> tuple[tuple[Promise, ...], Fitted | None]:
    """What can be promised of every class, as a catalog keeps it."""
    catalog, classes = way.book.catalog, candidates(weighed, way)
    terms = _terms(wanted, classes)
    usual = {risk: catalog.classes.get(risk, Grade()).confidence for risk in RiskClass}
    rungs = climb(classes, {risk: each or catalog.defaults.confidence for risk, each in usual.items()}, terms)
    told = tuple(each for rung in rungs for each in _told(rung, _today(way, rung)))
    return told, _fitted(rungs, terms, wanted, way)


def _terms(wanted: Wanted, classes: Classes) -> Bounds:
    each = bounds(wanted.error, wanted.certainty, wanted.errors)
    return together(classes, each) if wanted.together else each


def _today(way: Way, rung: Rung) -> float:
    """From which on the class is routed as the catalog is."""
    fitted = way.book.catalog.fitted
    known = fitted.classes.get(rung.risk) if fitted and fits(way.book.catalog, way.scorer.name) else None
    return rung.usual if known is None else known


def _told(rung: Rung, today: float) -> list[Promise]:
    """The class, then those of its intents that were looked at by themselves."""
    alone = [_said(rung, each, today, name) for name, each in rung.own.items()]
    return [_said(rung, rung.shared, today, None), *alone]


def _said(rung: Rung, fit: Fit, today: float, intent: str | None) -> Promise:
    kept = fit.promised
    shown = kept or next(iter(fit.trials), fit.loosest)
    return Promise(
        risk=rung.risk,
        intent=intent,
        promised=kept is not None,
        error=round(fit.terms.error, _DECIMALS),
        certainty=round(fit.terms.certainty, _DECIMALS),
        today=today,
        confidence=kept.confidence if kept else rung.confidence,
        intents=len(rung.others) if intent is None else 1,
        floor=rung.floor,
        messages=fit.loosest.routes,
        trials=len(fit.trials),
        tried=shown.confidence,
        routes=shown.routes,
        wrong=shown.wrong,
        at_most=round(upper(shown.wrong, shown.routes, fit.terms.certainty), _DECIMALS),
        needed=None if kept else fit.needed,
    )


def _fitted(rungs: Sequence[Rung], terms: Bounds, wanted: Wanted, way: Way) -> Fitted | None:
    """The promises as the catalog keeps them; a class that has none is only named where it has to be stricter."""
    kept = {rung.risk for rung in rungs if rung.shared.promised}
    held = {rung.risk for rung in rungs if rung.held}
    alone = {name: each for rung in rungs for name, each in rung.promises.items()}
    if not kept and not alone:
        return None
    return Fitted(
        bundle=way.scorer.name,
        intents_sha256=intents_sha256(way.book.catalog),
        error=wanted.error,
        certainty=wanted.certainty,
        together=wanted.together,
        errors={rung.risk: round(terms[rung.risk].error, _DECIMALS) for rung in rungs},
        classes={rung.risk: rung.confidence for rung in rungs if rung.risk in kept | held},
        intents=alone,
        unpromised=tuple(rung.risk for rung in rungs if rung.risk in held),
    )
