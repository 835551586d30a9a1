"""Every condition that ships can be told of a message of which nothing is known."""

import pytest

from processors.book import book
from processors.conditions import Asker, condition
from processors.desk import Desk
from processors.enrich import enrich
from processors.flow import Contexts, Enriched
from processors.rules import told
from schemas.catalog import Catalog, Snapshot
from schemas.catalog_file import parse
from schemas.vocabulary import Channel
from tests.processors.samples import NOW, SHIPPED, message

CATALOGS = {path.stem: parse(path.read_text(encoding="utf-8")) for path in SHIPPED}
CHANNELS: tuple[Channel | None, ...] = (None, *Channel)


def sources(catalog: Catalog) -> list[str]:
    """Every condition of a catalog's rules and detours."""
    ruled = [each for rule in catalog.rules for each in rule.when]
    return ruled + [each.when for intent in catalog.intents.values() for each in intent.detours]


def failures(snapshot: Snapshot, one: Enriched) -> list[str]:
    """The conditions that can't be told of a message, the rules that could not."""
    asker = Asker(one)
    unsure = [
        each for each in sources(snapshot.catalog) if not isinstance(asker.holds(condition(each)), bool)
    ]
    return unsure + list(told(one, book(snapshot)).failed)


def unknown(snapshot: Snapshot, channel: Channel | None, phrase: str = "where is it") -> list[Enriched]:
    """Messages of which nothing is known: without a customer, with an unknown one, with facts that can't be read."""
    tenant = snapshot.catalog.tenant
    desk = Desk({tenant: book(snapshot)}, NOW)
    some = [message(phrase, tenant=tenant, channel=channel, customer=each) for each in (None, "u-7")]
    facts = snapshot.catalog.facts
    empty = {(tenant, "system", name): None for name in facts.system}
    empty |= {(tenant, "stock", name): None for name in facts.stock}
    read = enrich(some, Contexts(empty | {(tenant, "customer", "u-7"): None}), desk)
    assert all(each.context is not None for each in read)
    return [*read, Enriched(some[0], None)]


@pytest.mark.parametrize("snapshot", CATALOGS.values(), ids=CATALOGS.keys())
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_rule_and_detour_that_ships_is_true_or_false_with_an_empty_context(
    snapshot: Snapshot, channel: Channel | None
) -> None:
    for one in unknown(snapshot, channel):
        assert failures(snapshot, one) == []


@pytest.mark.parametrize("snapshot", CATALOGS.values(), ids=CATALOGS.keys())
def test_so_is_every_rule_whose_phrase_is_said(snapshot: Snapshot) -> None:
    for phrase in {phrase for rule in snapshot.catalog.rules for phrase in rule.says}:
        for channel in CHANNELS:
            for one in unknown(snapshot, channel, phrase):
                assert told(one, book(snapshot)).failed == ()


NAIVE = """
tenant: default
facts: {system: [agents]}
intents:
  order:
    risk_class: read_only
    target: {kind: workflow, name: a}
    detours: [{when: 'context.system.agents == "away"', target: {kind: workflow, name: b}}]
rules:
- {name: gold, intent: order, says: [where], when: ['context.customer.tier == "gold"']}
"""


def test_a_rule_that_takes_a_fact_for_granted_is_found() -> None:
    snapshot = parse(NAIVE)
    found = [failures(snapshot, one) for one in unknown(snapshot, None)]
    assert found == [['context.customer.tier == "gold"', 'context.system.agents == "away"', "gold"]] * 3
