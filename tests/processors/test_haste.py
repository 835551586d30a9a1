"""Haste begins where most of a batch has waited too long, or a deadline is near."""

from datetime import UTC, datetime, timedelta

import msgspec

from processors.decide import decide
from processors.flow import Contexts, Record, ScoreFailed, Scores
from processors.haste import hurried
from processors.pipeline import answer
from processors.score import ConstantScorer, score
from schemas.audit import AuditRecord
from schemas.topics import AUDIT
from schemas.vocabulary import Decider, Flag, Kind, Reason, Stage
from tests.processors.samples import NOW, decoded, desk, enriched, record, unscored, written

LIMIT_S = 5.0


def waited(seconds: float, **fields: object) -> Record:
    return msgspec.structs.replace(record(written(**fields)), timestamp_ms=round((NOW - seconds) * 1000))


def due(seconds: float) -> str:
    return (datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_batch_that_came_just_now_has_time() -> None:
    assert not hurried(decoded(waited(0.1), waited(4.9)), NOW, LIMIT_S)


def test_where_most_have_waited_too_long_there_is_none() -> None:
    assert hurried(decoded(waited(5.1), waited(5.1), waited(0)), NOW, LIMIT_S)
    assert not hurried(decoded(waited(5.1), waited(0)), NOW, LIMIT_S)


def test_one_deadline_that_is_near_is_enough_one_that_is_past_is_not() -> None:
    assert hurried(decoded(waited(0), waited(0, deadline=due(4.9))), NOW, LIMIT_S)
    assert not hurried(decoded(waited(0, deadline=due(5.1))), NOW, LIMIT_S)
    assert not hurried(decoded(waited(0, deadline=due(-1))), NOW, LIMIT_S)


def test_without_the_setting_there_is_always_time() -> None:
    assert not hurried(decoded(waited(1000, deadline=due(1))), NOW, 0)


def test_a_record_without_a_time_has_not_waited() -> None:
    timeless = msgspec.structs.replace(record(), timestamp_ms=-1)
    assert not hurried(decoded(timeless), NOW, LIMIT_S)


class Guessing(ConstantScorer):
    """As if there were no time for the network."""

    def score(self, texts: object) -> list[Scores | ScoreFailed]:
        found = super().score(texts)  # type: ignore[arg-type]
        return [
            msgspec.structs.replace(each, stage=Stage.STEPPED_DOWN) if isinstance(each, Scores) else each
            for each in found
        ]


def test_a_guess_is_flagged_and_written_down() -> None:
    (scored,) = score([enriched()], Guessing(), desk())
    assert scored.enriched.flags == (Flag.STEPPED_DOWN,)
    (events,) = answer(decoded(record()), Contexts(), Guessing(), desk()).per_record
    (line,) = [event for event in events if event.topic == AUDIT]
    said = msgspec.json.decode(line.value or b"", type=AuditRecord)
    assert Flag.STEPPED_DOWN in said.flags
    assert said.observed.stepped_down


def test_a_scorer_over_its_budget_is_an_answer_by_policy() -> None:
    (decision,) = decide([unscored(ScoreFailed("late", Reason.DEADLINE))], desk())
    assert (decision.kind, decision.reason, decision.decided_by) == (
        Kind.ESCALATED,
        Reason.DEADLINE,
        Decider.POLICY,
    )
