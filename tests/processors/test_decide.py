"""What becomes of a message, to the last digit of the threshold."""

import pytest

from processors.decide import decide
from processors.flow import Decision, Opinion, Scored, ScoreFailed, Scores
from schemas.events import Target
from schemas.vocabulary import Decider, Flag, Kind, Reason, RiskClass, TargetKind
from tests.processors.samples import desk, enriched, message, scored, snapshot, unscored


def decided(one: Scored, threshold: float = 0.85) -> Decision:
    (decision,) = decide([one], desk(threshold))
    return decision


def test_a_hair_under_the_threshold_goes_to_a_person() -> None:
    decision = decided(scored(confidence=0.849_999))
    assert (decision.kind, decision.reason) == (Kind.ESCALATED, Reason.BELOW_THRESHOLD)
    assert decision.target is None


def test_the_threshold_itself_is_routed() -> None:
    decision = decided(scored(confidence=0.85))
    assert (decision.kind, decision.reason) == (Kind.ROUTED, Reason.ABOVE_THRESHOLD)


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.85, 0.9, 1.0])
def test_every_threshold_is_met_by_itself_and_missed_by_a_millionth(threshold: float) -> None:
    assert decided(scored(confidence=threshold), threshold).kind is Kind.ROUTED
    assert decided(scored(confidence=round(threshold - 1e-6, 6)), threshold).kind is Kind.ESCALATED


def test_a_routed_message_names_its_target_with_its_risk() -> None:
    decision = decided(scored("refund.request"))
    assert decision.target == Target(TargetKind.AGENT_POOL, "billing")
    assert (decision.intent, decision.risk, decision.confidence) == (
        "refund.request",
        RiskClass.DELEGATED,
        0.97,
    )
    assert (decision.decided_by, decision.model) == (Decider.CLASSIFIER, "fake-1")


def test_an_escalated_message_still_tells_the_best_guess() -> None:
    decision = decided(scored("order.cancel", 0.4))
    assert (decision.intent, decision.confidence, decision.risk) == (
        "order.cancel",
        0.4,
        RiskClass.DESTRUCTIVE,
    )
    assert decision.margin == 0.1


@pytest.mark.parametrize("confidence", [0.4, 0.99])
def test_what_the_sink_wins_goes_to_a_person_however_sure(confidence: float) -> None:
    decision = decided(scored("oos", confidence))
    assert (decision.kind, decision.reason, decision.intent) == (Kind.ESCALATED, Reason.SINK_INTENT, None)
    assert (decision.risk, decision.target, decision.confidence) == (None, None, confidence)


def test_an_intent_outside_the_catalog_is_never_named() -> None:
    decision = decided(scored("weather", 0.99))
    assert (decision.kind, decision.reason, decision.intent) == (Kind.ESCALATED, Reason.SINK_INTENT, None)


def test_what_the_catalog_does_not_know_keeps_its_mass_elsewhere() -> None:
    ranked = (
        Opinion("order.status", 0.9),
        Opinion("weather", 0.05),
        Opinion("oos", 0.03),
        Opinion("order.cancel", 0.02),
    )
    decision = decided(Scored(enriched(), Scores(ranked, 0.85, False), "fake-1"))
    assert (decision.intent, decision.confidence, decision.margin) == ("order.status", 0.9, 0.85)
    assert decision.alternatives == (
        Opinion("elsewhere", 0.05),
        Opinion("oos", 0.03),
        Opinion("order.cancel", 0.02),
    )


def test_where_elsewhere_wins_a_person_looks_though_no_single_unknown_label_did() -> None:
    labels = ("order.status", "weather", "film", "song", "oos")
    shares = (0.4, 0.2, 0.2, 0.15, 0.05)
    ranked = tuple(Opinion(label, share) for label, share in zip(labels, shares, strict=True))
    whole = Scores(ranked, 0.2, False, labels, shares)
    decision = decided(Scored(enriched(), whole, "fake-1"), threshold=0.3)
    assert (decision.kind, decision.reason, decision.intent) == (Kind.ESCALATED, Reason.SINK_INTENT, None)
    assert (decision.confidence, decision.margin) == (0.55, 0.15)
    assert decision.alternatives == (Opinion("order.status", 0.4), Opinion("oos", 0.05))


FAILURES = {
    Reason.SCORE_FAILED: Decider.CLASSIFIER,
    Reason.SCORE_SIZE_MISMATCH: Decider.CLASSIFIER,
    Reason.MODEL_UNAVAILABLE: Decider.POLICY,
    Reason.LANGUAGE_UNSUPPORTED: Decider.POLICY,
}


@pytest.mark.parametrize(("reason", "decider"), FAILURES.items())
def test_a_message_without_opinions_goes_to_a_person(reason: Reason, decider: Decider) -> None:
    decision = decided(unscored(ScoreFailed("broken", reason)))
    assert (decision.kind, decision.reason, decision.decided_by) == (Kind.ESCALATED, reason, decider)
    assert (decision.intent, decision.confidence, decision.alternatives) == (None, None, ())


def test_a_tenant_is_decided_under_its_own_catalog() -> None:
    own = snapshot(0.99, tenant="acme")
    strict, usual = decide([scored(tenant="acme"), scored()], desk(others=[own]))
    assert (strict.kind, strict.catalog) == (Kind.ESCALATED, "hash-acme")
    assert (usual.kind, usual.catalog) == (Kind.ROUTED, "hash-default")


def test_flags_tell_what_else_was_true() -> None:
    sent_back = message(headers=(("intent_redriven", b"1"),))
    one = scored(truncated=True)
    lost = Scored(type(one.enriched)(sent_back, None), one.scores, one.model)
    assert decided(lost).flags == (Flag.CONTEXT_MISSING, Flag.REDRIVEN, Flag.TRUNCATED)
    assert decided(scored()).flags == ()
