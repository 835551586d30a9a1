"""The step that decides what becomes of a message."""

from collections.abc import Sequence

from processors.flow import Decision, Desk, Scored, ScoreFailed, Scores
from processors.opinions import among
from schemas.catalog import Snapshot
from schemas.vocabulary import Decider, Kind, Reason


def decide(scored: Sequence[Scored], desk: Desk) -> list[Decision]:
    """One decision for every message, under the catalog of its tenant; never an intent outside of it."""
    return [_decision(one, desk.snapshot(one.enriched.message.tenant)) for one in scored]


def _decision(scored: Scored, snapshot: Snapshot) -> Decision:
    catalog = snapshot.catalog
    if isinstance(scored.scores, ScoreFailed):
        return _unscored(scored, scored.scores, snapshot)
    scores = among(scored.scores, catalog.intents, catalog.sink_label)
    best = scores.ranked[0]
    intent = catalog.intents.get(best.intent)
    if intent is None:
        return _elsewhere(scored, scores, snapshot)
    sure = best.confidence >= catalog.threshold
    return Decision(
        enriched=scored.enriched,
        kind=Kind.ROUTED if sure else Kind.ESCALATED,
        reason=Reason.ABOVE_THRESHOLD if sure else Reason.BELOW_THRESHOLD,
        decided_by=Decider.CLASSIFIER,
        catalog=snapshot.hash,
        intent=best.intent,
        confidence=best.confidence,
        margin=scores.margin,
        alternatives=scores.ranked[1:],
        risk=intent.risk_class,
        target=intent.target if sure else None,
        model=scored.model,
        truncated=scores.truncated,
        opinions=scored.opinions,
    )


def _elsewhere(scored: Scored, scores: Scores, snapshot: Snapshot) -> Decision:
    """The sink won, or what this tenant has no intent for: a person looks at it."""
    best = scores.ranked[0]
    return Decision(
        enriched=scored.enriched,
        kind=Kind.ESCALATED,
        reason=Reason.SINK_INTENT,
        decided_by=Decider.CLASSIFIER,
        catalog=snapshot.hash,
        intent=best.intent if best.intent == snapshot.catalog.sink_label else None,
        confidence=best.confidence,
        margin=scores.margin,
        alternatives=scores.ranked[1:],
        model=scored.model,
        truncated=scores.truncated,
        opinions=scored.opinions,
    )


def _unscored(scored: Scored, failed: ScoreFailed, snapshot: Snapshot) -> Decision:
    by_policy = failed.reason in (Reason.MODEL_UNAVAILABLE, Reason.LANGUAGE_UNSUPPORTED)
    return Decision(
        enriched=scored.enriched,
        kind=Kind.ESCALATED,
        reason=failed.reason,
        decided_by=Decider.POLICY if by_policy else Decider.CLASSIFIER,
        catalog=snapshot.hash,
        model=scored.model,
    )
