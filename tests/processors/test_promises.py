"""What holds for every message under every catalog, whatever a model says."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from hypothesis import HealthCheck, given, settings

from processors.decode import decode
from processors.desk import Desk, Limits
from processors.flow import Batch, Contexts, Record
from processors.pipeline import answer
from schemas.audit import AuditRecord
from schemas.topics import AUDIT
from schemas.vocabulary import ELSEWHERE, Decider, Kind, Reason, RiskClass
from tests.processors.samples import NOW, RECEIVED
from tests.processors.worlds import SINK, ListingComparer, TremblingScorer, World, worlds

# Half of what the profile says: 50, or what `--hypothesis-profile=prove` asks for.
MANY = settings(
    max_examples=(settings.default or settings()).max_examples // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
LADDER = list(RiskClass)
# Six opinions at most are told, each rounded by half a millionth at most.
ROUNDING = 3e-6


def audited(world: World, records: Sequence[Record]) -> list[AuditRecord]:
    """The audit records of a batch, in its order; each beside one answer."""
    desk = Desk(books={"default": world.book}, now=NOW, comparer=ListingComparer(world))
    decoded = decode(Batch(tuple(records), RECEIVED), Limits())
    answers = answer(decoded, Contexts(), TremblingScorer(world), desk)
    lines = []
    for events in answers.per_record:
        topics = [event.topic for event in events]
        assert len(topics) == 2
        assert topics.count(AUDIT) == 1
        lines.append(msgspec.json.decode(events[1].value or b"", type=AuditRecord))
        assert lines[-1].cause is None, lines[-1].detail
        assert msgspec.json.decode(events[0].value or b"")["id"] == lines[-1].id
    return lines


def fate(line: AuditRecord) -> tuple[object, ...]:
    """What must be the same however a message comes in."""
    return line.id, line.kind, line.intent, line.reason, line.decided_by, line.target, line.risk, line.flags


@MANY
@given(worlds())
def test_every_message_has_one_answer_with_one_audit_record(world: World) -> None:
    lines = audited(world, world.records)
    assert [line.source for line in lines] == [record.source for record in world.records]
    assert max(Counter(line.id for line in lines).values()) == 1


@MANY
@given(worlds())
def test_no_intent_is_ever_told_that_the_catalog_does_not_have(world: World) -> None:
    intents = world.book.catalog.intents
    for line in audited(world, world.records):
        assert line.intent is None or line.intent in intents
        assert line.risk == (intents[line.intent].risk_class if line.intent else None)
        assert {each.intent for each in line.alternatives} <= {*intents, ELSEWHERE, SINK}
        assert line.successor is None or line.successor in intents


@MANY
@given(worlds())
def test_what_is_routed_is_never_riskier_than_allowed_nor_always_a_persons(world: World) -> None:
    for record, line in zip(world.records, audited(world, world.records), strict=True):
        if line.kind is Kind.ROUTED:
            assert line.intent is not None
            assert line.target in targets(world, line.intent)
            assert LADDER.index(risk(world, line.intent)) <= allowed(world, record, line.intent)
            assert not any(
                world.book.catalog.intents[each].always_human for each in family(world, line.intent)
            )
            assert world.book.catalog.intents[line.intent].deprecated is None


@MANY
@given(worlds())
def test_a_message_has_the_same_fate_alone_in_any_batch_in_any_order(world: World) -> None:
    together = audited(world, world.records)
    alone = [line for record in world.records for line in audited(world, [record])]
    backwards = audited(world, world.records[::-1])[::-1]
    doubled = audited(world, world.records * 2)[: len(world.records)]
    for others in (alone, backwards, doubled):
        assert [fate(line) for line in others] == [fate(line) for line in together]
        for one, other in zip(others, together, strict=True):
            assert abs((one.confidence or 0.0) - (other.confidence or 0.0)) <= 1e-5


@MANY
@given(worlds())
def test_the_numbers_that_are_told_are_those_that_were_compared(world: World) -> None:
    for line in audited(world, world.records):
        sure, lead = at_limits(line)
        match line.reason:
            case Reason.ABOVE_THRESHOLD | Reason.PARENT_ROUTE if line.decided_by is not Decider.EXAMPLES:
                assert (sure, lead) == (True, True)
            case Reason.BELOW_THRESHOLD:
                assert sure is False
            case Reason.BELOW_MARGIN:
                assert (sure, lead) == (True, False)
            case Reason.DECLARED | Reason.RULE:
                assert (line.confidence, line.basis.confidence) == (None, None)


@MANY
@given(worlds())
def test_alternatives_fall_never_name_the_intent_itself_never_make_more_than_one(world: World) -> None:
    for line in audited(world, world.records):
        told = [each.confidence for each in line.alternatives]
        assert told == sorted(told, reverse=True)
        assert sum(told) <= 1 + ROUNDING
        assert line.intent not in {each.intent for each in line.alternatives}
        if line.decided_by is Decider.CLASSIFIER:
            assert (line.confidence or 0.0) + sum(told) <= 1 + ROUNDING


def at_limits(line: AuditRecord) -> tuple[bool | None, bool | None]:
    """Whether confidence and margin reach what they were held against; none where nothing was."""
    limits, told = line.basis, (line.confidence, line.margin)
    if limits.confidence is None or limits.margin is None or None in told:
        return None, None
    return (line.confidence or 0.0) >= limits.confidence, (line.margin or 0.0) >= limits.margin


def risk(world: World, name: str) -> RiskClass:
    return world.book.catalog.intents[name].risk_class


def family(world: World, name: str) -> list[str]:
    return [name, *world.book.catalog.above(name)]


def targets(world: World, name: str) -> list[object]:
    intent = world.book.catalog.intents[name]
    agent = world.book.entries[name].agent
    return [intent.target, *(each.target for each in intent.detours), *([agent] if agent else [])]


def allowed(world: World, record: Record, name: str) -> int:
    """The rung that a message may reach, reckoned anew from what stands in it."""
    catalog, fields = world.book.catalog, msgspec.json.decode(record.value or b"")
    highest = LADDER.index(catalog.ceiling)
    if name in catalog.permitted:
        highest = max(highest, LADDER.index(risk(world, name)))
    if fields.get("safety_mode"):
        highest = min(highest, LADDER.index(RiskClass(fields["safety_mode"])))
    if dict(record.headers).get("ce_source") == b"/portal":
        for permission in fields.get("permissions", []):
            if permission in (name, f"alias of {name}"):
                highest = max(highest, LADDER.index(risk(world, name)))
            elif permission in LADDER:
                highest = max(highest, LADDER.index(RiskClass(permission)))
    return highest
