"""An explanation says what the audit record says, in words."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec
import pytest

from processors.book import Book, book
from processors.desk import Desk
from processors.enrich import wanted
from processors.explain import explain, why
from processors.flow import Contexts, Json, Likeness, Opinion, Scores
from processors.pipeline import answer
from processors.words import CAUSES, FLAGS, KINDS, REASONS
from schemas.audit import AuditRecord
from schemas.catalog_file import parse
from schemas.vocabulary import Cause, Flag, Kind, Mode, Reason
from tests.decisions.case import Case, cases
from tests.decisions.way import catalog, told
from tests.processors.samples import NOW, ListedScorer, decoded, record, written

RULED = parse("""
tenant: default
ceiling: delegated
trusted_sources: [crm]
facts: {system: [agents]}
defaults: {confidence: 0.85, unsure: clarify, near: 0.8}
classes: {delegated: {steps: 12, review: 1}}
rules:
  - {name: vip, intent: service.human, when: ['has(signals.vip) && signals.vip == true']}
  - {name: score, intent: order.status, when: ['context.customer.score > 3'], on_error: skip}
intents:
  order: {risk_class: read_only, target: {kind: workflow, name: orders}, confidence: 0.7}
  order.status: {risk_class: read_only, target: {kind: workflow, name: status}, examples: [where is it]}
  order.cancel: {risk_class: destructive, target: {kind: workflow, name: cancel}}
  refund.request:
    risk_class: delegated
    target: {kind: agent_pool, name: billing}
    priority: 3
    detours: [{when: 'context.system.agents == false', target: {kind: workflow, name: callback}}]
  refund.old: {risk_class: read_only, target: {kind: workflow, name: old}, deprecated: refund.request}
  service.human: {risk_class: delegated, target: {kind: agent_pool, name: care}, always_human: true}
""")
TEXT = "where is my parcel"
REFUND = {"refund.request": 0.97, "order.status": 0.02}


class Comparer:
    """Knows one likeness."""

    def __init__(self, near: float) -> None:
        """How like every message is to the first example of order.status."""
        self._near = near

    def likeness(self, text: str, examples: object, *, alone: bool = False) -> tuple[Likeness, ...]:
        """The same for every message."""
        return (Likeness("order.status", 0, self._near),)


def ranked(shares: Mapping[str, float]) -> Scores:
    """What a bundle says, best first."""
    opinions = tuple(Opinion(name, share) for name, share in shares.items())
    return Scores(opinions, round(opinions[0].confidence - opinions[1].confidence, 6), truncated=False)


def line(
    shares: Mapping[str, float] = REFUND,
    *,
    customer: Json = None,
    system: Mapping[str, Json] | None = None,
    near: float = 0.1,
    mode: Mode = Mode.DECIDE,
    read: bool = True,
    **fields: object,
) -> AuditRecord:
    """The audit record of a message that the bundle says this of."""
    desk = Desk({"default": book(RULED)}, now=NOW, mode=mode, comparer=Comparer(near))
    batch = decoded(record(written(customer="u-7", **fields)))
    known = {"agents": True} if system is None else system
    found = {key: customer if key[1] == "customer" else known.get(key[2]) for key in wanted(batch, desk)}
    contexts = Contexts(found if read else {})
    events = answer(batch, contexts, ListedScorer({TEXT: ranked(shares)}), desk).per_record[0]
    return msgspec.json.decode(events[-1].value or b"", type=AuditRecord)


def said(found: AuditRecord, about: str, under: Book | None = None) -> str:
    """What an explanation says of one thing; nothing where it does not speak of it."""
    lines = explain(found, under or book(RULED))
    return " | ".join(
        each.words for each in lines if each.about.partition(". ")[2] == about or each.about == about
    )


def tiers(found: AuditRecord) -> list[str]:
    """The tiers in the order they are told in."""
    return [each.about.partition(". ")[2] for each in explain(found) if each.about[0].isdigit()]


@pytest.mark.parametrize(
    ("words", "vocabulary"), [(KINDS, Kind), (REASONS, Reason), (FLAGS, Flag), (CAUSES, Cause)]
)
def test_every_word_of_the_vocabulary_is_put_in_words(
    words: Mapping[str, str], vocabulary: type[StrEnum]
) -> None:
    assert set(words) == set(vocabulary)
    assert all(words.values())


def test_a_routed_message_tells_the_numbers_with_their_limits() -> None:
    found = line(customer={"tier": "gold"})
    assert tiers(found) == ["noise", "declared", "rules", "classifier", "policy"]
    assert said(found, "answer") == "routed to the agents of billing, as refund.request"
    assert said(found, "classifier").startswith(
        "refund.request 0.97 (needs 0.85); 0.95 ahead; then order.status 0.02"
    )
    assert said(found, "policy") == (
        "risk delegated, allowed up to delegated; goes to the agents of billing; at most 12 steps; priority 3; "
        "drawn for a person to look at afterwards"
    )
    assert said(found, "known") == 'customer.tier = "gold", system.agents = true'
    assert said(found, "catalog") == RULED.hash


def test_a_detour_names_the_target_that_it_stands_for() -> None:
    found = line(system={"agents": False})
    assert "the workflow callback, a detour, instead of the agents of billing" in said(found, "policy")


def test_a_rule_is_told_by_its_name_with_those_that_did_not_hold() -> None:
    found = line(signals={"vip": True})
    assert tiers(found) == ["noise", "declared", "rules", "policy"]
    assert said(found, "rules") == "vip held, for service.human; score could not be evaluated, passed over"
    assert said(found, "signals") == "signals.vip = true"
    assert said(found, "policy").endswith("service.human always goes to a person")
    assert said(line(customer={"score": 1}), "rules") == "vip, score did not hold"


def test_a_rule_that_was_passed_over_is_told_though_the_model_decided() -> None:
    assert said(line(), "rules") == "score could not be evaluated, passed over; vip did not hold"


def test_the_hierarchy_is_told_with_what_all_kinds_together_have() -> None:
    found = line({"order.status": 0.5, "order.cancel": 0.3, "refund.request": 0.1})
    assert found.reason is Reason.PARENT_ROUTE
    assert tiers(found)[-3:] == ["classifier", "hierarchy", "policy"]
    assert said(found, "classifier").startswith(
        "order.status 0.5 (needs 0.7); 0.2 ahead; then order.cancel 0.3"
    )
    assert said(found, "hierarchy") == "order with all its kinds 0.8 (needs 0.7), 0.7 ahead"


@pytest.mark.parametrize(("near", "kind"), [(0.8, Kind.ROUTED), (0.79, Kind.CLARIFY)])
def test_examples_are_told_in_their_own_words_whether_or_not_they_count(near: float, kind: Kind) -> None:
    found = line({"refund.request": 0.6, "order.status": 0.05}, near=near)
    assert found.kind is kind
    assert tiers(found)[-4:] == ["classifier", "hierarchy", "examples", "policy"]
    assert said(found, "classifier").startswith("refund.request 0.6 (needs 0.85)")
    assert said(found, "hierarchy") == "no broader intent is above it"
    assert said(found, "examples") == f'"where is it" of order.status is {near:g} like it (needs 0.8)'


def test_a_refusal_says_what_was_allowed_by_whom() -> None:
    found = line({"order.cancel": 0.99, "order.status": 0.01})
    assert said(found, "policy") == "risk destructive, allowed up to delegated; too risky, so nothing is done"
    lower = line(safety_mode="read_only")
    assert "allowed up to read_only (the caller allows read_only)" in said(lower, "policy")


def test_a_deprecated_intent_names_its_successor() -> None:
    found = line({"refund.old": 0.99, "order.status": 0.01})
    assert said(found, "policy").endswith("refund.old is deprecated: use refund.request")


def test_what_the_caller_named_is_told_whether_or_not_it_counts() -> None:
    assert (
        said(line(intent="order.status"), "declared")
        == "the caller named order.status, so the model was not asked"
    )
    other = line(intent="order.lost")
    assert said(other, "declared").startswith("the caller named order.lost, which the catalog does not have")
    assert said(other, "flag") == FLAGS[Flag.DECLARED_MISMATCH]


def test_facts_that_could_not_be_read_are_told_as_such() -> None:
    assert said(line(read=False), "known") == "could not be read"


def test_an_unread_record_says_what_was_wrong_with_it() -> None:
    desk = Desk({"default": book(RULED)}, now=NOW)
    events = answer(decoded(record(b"{")), Contexts(), ListedScorer(), desk).per_record[0]
    found = msgspec.json.decode(events[-1].value or b"", type=AuditRecord)
    assert tiers(found) == []
    assert said(found, "because").startswith("it is not JSON (bad_json): ")


def test_what_was_only_watched_is_told() -> None:
    assert said(line(mode=Mode.OBSERVE), "answer").endswith("(only watched: nothing was sent)")


def test_an_explanation_never_quotes_the_customer() -> None:
    assert TEXT not in str(explain(line(), book(RULED)))


@pytest.mark.parametrize("case", cases().values(), ids=cases().keys())
def test_every_case_of_the_table_is_told_with_the_tiers_that_were_asked(case: Case) -> None:
    found = told(case)
    written_down = msgspec.convert(found.line, AuditRecord)
    for under in (None, catalog(case.catalog)):
        told_of = {
            each.about.partition(". ")[2] or each.about: each.words for each in why(written_down, under)
        }
        assert all(told_of.values())
        assert ("classifier" in told_of) is (found.asked or written_down.reason is Reason.MODEL_UNAVAILABLE)
        assert ("rules" in told_of) >= bool(written_down.basis.rules or written_down.basis.failed)
        assert ("policy" in told_of) is (written_down.basis.told_by is not None)
        for name in (*written_down.basis.rules, *written_down.basis.failed):
            assert name in told_of["rules"]
