"""What counts for an intent: its own word, else what is nearest to it."""

import pytest

from processors.book import Book, Entry, speaks
from schemas.catalog_file import CatalogError, parse
from schemas.events import Target
from schemas.fitted import intents_sha256
from schemas.vocabulary import Channel, Kind, RiskClass, TargetKind
from tests.processors.samples import opened

FAMILY = """
tenant: acme
defaults: {confidence: 0.5, margin: 0.01, unsure: clarify, policy_agent: triage}
classes:
  network: {confidence: 0.6, margin: 0.02, steps: 8, review: 0.25}
intents:
  pay: {risk_class: read_only, target: {kind: workflow, name: pay}}
  pay.card: {risk_class: network, target: {kind: workflow, name: card}}
  pay.card.lost: {risk_class: network, target: {kind: workflow, name: lost}}
"""
MODEL = "support-1.0.0"


def family(**changes: str) -> str:
    """The catalog with more said of its intents, by the last word of their names."""
    text = FAMILY
    for last, more in changes.items():
        text = text.replace(f"name: {last}}}}}", f"name: {last}}}, {more}}}")
    return text


def fitted(text: str, bundle: str = MODEL, of: str | None = None, limits: str = "") -> str:
    """The catalog with confidences that were fitted for this bundle, for its own intents unless told otherwise."""
    names = of or intents_sha256(parse(text).catalog)
    return text + (
        f"fitted: {{bundle: {bundle}, intents_sha256: {names}, error: 0.02, certainty: 0.95, {limits}}}\n"
    )


def entry(text: str, name: str = "pay.card.lost", model: str = MODEL) -> Entry:
    return opened(text, model).entries[name]


def test_the_nearest_word_on_confidence_counts_intent_parent_fitted_class_tenant() -> None:
    limits = "intents: {pay.card.lost: 0.7}, classes: {network: 0.65}"
    for_one, for_all = fitted(FAMILY, limits=limits), fitted(FAMILY, limits="classes: {network: 0.65}")
    found = [
        entry(family(lost="confidence: 0.9", card="confidence: 0.8", pay="confidence: 0.75")),
        entry(family(card="confidence: 0.8", pay="confidence: 0.75")),
        entry(family(pay="confidence: 0.75")),
        entry(for_one),
        entry(for_all),
        entry(FAMILY),
        entry(FAMILY.replace("confidence: 0.6, ", "")),
        entry(
            "tenant: acme\nintents: {pay: {risk_class: network, target: {kind: workflow, name: a}}}", "pay"
        ),
    ]
    assert [each.confidence for each in found] == [0.9, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.85]


def test_what_an_operator_wrote_above_an_intent_counts_before_what_was_fitted() -> None:
    text = fitted(family(pay="confidence: 0.75"), limits="intents: {pay.card.lost: 0.7}")
    assert entry(text).confidence == 0.75


@pytest.mark.parametrize("why", ["another bundle", "another set of intents"])
def test_what_was_fitted_for_something_else_does_not_count(why: str) -> None:
    limits = "intents: {pay.card.lost: 0.7}"
    bundle, of = ("other-1.0.0", None) if why == "another bundle" else (MODEL, "ab" * 32)
    assert entry(fitted(FAMILY, bundle, of, limits)).confidence == 0.6


def test_the_margin_is_inherited_alike_but_never_fitted() -> None:
    found = [
        entry(family(lost="margin: 0.3", card="margin: 0.2")),
        entry(family(card="margin: 0.2", pay="margin: 0.1")),
        entry(family(pay="margin: 0.1")),
        entry(fitted(FAMILY, limits="classes: {network: 0.65}")),
        entry(FAMILY.replace("margin: 0.02, ", "")),
    ]
    assert [each.margin for each in found] == [0.3, 0.2, 0.1, 0.02, 0.01]


def test_a_margin_of_nothing_is_a_word_too() -> None:
    assert entry(family(card="margin: 0")).margin == 0


def test_the_floor_of_the_band_is_exact() -> None:
    band = FAMILY.replace("unsure: clarify", "unsure: clarify, band: 0.1")
    assert entry(band.replace("confidence: 0.6", "confidence: 0.8")).floor == 0.7


def test_what_is_done_with_a_doubt_is_the_nearest_word_too() -> None:
    found = [
        entry(family(lost="unsure: escalate", card="unsure: policy_agent")),
        entry(family(card="unsure: escalate")),
        entry(FAMILY),
    ]
    assert [each.unsure for each in found] == [Kind.ESCALATED, Kind.ESCALATED, Kind.CLARIFY]
    assert [each.agent for each in found] == [None] * 3


def test_a_policy_agent_is_named_by_the_tenant_and_stands_beside_a_person() -> None:
    found = entry(family(card="unsure: policy_agent"))
    assert (found.unsure, found.agent) == (Kind.ESCALATED, Target(TargetKind.POLICY_AGENT, "triage"))


def test_what_is_always_a_persons_is_so_in_all_its_kinds() -> None:
    found = opened(family(card="always_human: true")).entries
    assert [name for name, each in found.items() if each.always_human] == ["pay.card", "pay.card.lost"]


def test_steps_and_review_are_those_of_the_class() -> None:
    found = opened(FAMILY).entries
    assert (found["pay.card"].steps, found["pay.card"].review) == (8, 0.25)
    assert (found["pay"].steps, found["pay"].review) == (None, 0.0)


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("ceiling: read_only", RiskClass.READ_ONLY),
        ("ceiling: delegated", RiskClass.DELEGATED),
        ("", RiskClass.DELEGATED),
        ("ceiling: read_only\npermitted: [pay.card.lost]", RiskClass.NETWORK),
        ("ceiling: read_only\npermitted: [pay.card]", RiskClass.READ_ONLY),
        # A permission lifts, it never lowers.
        ("ceiling: delegated\npermitted: [pay.card.lost]", RiskClass.DELEGATED),
    ],
)
def test_the_ceiling_holds_unless_the_intent_is_permitted(said: str, allowed: RiskClass) -> None:
    assert entry(FAMILY + said).allowed == allowed.rung


def test_the_same_share_of_messages_is_looked_at_whoever_decides_them() -> None:
    found, again = opened(FAMILY).entries, opened(FAMILY).entries
    ids = [f"messages.inbound/3/{offset}" for offset in range(4000)]
    drawn = [each for each in ids if found["pay.card"].draws(each)]
    assert 900 < len(drawn) < 1100
    assert drawn == [each for each in ids if again["pay.card.lost"].draws(each)]
    assert not any(found["pay"].draws(each) for each in ids)


def test_a_name_or_an_alias_finds_the_intent_anything_else_none() -> None:
    found = opened(family(lost="aliases: [lost_card, stolen]"))
    assert [each.name for each in map(found.entry, ("pay", "lost_card", "stolen")) if each] == [
        "pay",
        "pay.card.lost",
        "pay.card.lost",
    ]
    assert [found.entry(name) for name in ("oos", "elsewhere", "pay.", "", None)] == [None] * 5


def test_a_family_is_an_intent_with_all_that_is_below_it() -> None:
    found = opened(FAMILY)
    assert found.kinds == {
        "pay": {"pay", "pay.card", "pay.card.lost"},
        "pay.card": {"pay.card", "pay.card.lost"},
    }
    assert [each.depth for each in found.entries.values()] == [0, 1, 2]


LIMITED = """
tenant: acme
locales: [de, en-GB]
intents:
  all: &it {risk_class: read_only, target: {kind: workflow, name: a}}
  chats: {<<: *it, channels: [chat, voice]}
  german: {<<: *it, locales: [de]}
  british: {<<: *it, locales: [en-GB], channels: [email]}
"""


@pytest.mark.parametrize(
    ("channel", "locale", "names"),
    [
        # Nobody has to say where he writes; the first language of the tenant is meant where none is named.
        (None, None, {"all", "chats", "german"}),
        (Channel.CHAT, None, {"all", "chats", "german"}),
        (Channel.TICKET, None, {"all", "german"}),
        (None, "de-AT", {"all", "chats", "german"}),
        (Channel.EMAIL, "en-GB", {"all", "british"}),
        (Channel.EMAIL, "en", {"all"}),
        (Channel.VOICE, "EN_gb", {"all", "chats"}),
        (Channel.EMAIL, "de_AT", {"all", "german"}),
        (Channel.EMAIL, "deutsch", {"all"}),
    ],
)
def test_only_what_channel_and_language_leave_can_be_meant(
    channel: Channel | None, locale: str | None, names: set[str]
) -> None:
    found = opened(LIMITED)
    assert {name for name, each in found.entries.items() if found.candidate(each, channel, locale)} == names
    labels = (*found.entries, "oos")
    assert found.view(labels, channel, locale).known.keys() == {*names, "oos"}


def test_without_languages_of_the_tenant_a_message_that_names_none_may_mean_all() -> None:
    found = opened(LIMITED.replace("locales: [de, en-GB]\n", ""))
    assert all(found.candidate(each, None, None) for each in found.entries.values())


@pytest.mark.parametrize(
    ("locale", "served"),
    [("de", True), ("de-CH", True), ("en-GB", True), ("en", False), ("fr", False), (None, True)],
)
def test_a_language_is_served_where_the_tenant_names_it(locale: str | None, served: bool) -> None:
    assert opened(LIMITED).served(locale) is served
    assert opened(FAMILY).served(locale)


def test_a_language_is_not_what_merely_begins_alike() -> None:
    assert speaks("de-AT", "de")
    assert not speaks("de", "de-AT")
    assert not speaks("den", "de")


def test_a_view_is_made_once_for_labels_channel_and_language() -> None:
    found = opened(LIMITED)
    labels = ("all", "chats", "oos")
    assert found.view(labels, Channel.CHAT, "de") is found.view(labels, Channel.CHAT, "de-AT")
    assert found.view(labels, Channel.CHAT, "de") is not found.view(labels, Channel.EMAIL, "de")
    assert found.view(("all",), Channel.CHAT, "de").labels == ("all",)


def faulty(text: str) -> str:
    """What is said of a catalog whose conditions do not compile."""
    with pytest.raises(CatalogError) as told:
        opened(text)
    return str(told.value)


def test_every_condition_that_is_none_is_told_with_its_line() -> None:
    text = family(card="detours: [{when: 'text', target: {kind: workflow, name: a}}]") + (
        "rules:\n- name: a\n  intent: pay\n  when:\n  - 'true'\n  - 'signals.x'\n"
    )
    one, other = faulty(text).split("; compare it with something")[:2]
    assert one.startswith("line 15: rules.0.when.1: gives dyn")
    assert other.startswith("; line 8: intents.pay.card.detours.0.when: gives string")


def test_the_conditions_of_rules_are_counted() -> None:
    rule = "- {name: NAME, intent: pay, SAID}\n"
    said = {
        "one": "says: [a, b, c]",
        "two": "says: [a], channels: [chat, email]",
        "five": "says: [a], channels: [chat], locales: [de], when: ['true', 'true']",
    }
    rules = "".join(rule.replace("NAME", name).replace("SAID", each) for name, each in said.items())
    found: Book = opened(FAMILY + "rules:\n" + rules)
    assert [each.conditions for each in found.rules] == [1, 2, 5]


def test_a_rules_own_word_on_errors_counts_before_the_tenants() -> None:
    rules = (
        "rules:\n- {name: a, intent: pay, says: [a]}\n- {name: b, intent: pay, says: [b], on_error: skip}\n"
    )
    assert [each.on_error for each in opened(FAMILY + rules).rules] == ["escalate", "skip"]
    skips = FAMILY.replace("unsure: clarify", "unsure: clarify, on_rule_error: skip")
    assert [each.on_error for each in opened(skips + rules).rules] == ["skip", "skip"]


@pytest.mark.parametrize(
    ("changes", "band", "exemplified"),
    [
        ({}, "0.3", False),
        ({"lost": "examples: [stolen]"}, "0.3", True),
        ({"lost": "examples: [stolen]"}, "0", False),
    ],
)
def test_examples_count_where_there_are_any_and_a_band(
    changes: dict[str, str], band: str, exemplified: bool
) -> None:
    text = family(**changes).replace("unsure: clarify", f"unsure: clarify, band: {band}")
    assert bool(opened(text).exemplified) is exemplified
