"""Of all rules that hold the most special one counts; a rule that could not be asked is told."""

from typing import Any

import pytest

from processors.book import Book
from processors.rules import Told, told
from tests.processors.samples import enriched, opened

INTENTS = """
tenant: default
locales: [en, de]
intents:
  order: &it {risk_class: read_only, target: {kind: workflow, name: orders}}
  order.status: *it
  order.status.late: *it
  refund: *it
  refund.old: {<<: *it, version: 3}
  refund.new: {<<: *it, version: 7}
  chat.only: {<<: *it, channels: [chat]}
  german.only: {<<: *it, locales: [de]}
rules:
"""

NOTHING = Told(None, (), (), stops=False)


def ruled(*rules: str) -> Book:
    """The catalog with these rules, each without its braces."""
    return opened(INTENTS + "".join(f"- {{{rule}}}\n" for rule in rules))


def asked(rules: list[str], text: str = "where is my parcel", **fields: Any) -> Told:
    return told(enriched(text, **fields), ruled(*rules))


def best(*rules: str, **fields: Any) -> str | None:
    """The intent that counts."""
    entry = asked([*rules], **fields).best
    return entry.name if entry else None


def test_no_rule_that_holds_tells_nothing() -> None:
    assert asked(["name: a, intent: refund, says: [money]"]) == NOTHING
    assert asked(["name: a, intent: refund, when: ['channel == \"chat\"']"]) == NOTHING


def test_a_rule_holds_where_every_one_of_its_conditions_does() -> None:
    rule = "name: a, intent: refund, says: [parcel, money], when: ['has(signals.x)', 'signals.x == 1']"
    assert best(rule, signals={"x": 1}) == "refund"
    assert best(rule, signals={"x": 2}) is None
    assert best(rule, signals={}) is None, "the first condition spares the second"
    assert best(rule, text="nothing of it", signals={"x": 1}) is None


# Each pair ties in all that counts before; either order of the rules has the same outcome.
SPECIAL = {
    "the deeper intent, though fewer conditions held": (
        "name: a, intent: order.status, says: [parcel]",
        "name: b, intent: order, says: [parcel], when: ['true', 'true']",
        "order.status",
    ),
    "the deepest of three": (
        "name: a, intent: order.status.late, says: [parcel]",
        "name: b, intent: order.status, says: [parcel], when: ['true']",
        "order.status.late",
    ),
    "of equal depth the one of more conditions, though its template is older": (
        "name: a, intent: refund.old, says: [parcel], when: ['true']",
        "name: b, intent: refund.new, says: [parcel]",
        "refund.old",
    ),
    "a channel is a condition": (
        "name: a, intent: refund.old, says: [parcel], channels: [chat]",
        "name: b, intent: refund.new, says: [parcel]",
        "refund.old",
    ),
    "a language is a condition": (
        "name: a, intent: refund.old, says: [parcel], locales: [en]",
        "name: b, intent: refund.new, says: [parcel]",
        "refund.old",
    ),
    "of equal depth with as many conditions the newest template": (
        "name: a, intent: refund.new, says: [parcel]",
        "name: b, intent: refund.old, when: ['true']",
        "refund.new",
    ),
}


@pytest.mark.parametrize(("one", "other", "counts"), SPECIAL.values(), ids=SPECIAL.keys())
def test_the_most_special_counts(one: str, other: str, counts: str) -> None:
    assert best(one, other, channel="chat") == counts
    assert best(other, one, channel="chat") == counts


def test_of_complete_equals_the_first_of_the_catalog_counts() -> None:
    one, other = "name: a, intent: order, says: [parcel]", "name: b, intent: refund, says: [parcel]"
    assert best(one, other) == "order"
    assert best(other, one) == "refund"


def test_all_rules_that_held_are_told_in_the_catalogs_order() -> None:
    rules = [f"name: r{place}, intent: order, when: ['{place} != 2']" for place in range(4)]
    assert asked(rules).held == ("r0", "r1", "r3")


def test_a_rule_over_a_missing_key_is_told_as_failed_and_stops_the_message() -> None:
    found = asked(["name: a, intent: refund, when: ['context.customer.tier == \"gold\"']"])
    assert (found.best, found.held, found.failed, found.stops) == (None, (), ("a",), True)


def test_where_it_says_skip_a_failed_rule_stops_nothing() -> None:
    broken = "name: a, intent: refund, when: ['signals.x == 1'], on_error: skip"
    found = asked([broken, "name: b, intent: order, says: [parcel]"])
    assert (found.held, found.failed, found.stops) == (("b",), ("a",), False)
    assert found.best is not None


def test_one_that_must_not_be_passed_over_stops_though_others_held() -> None:
    broken = "name: a, intent: refund, when: ['signals.x == 1']"
    found = asked([broken, "name: b, intent: order, says: [parcel]"])
    assert (found.failed, found.stops) == (("a",), True)


def test_one_failed_rule_of_several_that_must_not_be_passed_over_is_enough() -> None:
    broken = "name: a, intent: refund, when: ['signals.x == 1']"
    found = asked([broken, broken.replace("name: a", "name: b") + ", on_error: skip"])
    assert (found.failed, found.stops) == (("a", "b"), True)


def test_a_condition_that_is_false_spares_one_that_fails() -> None:
    assert asked(["name: a, intent: refund, when: ['signals.x == 1', 'false']"]) == NOTHING


@pytest.mark.parametrize(
    ("rule", "fields", "holds"),
    [
        ("intent: order, channels: [chat, api]", {"channel": "api"}, True),
        ("intent: order, channels: [chat]", {"channel": "email"}, False),
        ("intent: order, channels: [chat]", {}, False),
        ("intent: order, locales: [en]", {"locale": "en-GB"}, True),
        ("intent: order, locales: [en-GB]", {"locale": "en"}, False),
        ("intent: order, locales: [de]", {"locale": "en"}, False),
        # The tenant's first language is meant where a message names none.
        ("intent: order, locales: [en]", {}, True),
        ("intent: order, locales: [de]", {}, False),
        # An intent that can't be meant here can't be told by a rule either.
        ("intent: chat.only", {"channel": "chat"}, True),
        ("intent: chat.only", {"channel": "email"}, False),
        ("intent: chat.only", {}, True),
        ("intent: german.only", {"locale": "de-AT"}, True),
        ("intent: german.only", {"locale": "en"}, False),
    ],
)
def test_a_rule_counts_where_it_and_its_intent_are_for(
    rule: str, fields: dict[str, str], holds: bool
) -> None:
    assert (best(f"name: a, {rule}, says: [parcel]", **fields) is not None) is holds
