"""Every step passes the same check."""

import copy
from collections.abc import Sequence

import pytest

from processors.decide import decide
from processors.decode import decode
from processors.desk import Limits
from processors.enrich import enrich
from processors.flow import Answered, Batch, Contexts, Decision, Enriched, Message, Record, Rejection, Scored
from processors.pipeline import answer
from processors.postmark import postmark
from processors.reject import rejected
from processors.route import route
from processors.score import ConstantScorer, score
from processors.triage import triage
from tests.processors.conformance import check
from tests.processors.samples import NOW, RECEIVED, TRACE, desk, record, shipped_desk, written

TEXTS = [
    "where is my parcel",
    "",
    "refund please",
    "I want to cancel",
    "hello",
    "HOW much is it?",
    "ça va",
    "🤷",
]
RECORDS = [
    *[record(written(text=text, customer="u-7"), offset=place) for place, text in enumerate(TEXTS)],
    record(written(customer="u-8", tenant="internal"), headers=(("traceparent", TRACE),), offset=50),
    record(written(tenant="unheard-of"), offset=54),
    record(written(channel="email", subject="Automatic reply: hi", text="I am away."), offset=51),
    record(None, offset=52),
    record(b"{", offset=53),
]
CONTEXTS = Contexts(
    {
        ("default", "customer", "u-7"): {"tier": "gold", "open": [1, {"a": None}]},
        ("internal", "customer", "u-8"): None,
    }
)
DESK = shipped_desk()
MARK = postmark(RECEIVED, DESK)
MESSAGES = [
    one for one in decode(Batch(tuple(RECORDS), RECEIVED), Limits()).items if isinstance(one, Message)
]
ENRICHED = enrich(MESSAGES, CONTEXTS, DESK)
UNDECIDED = [one for one in triage(ENRICHED, DESK) if isinstance(one, Enriched)]
SCORED = score(UNDECIDED, ConstantScorer(), DESK)
DECISIONS = decide(SCORED, DESK)


def decoded_alike(records: Sequence[Record]) -> Sequence[Message | Rejection]:
    return decode(Batch(tuple(records), RECEIVED), Limits()).items


def enriched_alike(messages: Sequence[Message]) -> list[Enriched]:
    return enrich(messages, CONTEXTS, DESK)


def triaged_alike(enriched: Sequence[Enriched]) -> list[Enriched | Decision]:
    return triage(enriched, DESK)


def scored_alike(waiting: Sequence[Enriched]) -> list[Scored]:
    return score(waiting, ConstantScorer(), DESK)


def decided_alike(scored: Sequence[Scored]) -> list[Decision]:
    return decide(scored, DESK)


def routed_alike(decisions: Sequence[Decision]) -> list[Answered]:
    return route(decisions, MARK)


def rejected_alike(rejections: Sequence[Rejection]) -> list[Answered]:
    return [rejected(rejection, MARK) for rejection in rejections]


def answered_alike(records: Sequence[Record]) -> list[object]:
    answers = answer(decode(Batch(tuple(records), RECEIVED), Limits()), CONTEXTS, ConstantScorer(), DESK)
    return list(zip(answers.per_record, answers.outcomes, strict=True))


def test_decode_conforms() -> None:
    check(decoded_alike, RECORDS)


def test_enrich_conforms() -> None:
    check(enriched_alike, MESSAGES)


def test_triage_conforms() -> None:
    check(triaged_alike, ENRICHED)


def test_score_conforms() -> None:
    check(scored_alike, UNDECIDED)


def test_decide_conforms() -> None:
    check(decided_alike, SCORED)


def test_route_conforms() -> None:
    check(routed_alike, DECISIONS)


def test_reject_conforms() -> None:
    rejections = [one for one in decoded_alike(RECORDS) if isinstance(one, Rejection)]
    assert len(rejections) == 2
    check(rejected_alike, rejections)


def test_the_whole_way_conforms() -> None:
    check(answered_alike, RECORDS)


def test_contexts_desk_are_unchanged_by_the_whole_way() -> None:
    contexts, before = copy.deepcopy(CONTEXTS), desk()
    answer(decode(Batch(tuple(RECORDS), RECEIVED), Limits()), contexts, ConstantScorer(), before)
    assert contexts == CONTEXTS
    assert before == desk()
    assert before.now == NOW


def test_the_check_finds_a_step_that_looks_at_its_neighbours() -> None:
    def first_of_all(numbers: Sequence[int]) -> list[int]:
        return [numbers[0]] * len(numbers)

    with pytest.raises(AssertionError):
        check(first_of_all, [1, 2, 3])


def test_the_check_finds_a_step_that_changes_its_input() -> None:
    def emptying(lists: Sequence[list[int]]) -> list[int]:
        return [one.pop() if one else 0 for one in lists]

    with pytest.raises(AssertionError):
        check(emptying, [[1], [2]])
