"""A catalog is read strictly; what ships covers the taxonomy."""

from pathlib import Path

import pytest

from schemas.catalog import Domain
from schemas.catalog_file import CatalogError, parse
from schemas.events import Target
from schemas.vocabulary import RiskClass, TargetKind

SUPPORT = (Path(__file__).parents[2] / "schemas" / "catalogs" / "support.yaml").read_text(encoding="utf-8")
SMALL = """
tenant: acme
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: orders}}
"""


def test_a_small_catalog_has_the_usual_threshold_and_sink() -> None:
    catalog = parse(SMALL).catalog
    assert (catalog.tenant, catalog.defaults.confidence, catalog.sink_label) == ("acme", 0.85, "oos")
    assert catalog.intents["order.status"].target == Target(TargetKind.WORKFLOW, "orders")


def test_equal_content_has_an_equal_hash_however_it_is_written() -> None:
    other = '{"intents": {"order.status": {"target": {"name": "orders", "kind": "workflow"}, '
    other += '"risk_class": "read_only"}}, "tenant": "acme", "defaults": {"confidence": 0.85}}  # a comment'
    assert parse(other).hash == parse(SMALL).hash
    assert len(parse(SMALL).hash) == 64


def test_every_change_changes_the_hash() -> None:
    changes = [
        ("acme", "other"),
        ("read_only", "network"),
        ("orders", "others"),
        ("order.status", "order.place"),
    ]
    hashes = {parse(SMALL.replace(*change)).hash for change in changes}
    hashes.add(parse(SMALL + "defaults: {confidence: 0.9}\n").hash)
    assert len(hashes | {parse(SMALL).hash}) == len(changes) + 2


def test_what_intents_share_may_be_written_once() -> None:
    shared = """
tenant: acme
intents:
  order.status: &usual {risk_class: read_only, target: {kind: workflow, name: orders}}
  order.place: {<<: *usual, risk_class: network}
"""
    assert parse(shared).catalog.intents["order.place"].risk_class is RiskClass.NETWORK


WRONG = {
    "no YAML": ("tenant: [", "line"),
    "nothing": ("", "object"),
    "an unknown field": (SMALL + "treshold: 0.9\n", "treshold"),
    "an unknown field of an intent": (
        SMALL.replace("risk_class: read_only", "risk_class: read_only, x: 1"),
        "x",
    ),
    "an unknown risk": (SMALL.replace("read_only", "harmless"), "risk_class"),
    "an unknown kind of target": (SMALL.replace("workflow", "robot"), "kind"),
    "no target": (SMALL.replace(", target: {kind: workflow, name: orders}", ""), "target"),
    "a threshold of nothing": (SMALL + "defaults: {confidence: 0}\n", "confidence"),
    "a threshold above all": (SMALL + "defaults: {confidence: 1.01}\n", "confidence"),
    "a threshold that is a text": (SMALL + 'defaults: {confidence: "0.9"}\n', "confidence"),
    "no intent at all": ("tenant: acme\nintents: {}\n", "intents"),
    "a tenant that breaks keys": (SMALL.replace("acme", '"a/b"'), "tenant"),
    "a key given twice": (SMALL + "tenant: other\n", "twice"),
    "an intent given twice": (SMALL + SMALL.splitlines()[-1] + "\n", "twice"),
    "an intent that is no intent": (
        SMALL.replace("order.status", "elsewhere"),
        "line 4: intents.elsewhere",
    ),
    "a sink that is an intent": (SMALL + "sink_label: order.status\n", "sink_label"),
    "code": ("!!python/object/apply:os.system ['true']", "line"),
}


@pytest.mark.parametrize(("text", "named"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(CatalogError, match=named):
        parse(text)


def test_the_catalog_that_ships_has_the_customers_domains() -> None:
    catalog = parse(SUPPORT).catalog
    assert (catalog.tenant, catalog.defaults.confidence, catalog.sink_label) == ("default", 0.85, "oos")
    assert len(catalog.intents) == 44
    assert len({name.split(".")[0] for name in catalog.intents}) == 13


def test_its_risks_are_those_that_were_agreed() -> None:
    intents = parse(SUPPORT).catalog.intents
    by_risk = {risk: {name for name, one in intents.items() if one.risk_class is risk} for risk in RiskClass}
    assert by_risk[RiskClass.DESTRUCTIVE] == {"order.cancel", "subscription.cancel", "account.delete"}
    assert [len(by_risk[risk]) for risk in RiskClass] == [10, 15, 10, 6, 3]
    assert by_risk[RiskClass.DELEGATED] == {
        "refund.request",
        "payment.duplicate_charge",
        "service.human",
        "legal.complaint",
        "legal.privacy_request",
        "account.compromised",
    }


def test_delegated_intents_go_to_agents_all_others_to_workflows_of_their_name() -> None:
    for name, intent in parse(SUPPORT).catalog.intents.items():
        delegated = intent.risk_class is RiskClass.DELEGATED
        assert intent.target.kind is (TargetKind.AGENT_POOL if delegated else TargetKind.WORKFLOW)
        assert delegated or intent.target.name == name


def test_a_domain_names_its_specialist() -> None:
    catalog = parse(SMALL + "domains: {order: {bundle: order-0.2.0}}\n").catalog
    assert catalog.domains == {"order": Domain("order-0.2.0", sure=0.9, sha256=None)}
    assert set(catalog.of("order")) == {"order.status"}
    assert catalog.of("ord") == {}
    assert parse(SMALL).catalog.domains == {}


@pytest.mark.parametrize(
    ("domain", "named"),
    [
        ("order: {bundle: b, sure: 0.5}", "sure"),
        ("order: {bundle: b, sure: 1.1}", "sure"),
        ("order: {bundle: ''}", "bundle"),
        ("order: {sure: 0.9}", "bundle"),
        ("order: {bundle: b, sha256: abc}", "sha256"),
        ("order: {bundle: b, x: 1}", "x"),
        ("order.status: {bundle: b}", "domains"),
        ("oder: {bundle: b}", "domains.oder"),
    ],
)
def test_a_domain_that_can_not_be_is_refused_by_name(domain: str, named: str) -> None:
    with pytest.raises(CatalogError, match=named):
        parse(SMALL + f"domains: {{{domain}}}\n")
