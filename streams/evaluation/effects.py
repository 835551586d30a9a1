"""What other confidences change: which messages are routed that were not, which no longer are."""

from collections.abc import Sequence

import msgspec

from processors.flow import Decision
from schemas.catalog import Fitted
from schemas.vocabulary import Kind, Reason, RiskClass
from streams.evaluation.labelled import Messages
from streams.evaluation.routes import Way, Weighed, decided

_ROUTED = (Reason.ABOVE_THRESHOLD, Reason.PARENT_ROUTE)


class Effect(msgspec.Struct, frozen=True):
    """What becomes of messages now, what became of them before; of one class, or of all where risk is None."""

    risk: RiskClass | None
    before: int
    wrong_before: int
    after: int
    wrong_after: int
    gained: int
    lost: int


class Effects(msgspec.Struct, frozen=True):
    """The effect on some messages; settled are those that needed no model."""

    source: str
    sha256: str
    messages: int
    settled: int
    of: tuple[Effect, ...]


def effects(messages: Messages, weighed: Weighed, way: Way, fitted: Fitted | None) -> Effects:
    """What messages become under the catalog as it is, held against what they become once these count."""
    catalog = way.book.catalog
    before = decided(weighed, way, catalog)
    after = before
    if fitted is not None:
        after = decided(weighed, way, msgspec.structs.replace(catalog, fitted=fitted))
    wrong = [_wrong(each, meant, way) for each, meant in zip(before, weighed.meant, strict=True)]
    wrong_after = [_wrong(each, meant, way) for each, meant in zip(after, weighed.meant, strict=True)]
    pairs = list(zip(before, wrong, after, wrong_after, strict=True))
    found = [_effect(risk, pairs) for risk in RiskClass] + [_effect(None, pairs)]
    shown = tuple(each for each in found if each.risk is None or each.before or each.after)
    return Effects(messages.source, messages.sha256, weighed.messages, weighed.settled, shown)


def _wrong(decision: Decision, meant: str, way: Way) -> bool:
    """Whether it means another intent than it is routed as, or than any kind of that."""
    intent = decision.intent or ""
    return meant not in way.book.kinds.get(intent, {intent})


def _effect(risk: RiskClass | None, pairs: Sequence[tuple[Decision, bool, Decision, bool]]) -> Effect:
    before = [_routed(each, risk) for each, _, _, _ in pairs]
    after = [_routed(each, risk) for _, _, each, _ in pairs]
    return Effect(
        risk=risk,
        before=sum(before),
        wrong_before=sum(routed and pair[1] for routed, pair in zip(before, pairs, strict=True)),
        after=sum(after),
        wrong_after=sum(routed and pair[3] for routed, pair in zip(after, pairs, strict=True)),
        gained=sum(new and not old for old, new in zip(before, after, strict=True)),
        lost=sum(old and not new for old, new in zip(before, after, strict=True)),
    )


def _routed(decision: Decision, risk: RiskClass | None) -> bool:
    """Whether the machine routed it by its own opinion, as an intent of that class."""
    own = decision.kind is Kind.ROUTED and decision.reason in _ROUTED
    return own and (risk is None or decision.risk is risk)
