"""The scorer is asked once for a batch; one bad message costs itself alone, a model that is down all."""

from collections.abc import Sequence

import pytest

from processors.flow import Enriched, Opinion, ScoreFailed, Scores
from processors.score import PROBE, ConstantScorer, ModelDown, score
from processors.scorer import Scorer
from schemas.vocabulary import Reason
from tests.processors.samples import BrokenScorer, ListedScorer, desk, enriched, scores


def results(waiting: Sequence[Enriched], scorer: Scorer) -> list[Scores | ScoreFailed]:
    return [one.scores for one in score(waiting, scorer, desk())]


def test_the_scorer_is_asked_once_for_the_whole_batch() -> None:
    scorer = ListedScorer({"a": scores("order.status"), "b": scores("order.cancel")})
    scored = score([enriched("a"), enriched("b")], scorer, desk())
    assert [one.scores for one in scored] == [scores("order.status"), scores("order.cancel")]
    assert [one.model for one in scored] == ["listed-1", "listed-1"]
    assert scorer.asked == [("a", "b")]


def test_with_nothing_to_score_nobody_is_asked_in_vain() -> None:
    assert score([], BrokenScorer(), desk(model_down=True)) == []


def test_a_text_that_the_model_can_not_take_fails_alone() -> None:
    scorer = ListedScorer({"poison": RuntimeError("poison")})
    fine, failed, also_fine = results([enriched("a"), enriched("poison"), enriched("b")], scorer)
    assert (fine, also_fine) == (scores(), scores())
    assert failed == ScoreFailed("RuntimeError", Reason.SCORE_FAILED)


def test_a_lone_text_that_the_model_can_not_take_does_not_stop_the_worker() -> None:
    scorer = ListedScorer({"poison": RuntimeError("poison")})
    assert results([enriched("poison")], scorer) == [ScoreFailed("RuntimeError")]
    assert (PROBE,) in scorer.asked


def test_a_failure_that_the_scorer_gives_as_a_value_is_taken_as_it_is() -> None:
    failed = ScoreFailed("too strange")
    assert results([enriched("a"), enriched("b")], ListedScorer({"b": failed})) == [scores(), failed]


def test_a_model_that_fails_on_everything_is_down() -> None:
    with pytest.raises(ModelDown) as raised:
        score([enriched("my secret"), enriched("b")], BrokenScorer(), desk())
    assert "secret" not in str(raised.value)


def test_a_scorer_may_say_itself_that_it_is_down() -> None:
    down = ModelDown("gone")
    with pytest.raises(ModelDown) as raised:
        score([enriched("a")], ListedScorer({"a": down}), desk())
    assert raised.value is down


def test_a_model_that_goes_down_in_between_is_down() -> None:
    listed = {"a": RuntimeError(), "b": ModelDown("gone")}
    with pytest.raises(ModelDown):
        score([enriched("a"), enriched("b")], ListedScorer(listed), desk())


def test_while_the_model_is_known_to_be_down_it_is_not_asked() -> None:
    (one,) = score([enriched("a")], BrokenScorer(), desk(model_down=True))
    assert one.scores == ScoreFailed("the model is down", Reason.MODEL_UNAVAILABLE)
    assert one.model is None


class ShortScorer:
    """Loses the last text of more than one."""

    name = "short-1"
    labels: tuple[str, ...] = ("oos",)

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        return [scores()] * (len(texts) - 1)


def test_another_number_of_results_is_trusted_for_nobody() -> None:
    assert {
        one.reason
        for one in results([enriched("a"), enriched("b")], ShortScorer())
        if isinstance(one, ScoreFailed)
    } == {Reason.SCORE_SIZE_MISMATCH}


@pytest.mark.parametrize("confidence", [float("nan"), float("inf"), -0.1, 1.1])
def test_what_is_no_probability_is_compared_with_nothing(confidence: float) -> None:
    strange = Scores((Opinion("refund.request", confidence),), 0.5, False)
    assert results([enriched("a")], ListedScorer({"a": strange})) == [ScoreFailed("no probability")]


def test_no_opinion_at_all_is_a_failure() -> None:
    assert results([enriched("a")], ListedScorer({"a": Scores((), 0.0, False)})) == [
        ScoreFailed("no probability")
    ]


def test_the_constant_scorer_gives_every_kind_of_opinion() -> None:
    found = [
        one for one in ConstantScorer().score([f"text {n}" for n in range(300)]) if isinstance(one, Scores)
    ]
    best = [one.ranked[0] for one in found]
    assert len({one.intent for one in best}) == 5
    assert any(one.confidence < 0.85 for one in best)
    assert any(one.confidence == 0.85 for one in best)
    for one in found:
        confidences = [opinion.confidence for opinion in one.ranked]
        assert confidences == sorted(confidences, reverse=True)
        assert sum(confidences) <= 1
        assert one.margin == round(confidences[0] - confidences[1], 6)


def test_the_constant_scorer_says_the_same_in_every_process() -> None:
    (one,) = ConstantScorer().score(["where is my parcel"])
    assert isinstance(one, Scores)
    assert one.ranked[0] == Opinion("order.status", 0.97)
