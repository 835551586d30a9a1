"""The audit says which signals a decision could see, no others."""

import msgspec
import pytest

from processors.book import book
from processors.desk import Desk
from processors.flow import Contexts
from processors.pipeline import answer
from processors.signals import looked_at, picked
from schemas.audit import AuditRecord
from schemas.catalog_file import parse
from tests.processors.samples import NOW, ListedScorer, decoded, record, written

RULED = """
tenant: default
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: orders}}
  refund.request:
    risk_class: delegated
    target: {kind: agent_pool, name: billing}
    detours: [{when: '"after-hours" in signals', target: {kind: agent_pool, name: night}}]
rules:
  - {name: vip, intent: order.status, when: ['has(signals.vip) && signals.vip == true']}
"""


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("signals.vip == true", {"vip"}),
        ('has(signals.a) && signals["x-y"] == "b"', {"a", "x-y"}),
        ('"q" in signals', {"q"}),
        ('"a" in signals.b', {"b"}),
        ('text == "signals.no" // signals.no', set()),
        ("context.customer.signals == 1", set()),
        ("signals.exists(name, name == text)", None),
        ("signals[text] == 1", None),
        ("size(signals) > 2", None),
        (r'signals["a\"b"] == 1', None),
    ],
)
def test_what_an_expression_names_is_found_else_everything_counts(
    expression: str, names: set[str] | None
) -> None:
    assert looked_at([expression]) == (None if names is None else frozenset(names))


def test_where_one_condition_looks_at_everything_all_is_picked() -> None:
    assert looked_at(["signals.a == 1", "size(signals) > 0"]) is None
    assert picked({"a": 1, "b": 2}, None) == {"a": 1, "b": 2}


def audited(**fields: object) -> AuditRecord:
    """The audit record of a message under the catalog with the rule."""
    desk = Desk({"default": book(parse(RULED))}, now=NOW)
    answers = answer(decoded(record(written(**fields))), Contexts({}), ListedScorer(), desk)
    return msgspec.json.decode(answers.per_record[0][1].value or b"", type=AuditRecord)


def test_the_signals_that_a_rule_or_a_detour_names_are_in_the_audit_the_others_are_not() -> None:
    line = audited(signals={"vip": True, "after-hours": 1, "from": "anna@example.org"})
    assert line.observed.signals == {"vip": True, "after-hours": 1}
    assert (line.intent, line.decided_by) == ("order.status", "rule")


def test_a_message_without_them_has_none_in_its_audit() -> None:
    assert audited(signals={"from": "anna@example.org"}).observed.signals == {}
    assert audited().observed.signals == {}


def test_what_the_caller_said_is_in_the_audit() -> None:
    line = audited(intent="order.place", safety_mode="local_write")
    assert (line.declared, line.safety_mode) == ("order.place", "local_write")
