"""Every case of the decision table comes out as it says, through the whole pipeline."""

from collections.abc import Mapping

import msgspec
import pytest

from schemas.vocabulary import Decider, Flag, Kind, Reason
from tests.decisions.case import Case, cases
from tests.decisions.way import catalog, differences

CASES = cases()

# What no single message comes to by itself.
ELSEWHERE: Mapping[Reason | Decider | Kind | Flag, str] = {
    Reason.DUPLICATE: "a message is one of another, which takes a memory of messages",
    Reason.QUOTA_EXCEEDED: "takes the count of a tenant's messages; tests of the lanes have it",
    Decider.PERSON: "a person's word comes in by the conversation",
    Kind.REPLIED: "texts to send as they stand come with the conversation",
    Kind.REJECTED: "an unreadable record is no message; test_decode.py has it",
    Flag.STEPPED_DOWN: "takes the lag of a lane; tests of the lanes have it",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_as_the_table_says(case: Case) -> None:
    assert differences(case) == []


@pytest.mark.parametrize("word", [*Reason, *Decider, *Kind], ids=lambda word: f"{type(word).__name__}-{word}")
def test_the_table_has_every_reason_every_decider_every_kind(word: Reason | Decider | Kind) -> None:
    field = {Reason: "reason", Decider: "decided_by", Kind: "kind"}[type(word)]
    found = word in {case.becomes.get(field) for case in CASES.values()}
    assert found is not (word in ELSEWHERE), ELSEWHERE.get(word, "no case comes out so")


@pytest.mark.parametrize("flag", Flag)
def test_the_table_has_every_flag(flag: Flag) -> None:
    found = any(flag in case.becomes.get("flags", ()) for case in CASES.values())
    assert found is not (flag in ELSEWHERE), ELSEWHERE.get(flag, "no case has it")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_case_says_how_it_ends_and_why(case: Case) -> None:
    assert {"kind", "reason", "decided_by"} <= set(case.becomes)
    assert catalog(case.catalog).hash


def test_a_case_that_says_otherwise_is_found() -> None:
    case = CASES["limits: exactly .85 is routed"]
    for name, wrong in {"kind": "escalated", "confidence": 0.84, "flags": ["truncated"], "wrong": 1}.items():
        assert differences(msgspec.structs.replace(case, becomes={name: wrong}))


def test_a_case_where_the_model_is_asked_against_its_word_is_found() -> None:
    declared = CASES["opinions: a declared intent of the catalog is taken at its word"]
    assert differences(msgspec.structs.replace(declared, scores={"order.status": 1.0}))
    decided = CASES["limits: exactly .85 is routed"]
    assert differences(msgspec.structs.replace(decided, scores=None))
