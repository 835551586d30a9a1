"""Conditions are tried on a message of which nothing is known before anybody publishes them."""

import pytest

from processors.rehearsal import unsure
from schemas.catalog_file import parse
from tests.processors.samples import SHIPPED

ONE = """
tenant: acme
defaults: {{on_rule_error: {on_error}}}
intents:
  order: {{risk_class: read_only, target: {{kind: workflow, name: a}}{detours}}}
rules: [{{name: vip, intent: order, when: ['{when}']}}]
"""


def told(when: str, on_error: str = "escalate", detours: str = "") -> list[str]:
    return list(unsure(parse(ONE.format(when=when, on_error=on_error, detours=detours)).catalog))


@pytest.mark.parametrize(
    "when",
    [
        "true",
        'text.contains("x")',
        'has(context.customer.tier) && context.customer.tier == "gold"',
        "has(signals.a)",
    ],
)
def test_a_condition_that_can_be_told_of_anybody_is_passed(when: str) -> None:
    assert told(when) == []


@pytest.mark.parametrize(
    ("when", "remedy"),
    [
        ('context.customer.tier == "gold"', "has(context.customer.tier)"),
        ("signals.score > 3", "has(signals.score)"),
        ('context.system.agents == "closed" || channel == "x"', "has(context.system.agents)"),
    ],
)
def test_one_that_can_not_is_told_with_its_remedy(when: str, remedy: str) -> None:
    (said,) = told(when)
    assert said.startswith("rule vip: ")
    assert f"ask first: {remedy} && ..." in said
    assert "goes to a person, as rule_error" in said


def test_what_becomes_of_such_a_message_is_as_the_catalog_says() -> None:
    (said,) = told("signals.score > 3", on_error="skip")
    assert "passes it by" in said


def test_detours_are_tried_too() -> None:
    detour = ", detours: [{when: signals.late == true, target: {kind: workflow, name: b}}]"
    (said,) = told("true", detours=detour)
    assert said.startswith("detour of order: ")


def test_the_shipped_catalogs_conditions_can_all_be_told() -> None:
    for path in SHIPPED:
        assert list(unsure(parse(path.read_text(encoding="utf-8")).catalog)) == []
