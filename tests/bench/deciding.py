"""What deciding costs a message, from its facts to its decision, by the size of catalog and bundle."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from processors.book import book
from processors.compare import compare
from processors.decide import decide
from processors.decode import decode
from processors.desk import Desk
from processors.enrich import enrich, wanted
from processors.flow import Batch, ContextKey, Contexts, Enriched, Json, Message, Scored
from processors.opinions import opinions
from processors.score import ConstantScorer
from processors.triage import triage
from schemas.catalog import Catalog, Defaults, Detour, Facts, Intent, Rule
from schemas.catalog_file import snapshot
from schemas.events import Target
from schemas.vocabulary import Channel, RiskClass, TargetKind
from tests.bench.bench_steps import microseconds, records

BUDGET_US = 30.0
KINDS = 10
# So many intents of the catalog under a bundle with so many labels.
SIZES = ((10, 10), (200, 200), (2000, 2000), (40, 151), (40, 2000))
SURE, UNSURE = 0.8, 0.9
SINK = "oos"
# Few, so that some run is over before a neighbour wants the core.
MESSAGES, SECONDS_A_STEP = 40, 2.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds a message, step by step."""

    intents: int
    labels: int
    triage: float
    compare: float
    decide: float

    @property
    def whole(self) -> float:
        """All steps together."""
        return self.triage + self.compare + self.decide


def report(rounds: int, less: int) -> list[str]:
    """A line for each size, beside the budget."""
    rows = [
        f"{'intents':>8} {'labels':>8} {'triage':>8} {'compare':>8} {'decide':>8} {'all, us':>8} {'budget':>8}"
    ]
    for intents, labels in SIZES:
        cost = measured(intents, labels)
        over = "  OVER" if cost.whole > BUDGET_US else ""
        rows.append(
            f"{intents:8} {labels:8} {cost.triage:8.1f} {cost.compare:8.1f} {cost.decide:8.1f} {cost.whole:8.1f} "
            f"{BUDGET_US:8.0f}{over}"
        )
    return [
        *rows,
        "5 rules, one of them with a condition for every message; facts of customer, system; 1 of 10 unsure",
    ]


def measured(intents: int, labels: int) -> Cost:
    """The steps on a batch, each by itself."""
    desk = Desk(books={"default": book(snapshot(catalog(intents)))}, now=1_795_255_200.0)
    known = enriched(desk)
    scored = opinion(known, (*(name(place) for place in range(labels)), SINK))
    scorer = ConstantScorer()
    compared = compare(scored, scorer, desk)
    assert all(isinstance(one, Enriched) for one in triage(known, desk)), "a rule took a message"
    return Cost(
        intents,
        labels,
        _us(lambda: triage(known, desk)),
        _us(lambda: compare(scored, scorer, desk)),
        _us(lambda: decide(compared, desk)),
    )


def _us(step: Callable[[], object]) -> float:
    return microseconds(step, MESSAGES, SECONDS_A_STEP)


def name(place: int) -> str:
    """An intent, a kind of another."""
    return f"domain{place // KINDS}.intent{place}"


def catalog(intents: int) -> Catalog:
    """A tenant with as many intents, each ten under one, with detours, five rules."""
    target = Target(TargetKind.WORKFLOW, "served")
    closed = (Detour("context.system.agents == false", target),)
    found = {
        name(place): Intent(RiskClass.NETWORK, target, detours=closed if place % KINDS == 0 else ())
        for place in range(intents)
    }
    found |= {f"domain{place}": Intent(RiskClass.NETWORK, target) for place in range(intents // KINDS)}
    first = name(0)
    return Catalog(
        tenant="default",
        intents=found,
        defaults=Defaults(unsure="clarify"),
        facts=Facts(system=("agents",)),
        rules=(
            Rule("lawyer", first, says=("my lawyer", "attorney", "see you in court")),
            Rule("close", first, says=("close my account", "delete my account")),
            Rule("gold", first, says=("money", "refund"), when=('context.customer.tier == "platinum"',)),
            Rule("urgent", first, channels=(Channel.EMAIL,), when=("context.customer.open_orders > 5",)),
            Rule("no-agents", first, when=("context.system.agents == false",)),
        ),
    )


def enriched(desk: Desk) -> list[Enriched]:
    """A batch of all channels, each customer known."""
    decoded = decode(Batch(records()[:MESSAGES], 0.0), desk.limits)
    customer: Json = {"tier": "gold", "open_orders": 2, "since": 2019, "name": "Jane", "country": "DE"}
    facts: dict[ContextKey, Json] = {
        key: True if key[1] == "system" else customer for key in wanted(decoded, desk)
    }
    return enrich([item for item in decoded.items if isinstance(item, Message)], Contexts(facts), desk)


def opinion(known: list[Enriched], labels: tuple[str, ...]) -> list[Scored]:
    """Of ten messages eight are sure, one is between two kinds of one intent, one is none of them."""
    shares = np.full((len(known), len(labels)), 0.03 / len(labels))
    for row, place in enumerate(row % 10 / 10 for row in range(len(known))):
        best = row % min(40, len(labels) - 1)
        if place < SURE:
            shares[row, best] += 0.97
        elif place < UNSURE:
            shares[row, best] += 0.5
            shares[row, best + 1 if best % KINDS == 0 else best - 1] += 0.47
        else:
            shares[row, -1] += 0.97
    found = opinions(shares, labels, [False] * len(known))
    return [Scored(one, each, "bench-1") for one, each in zip(known, found, strict=True)]
