"""What another version would change is told as a person reads it."""

from processors.book import Book, book
from processors.differences import Difference, differences
from schemas.catalog_file import parse
from tests.processors.samples import SHIPPED

(SUPPORT,) = [path for path in SHIPPED if path.stem == "support"]

BASE = """
tenant: acme
defaults: {confidence: 0.85}
intents:
  order: {risk_class: read_only, target: {kind: workflow, name: orders}}
  order.late: {risk_class: local_write, target: {kind: workflow, name: late}}
  refund: {risk_class: delegated, target: {kind: agent_pool, name: billing}, confidence: 0.9}
rules:
  - {name: urgent, intent: refund, says: [at once], when: ['signals.vip == true']}
  - {name: mail, intent: order, channels: [email], when: ['text == ""']}
"""


def made(text: str) -> Book:
    return book(parse(text))


def told(was: str, becomes: str, text: str = BASE) -> list[tuple[str, str, str]]:
    """What an edit changes."""
    assert was in text
    found = differences(made(text), made(text.replace(was, becomes)))
    return [(each.what, each.was, each.becomes) for each in found]


def test_the_same_is_no_difference() -> None:
    assert differences(made(BASE), made(BASE)) == []


def test_an_intent_that_comes_or_goes_is_told_in_a_few_words() -> None:
    late = "  order.late: {risk_class: local_write, target: {kind: workflow, name: late}}\n"
    summary = "workflow late, local_write, from 0.85 on"
    assert told(late, "") == [("intent order.late", summary, "-")]
    less = BASE.replace(late, "")
    assert differences(made(less), made(BASE)) == [Difference("intent order.late", "-", summary)]


def test_a_target_a_risk_an_example_are_told() -> None:
    assert told("name: orders", "name: desk") == [("target of order", "workflow orders", "workflow desk")]
    assert told("risk_class: read_only", "risk_class: network") == [
        ("risk_class of order", "read_only", "network")
    ]
    assert told("name: late}", "name: late}, examples: [it is late, where]") == [
        ("examples of order.late", "-", "it is late, where")
    ]


def test_limits_are_told_as_they_work_out_once_for_all_whom_they_meet() -> None:
    assert told("confidence: 0.85", "confidence: 0.8") == [
        ("defaults.confidence", "0.85", "0.8"),
        ("confidence of order, order.late", "0.85", "0.8"),
    ]


def test_a_limit_at_a_parent_is_told_for_its_kinds() -> None:
    assert told("name: orders}", "name: orders}, confidence: 0.7, always_human: true") == [
        ("confidence of order, order.late", "0.85", "0.7"),
        ("always to a person of order, order.late", "no", "yes"),
    ]


def test_what_may_be_done_is_told() -> None:
    found = told("tenant: acme", "tenant: acme\nceiling: read_only\npermitted: [refund]")
    assert ("ceiling", "delegated", "read_only") in found
    assert ("permitted", "-", "refund") in found
    assert ("highest risk without a permission of order, order.late", "delegated", "read_only") in found
    assert not any("refund" in what for what, _, _ in found if what.startswith("highest"))


def test_rules_are_told_by_name_with_their_conditions() -> None:
    assert told("signals.vip == true", "signals.vip != true") == [
        (
            "rule urgent",
            "refund where says at once, `signals.vip == true`",
            "refund where says at once, `signals.vip != true`",
        )
    ]
    assert told("name: mail", "name: post") == [
        ("rule post", "-", 'order where `text == ""`, on email'),
        ("rule mail", 'order where `text == ""`, on email', "-"),
    ]


def test_another_order_of_rules_is_told() -> None:
    first, second = BASE.splitlines(keepends=True)[-2:]
    assert told(first + second, second + first) == [("order of rules", "urgent, mail", "mail, urgent")]


def test_a_first_version_is_all_new() -> None:
    found = differences(None, made(BASE))
    assert {each.was for each in found} == {"-"}
    assert "rule mail" in [each.what for each in found]


def test_many_intents_are_told_as_a_number() -> None:
    text = SUPPORT.read_text(encoding="utf-8")
    found = told("defaults: {confidence: 0.85", "defaults: {confidence: 0.8", text)
    assert any(what.endswith("more") for what, _, _ in found)
