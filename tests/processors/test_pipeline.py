"""The whole way: every record of a batch is answered once, whatever happens to its neighbours."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from processors.desk import Desk
from processors.flow import Answers, ContextKey, Contexts, Decoded, Event, Facts, Opinion, ScoreFailed, Scores
from processors.pipeline import answer
from processors.score import ConstantScorer, ModelDown
from processors.scorer import Scorer
from schemas.vocabulary import Cause, Kind, Mode, Reason
from tests.processors.samples import (
    BrokenScorer,
    ListedScorer,
    decoded,
    desk,
    record,
    scores,
    shipped_desk,
    written,
)


def answered(batch: Decoded, scorer: Scorer | None = None, under: Desk | None = None) -> Answers:
    return answer(batch, Contexts(), scorer or ListedScorer(), under or desk())


def json_of(event: Event) -> Any:
    return msgspec.json.decode(event.value or b"")


class Unwritable(Mapping[str, Any]):
    """Facts that no step can write down."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("my secret")

    def __iter__(self) -> Any:
        raise RuntimeError("my secret")

    def __len__(self) -> int:
        return 1


MIXED = [
    (record(written(), offset=0), Kind.ROUTED, Reason.ABOVE_THRESHOLD),
    (record(b"{", offset=1), Kind.REJECTED, Cause.BAD_JSON),
    (record(written(text="unsure"), offset=2), Kind.ESCALATED, Reason.BELOW_THRESHOLD),
    (record(written(text=" "), offset=3), Kind.IGNORED, Reason.EMPTY_MESSAGE),
    (record(written(text="weather"), offset=4), Kind.ESCALATED, Reason.SINK_INTENT),
    (record(None, offset=5), Kind.REJECTED, Cause.TOMBSTONE),
    (record(written(text="poison"), offset=6), Kind.ESCALATED, Reason.SCORE_FAILED),
    (record(written(), offset=7), Kind.ROUTED, Reason.ABOVE_THRESHOLD),
]
LISTED: dict[str, Scores | ScoreFailed | Exception] = {
    "unsure": scores(confidence=0.5),
    "weather": scores("oos"),
    "poison": RuntimeError("poison"),
}


def test_a_batch_of_all_kinds_is_answered_in_its_order() -> None:
    answers = answered(decoded(*[one for one, _, _ in MIXED]), ListedScorer(LISTED))
    assert list(answers.outcomes) == [(kind, reason) for _, kind, reason in MIXED]
    for (one, kind, _), events in zip(MIXED, answers.per_record, strict=True):
        assert [event.topic for event in events][1:] == ["intents.audit"]
        line = json_of(events[1])
        assert (line["kind"], line["source"]["offset"]) == (kind, one.source.offset)
    assert answers.counts()[Kind.ROUTED, Reason.ABOVE_THRESHOLD] == 2
    assert answers.counts().total() == len(MIXED)


def test_an_empty_batch_is_answered_by_nothing() -> None:
    assert answered(decoded(), BrokenScorer()) == Answers((), ())


def test_noise_never_reaches_the_model() -> None:
    answers = answered(decoded(record(written(text=""))), BrokenScorer())
    assert answers.outcomes == ((Kind.IGNORED, Reason.EMPTY_MESSAGE),)


def test_when_observing_every_record_is_audited_nothing_else() -> None:
    batch = decoded(*[one for one, _, _ in MIXED])
    answers = answered(batch, ListedScorer(LISTED), desk(mode=Mode.OBSERVE))
    assert [[event.topic for event in events] for events in answers.per_record] == [["intents.audit"]] * len(
        MIXED
    )
    assert answers.outcomes == answered(batch, ListedScorer(LISTED)).outcomes


def test_a_model_that_is_down_leaves_the_pipeline() -> None:
    with pytest.raises(ModelDown):
        answered(decoded(record(), record(b"{")), BrokenScorer())


def test_known_to_be_down_everything_undecided_goes_to_people() -> None:
    batch = decoded(record(), record(b"{"), record(written(text="")))
    answers = answered(batch, BrokenScorer(), desk(model_down=True))
    assert list(answers.outcomes) == [
        (Kind.ESCALATED, Reason.MODEL_UNAVAILABLE),
        (Kind.REJECTED, Cause.BAD_JSON),
        (Kind.IGNORED, Reason.EMPTY_MESSAGE),
    ]
    assert json_of(answers.per_record[0][0])["model"] is None


def test_a_record_on_which_a_step_fails_is_rejected_alone() -> None:
    records = [record(written(customer=f"u-{place}"), offset=place) for place in range(64)]
    poisoned: dict[ContextKey, Facts] = {
        ("default", "customer", "u-13"): Unwritable(),
        ("default", "customer", "u-40"): Unwritable(),
    }
    answers = answer(decoded(*records), Contexts(poisoned), ListedScorer(), desk())
    rejected = [place for place, (kind, _) in enumerate(answers.outcomes) if kind is Kind.REJECTED]
    assert rejected == [13, 40]
    letter, line = answers.per_record[13]
    assert (letter.value, letter.key) == (records[13].value, records[13].key)
    assert dict(letter.headers)["intent_kind"] == b"step_failed"
    assert (json_of(line)["cause"], "secret" in json_of(line)["detail"]) == ("step_failed", False)
    for place, events in enumerate(answers.per_record):
        assert json_of(events[1])["source"]["offset"] == place


def test_a_step_that_fails_does_not_ask_the_model_again() -> None:
    scorer = ListedScorer()
    facts: dict[ContextKey, Facts] = {("default", "customer", "u-1"): Unwritable()}
    records = [record(written(customer=f"u-{place}"), offset=place) for place in range(8)]
    answer(decoded(*records), Contexts(facts), scorer, desk())
    assert len(scorer.asked) == 1


def test_the_threshold_counts_to_the_last_digit_on_the_whole_way() -> None:
    hair = Scores((Opinion("refund.request", 0.849_999),), 0.849_999, False)
    exact = Scores((Opinion("refund.request", 0.85),), 0.85, False)
    batch = decoded(record(written(text="under")), record(written(text="at")))
    answers = answered(batch, ListedScorer({"under": hair, "at": exact}))
    assert [kind for kind, _ in answers.outcomes] == [Kind.ESCALATED, Kind.ROUTED]
    assert json_of(answers.per_record[0][0])["confidence"] == 0.849999


def test_the_constant_scorer_finds_its_intents_in_the_catalog_that_ships() -> None:
    records = [record(written(text=f"message {place}"), offset=place) for place in range(200)]
    outcomes = answered(decoded(*records), ConstantScorer(), shipped_desk()).counts()
    assert set(outcomes) == {
        (Kind.ROUTED, Reason.ABOVE_THRESHOLD),
        (Kind.ESCALATED, Reason.BELOW_THRESHOLD),
        (Kind.ESCALATED, Reason.SINK_INTENT),
    }


def test_a_desk_without_a_catalog_is_refused() -> None:
    with pytest.raises(ValueError, match="no catalog"):
        Desk(books={}, now=0.0)


def test_a_tenant_without_a_catalog_goes_to_a_person_and_the_model_is_not_asked() -> None:
    answers = answered(decoded(record(written(tenant="unheard-of"))), BrokenScorer())
    assert answers.outcomes == ((Kind.ESCALATED, Reason.UNKNOWN_TENANT),)
    answer, line = map(json_of, answers.per_record[0])
    assert (answer["decided_by"], answer["intent"], answer["catalog"]) == ("policy", None, "")
    assert line["flags"] == [], "there was nothing to read for it, so nothing is missing"
