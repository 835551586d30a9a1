"""Labelled messages on the worker's way, up to where a confidence decides."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from processors.book import Book, book
from processors.compare import compare
from processors.consult import consult
from processors.decide import decide
from processors.desk import Desk
from processors.enrich import enrich, wanted
from processors.flow import Contexts, Decision, Decoded, Enriched, Message, Scored
from processors.promise import Routes
from processors.score import score
from processors.scorer import Scorer
from processors.triage import triage
from schemas.catalog import Catalog, Snapshot
from schemas.messages import InboundMessage
from schemas.vocabulary import Decider, Kind, Reason, RiskClass
from streams.evaluation.labelled import Labelled
from streams.evaluation.steps import received
from streams.evaluation.verdicts import Watch

BATCH = 256
# Lets whatever the classifier prefers be routed, so that what it prefers can be seen.
ANY = 1e-9


@dataclass(frozen=True, slots=True)
class Way:
    """A tenant's desk with the scorer that its catalog needs."""

    tenant: str
    desk: Desk
    scorer: Scorer

    @property
    def book(self) -> Book:
        """The tenant's catalog."""
        return self.desk.known(self.tenant)

    def under(self, catalog: Catalog) -> Desk:
        """The desk with another version of the catalog on it."""
        made = book(Snapshot(catalog, "fitting"), self.scorer.name)
        return dataclasses.replace(self.desk, books={self.tenant: made})


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the model said of messages, with what they mean in the catalog's words; settled needed no model."""

    scored: tuple[Scored, ...]
    meant: tuple[str, ...]
    settled: int

    @property
    def messages(self) -> int:
        """All that were read."""
        return len(self.scored) + self.settled


def weigh(messages: Sequence[Labelled], way: Way, watch: Watch) -> Weighed:
    """Every message that a worker would have asked the model about, with its answer."""
    scored: list[Scored] = []
    meant: list[str] = []
    for start in range(0, len(messages), BATCH):
        batch = messages[start : start + BATCH]
        waiting = list(zip(triage(_enriched(batch, way), way.desk), batch, strict=True))
        left = [(one, each.intent) for one, each in waiting if not isinstance(one, Decision)]
        scored += consult(score([one for one, _ in left], way.scorer, way.desk), way.scorer, way.desk)
        meant += [way.book.names.get(intent, intent) for _, intent in left]
        watch(len(batch))
    return Weighed(tuple(scored), tuple(meant), len(messages) - len(scored))


def decided(weighed: Weighed, way: Way, catalog: Catalog) -> list[Decision]:
    """What becomes of every message under a version of the catalog."""
    desk = way.under(catalog)
    return decide(compare(weighed.scored, way.scorer, desk), desk)


def candidates(weighed: Weighed, way: Way) -> dict[RiskClass, dict[str, Routes]]:
    """What the classifier would route at any confidence at all, by the intent that it prefers.

    Not those whose intent never is routed, or has a confidence of its own that an operator wrote: a fitted one would
    not count. What is above the ceiling is among them, as a permission routes it.
    """
    found: dict[str, list[tuple[float, bool]]] = {name: [] for name in fittable(way.book.catalog)}
    decisions = decide(weighed.scored, way.under(_bare(way.book.catalog)))
    for decision, meant in zip(decisions, weighed.meant, strict=True):
        by_model = decision.kind is Kind.ROUTED and decision.decided_by is Decider.CLASSIFIER
        if by_model and decision.reason is Reason.ABOVE_THRESHOLD and decision.intent in found:
            found[decision.intent].append((decision.confidence or 0.0, decision.intent != meant))
    return _by_class(found, way.book.catalog)


def fittable(catalog: Catalog) -> list[str]:
    """The intents that a fitted confidence counts for."""
    return [
        name
        for name, intent in catalog.intents.items()
        if intent.deprecated is None
        and not any(catalog.intents[each].always_human for each in (name, *catalog.above(name)))
        and not written(catalog, name)
    ]


def written(catalog: Catalog, name: str) -> bool:
    """Whether an operator wrote the confidence of an intent, there or above it."""
    return any(catalog.intents[each].confidence is not None for each in (name, *catalog.above(name)))


def _by_class(
    found: dict[str, list[tuple[float, bool]]], catalog: Catalog
) -> dict[RiskClass, dict[str, Routes]]:
    classes: dict[RiskClass, dict[str, Routes]] = {}
    for name, routes in found.items():
        confidence, wrong = zip(*routes, strict=True) if routes else ((), ())
        made = Routes(np.array(confidence, np.float64), np.array(wrong, np.bool_))
        classes.setdefault(catalog.intents[name].risk_class, {})[name] = made
    return classes


def _bare(catalog: Catalog) -> Catalog:
    """The same catalog where no confidence, ceiling, closed pool keeps anything back; a margin still does."""
    replace = msgspec.structs.replace
    return replace(
        catalog,
        ceiling=RiskClass.DESTRUCTIVE,
        fitted=None,
        defaults=replace(catalog.defaults, confidence=ANY, band=0.0),
        classes={risk: replace(each, confidence=None) for risk, each in catalog.classes.items()},
        intents={name: replace(each, confidence=None, detours=()) for name, each in catalog.intents.items()},
    )


def _enriched(batch: Sequence[Labelled], way: Way) -> list[Enriched]:
    """Texts as messages of the tenant's customers, of whom nothing is known."""
    read = received([InboundMessage(each.text, tenant=way.tenant) for each in batch])
    messages = tuple([each for each in read if isinstance(each, Message)])
    if len(messages) != len(batch):
        raise ValueError("a text could not be read as a message")
    nothing = Contexts(dict.fromkeys(wanted(Decoded(messages, 0.0), way.desk)))
    return enrich(messages, nothing, way.desk)
