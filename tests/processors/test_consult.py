"""Inside of a domain that the broad bundle is sure of, the domain's own bundle has the word."""

from collections.abc import Sequence
from math import fsum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.consult import combined, consult, mass
from processors.decide import decide
from processors.desk import Desk
from processors.flow import Contexts, Enriched, Opinion, Scored, ScoreFailed, Scores
from processors.pipeline import answer
from processors.score import ModelDown, score
from schemas.audit import AuditRecord
from schemas.catalog import Domain
from schemas.vocabulary import Reason, Stage
from tests.processors.conformance import check
from tests.processors.samples import NOW, BrokenScorer, decoded, enriched, record, written
from tests.processors.specialists import (
    BROAD,
    PRINTER,
    SPECIAL,
    SURE,
    UNSURE,
    Knowing,
    books,
    catalog,
    consulted,
    desk,
    said,
    shares,
)


def test_the_specialist_shares_out_what_the_broad_one_gives_to_the_domain() -> None:
    special = Knowing("it-1", PRINTER)
    (one,) = consulted(Knowing("broad-1", SURE), desk(special), "paper is stuck")
    assert shares(one) == pytest.approx(
        {"it.vpn": 0.95 * 0.05, "it.laptop": 0, "it.printer": 0.95 * 0.93, "order.status": 0.04, "oos": 0.029}
    )
    assert isinstance(one.scores, Scores)
    assert one.scores.ranked[0] == Opinion("it.printer", 0.8835)
    assert one.scores.margin == round(0.8835 - 0.0475, 6)
    assert one.model == "it-1"


def test_both_opinions_are_told() -> None:
    (one,) = consulted(Knowing("broad-1", SURE), desk(Knowing("it-1", PRINTER)), "paper is stuck")
    broad, special = one.opinions
    assert (broad.model, broad.domain, broad.ranked) == ("broad-1", None, SURE.ranked)
    assert (special.model, special.domain, special.ranked) == ("it-1", "it", PRINTER.ranked)
    assert (broad.failed, special.failed) == (None, None)


def test_what_the_specialist_gives_away_goes_to_the_sink_and_decides() -> None:
    under = desk(Knowing("it-1", said((*SPECIAL, "order.status"), 0.02, 0.03, 0.5, 0.45)))
    consulted_one = consulted(Knowing("broad-1", SURE), under, "tell me a joke")
    assert shares(consulted_one[0])["order.status"] == 0.04, "outside of its domain it is not believed"
    (decision,) = decide(consulted_one, under)
    assert (decision.reason, decision.intent) == (Reason.SINK_INTENT, None)
    assert decision.confidence == pytest.approx(0.01 + 0.95 * 0.95)


def test_a_sink_that_the_broad_one_does_not_know_takes_it_too() -> None:
    labels = BROAD[:3]
    both = combined(said(labels, 0.5, 0.45, 0.05), said(SPECIAL, 0.1, 0.2, 0.7), "it", "none")
    assert both.ranked[0] == Opinion("none", round(0.95 * 0.7, 6))


def distributions(count: int) -> st.SearchStrategy[tuple[float, ...]]:
    """Probabilities that sum to one."""
    numbers = st.lists(st.floats(0, 1), min_size=count, max_size=count).filter(lambda each: fsum(each) > 0)
    return numbers.map(lambda each: tuple(number / fsum(each) for number in each))


@given(distributions(4), distributions(3))
def test_the_sum_stays_one(broad: tuple[float, ...], special: tuple[float, ...]) -> None:
    both = combined(said(BROAD, *broad), said(SPECIAL, *special), "it", "oos")
    assert abs(fsum(both.shares) - 1) < 1e-12
    assert min(both.shares) >= 0
    assert mass(both, "it") <= mass(said(BROAD, *broad), "it") + 1e-12
    assert dict(zip(both.labels, both.shares, strict=True))["order.status"] == broad[2]


def test_an_unsure_broad_one_decides_alone() -> None:
    special = Knowing("it-1", PRINTER)
    (one,) = consulted(Knowing("broad-1", UNSURE), desk(special), "paper")
    assert (one.scores, one.model, one.opinions) == (UNSURE, "broad-1", ())
    assert special.asked == []


@pytest.mark.parametrize(("sure", "asked"), [(0.95, True), (0.950_02, False)])
def test_sure_is_met_by_the_whole_domain(sure: float, asked: bool) -> None:
    special = Knowing("it-1", PRINTER)
    broad = Knowing("broad-1", said(BROAD, 0.5, 0.45, 0.05, 0.0))
    consulted(broad, desk(special, catalog(domains={"it": Domain("it-1.0.0", sure)})), "paper")
    assert bool(special.asked) is asked


def test_a_domain_is_not_what_merely_begins_alike() -> None:
    labels = ("it.vpn", "item.lost", "oos")
    assert mass(said(labels, 0.2, 0.7, 0.1), "it") == 0.2


def test_only_the_tenant_that_names_it_has_it() -> None:
    special = Knowing("it-1", PRINTER)
    under = desk(special, catalog("acme"), catalog("other", domains={}))
    broad = Knowing("broad-1", SURE)
    (other,) = consulted(broad, under, "paper", tenant="other")
    assert (other.opinions, special.asked) == ((), [])
    (own,) = consulted(broad, under, "paper", tenant="acme")
    assert (own.model, special.asked) == ("it-1", [("paper",)])


def test_a_batch_asks_each_specialist_once() -> None:
    special, other = Knowing("it-1", PRINTER), Knowing("order-1", said(("order.status", "oos"), 0.9, 0.1))
    domains = {"it": Domain("it-1.0.0"), "order": Domain("order-1.0.0")}
    under = Desk(
        books(catalog(domains=domains)), NOW, specialists={"it-1.0.0": special, "order-1.0.0": other}
    )
    listed = {"b": UNSURE, "c": said(BROAD, 0.02, 0.02, 0.95, 0.01)}
    found = consulted(Knowing("broad-1", SURE, listed), under, "a", "b", "c", "d")
    assert [one.model for one in found] == ["it-1", "broad-1", "order-1", "it-1"]
    assert [one.enriched.message.text for one in found] == ["a", "b", "c", "d"]
    assert (special.asked, other.asked) == ([("a", "d")], [("c",)])


LISTED: dict[str, Scores | ScoreFailed | Exception] = {
    "unsure": UNSURE,
    "far": said(BROAD, 0.01, 0.01, 0.97, 0.01),
    "edge": said(BROAD, 0.5, 0.4, 0.09, 0.01),
    "failed": ScoreFailed("too strange"),
}


def test_the_step_conforms() -> None:
    special = Knowing("it-1", PRINTER, {"odd": ScoreFailed("odd")})
    broad, under = Knowing("broad-1", SURE, LISTED), desk(special)
    waiting = [enriched(text) for text in ("paper", "unsure", "far", "edge", "failed", "odd", "ink")]

    def step(some: Sequence[Enriched]) -> list[Scored]:
        return consult(score(some, broad, under), broad, under)

    check(step, waiting)


def test_next_to_sure_a_text_of_a_batch_gets_what_it_gets_alone() -> None:
    # In a batch 4e-7 of the domain's mass are lost, which is just what was there too much.
    edge = said(("order.status", "it.vpn", "oos"), 0.09, 0.900_000_2, 0.009_999_8)
    under = desk(Knowing("it-1", PRINTER))
    broad = Knowing("broad-1", SURE, {"edge": edge}, jitter=4e-7)
    (alone,) = consulted(broad, under, "edge")
    assert alone.model == "it-1"
    assert consulted(broad, under, "paper", "edge")[1] == alone


def test_next_to_the_threshold_a_text_of_a_batch_gets_what_it_gets_alone() -> None:
    whole = said(("it.vpn", "it.laptop", "oos"), 1.0, 0.0, 0.0)
    near = said(("it.printer", "oos"), 0.85, 0.15)
    special = Knowing("it-1", near, jitter=-2e-6)
    under = desk(special)
    broad = Knowing("broad-1", whole)
    (alone,) = consulted(broad, under, "a")
    assert consulted(broad, under, "a", "b")[0] == alone
    assert decide([alone], under)[0].reason is Reason.ABOVE_THRESHOLD


def test_where_the_specialist_fails_on_a_message_the_broad_opinion_stands() -> None:
    special = Knowing("it-1", PRINTER, {"poison": RuntimeError("my secret")})
    found = consulted(Knowing("broad-1", SURE), desk(special), "a", "poison", "b")
    assert [one.model for one in found] == ["it-1", "broad-1", "it-1"]
    assert found[1].scores == SURE
    assert [(each.model, each.domain, each.failed) for each in found[1].opinions] == [
        ("broad-1", None, None),
        ("it-1", "it", "RuntimeError"),
    ]


def test_a_message_that_the_broad_one_could_not_take_is_left_as_it_is() -> None:
    special = Knowing("it-1", PRINTER)
    (one,) = consulted(Knowing("broad-1", SURE, {"x": ScoreFailed("no")}), desk(special), "x")
    assert (one.scores, one.opinions, special.asked) == (ScoreFailed("no"), (), [])


def test_a_specialist_that_is_down_is_a_model_that_is_down() -> None:
    with pytest.raises(ModelDown):
        consulted(Knowing("broad-1", SURE), desk(BrokenScorer()), "a", "b")
    assert consulted(Knowing("broad-1", UNSURE), desk(BrokenScorer()), "a", "b"), "nobody needs it here"


def test_while_the_model_is_known_to_be_down_no_specialist_is_asked() -> None:
    under = desk(BrokenScorer())
    under = Desk(under.books, NOW, model_down=True, specialists=under.specialists)
    (one,) = consulted(BrokenScorer(), under, "a")
    assert one.scores == ScoreFailed("the model is down", Reason.MODEL_UNAVAILABLE)


def test_cut_for_either_is_cut_and_the_stage_is_the_specialists() -> None:
    first = msgspec.structs.replace(said(SPECIAL, 0.1, 0.8, 0.1, cut=True), stage=Stage.FIRST)
    both = combined(SURE, first, "it", "oos")
    assert (both.truncated, both.stage) == (True, Stage.FIRST)
    assert combined(said(BROAD, 0.5, 0.45, 0.04, 0.01, cut=True), PRINTER, "it", "oos").truncated
    assert not combined(SURE, PRINTER, "it", "oos").truncated


def test_opinions_are_told_in_the_words_of_the_tenants_catalog() -> None:
    stranger = said(("it.vpn", "it.payroll", "oos"), 0.9, 0.08, 0.02)
    (one,) = consulted(Knowing("broad-1", SURE), desk(Knowing("it-1", stranger)), "a")
    assert [each.intent for each in one.opinions[1].ranked] == ["it.vpn", "elsewhere", "oos"]
    assert decide([one], desk(Knowing("it-1", stranger)))[0].alternatives[0].intent != "it.payroll"


def test_the_answer_names_the_specialist_and_the_audit_has_both() -> None:
    under = desk(Knowing("it-1", PRINTER))
    batch = decoded(record(written(text="paper"), offset=0), record(written(text="unsure"), offset=1))
    answers = answer(batch, Contexts(), Knowing("broad-1", SURE, LISTED), under)
    (routed, line), (_, other) = answers.per_record
    assert msgspec.json.decode(routed.value or b"")["model"] == "it-1"
    assert "opinions" not in msgspec.json.decode(routed.value or b"")
    audit = msgspec.json.decode(line.value or b"", type=AuditRecord)
    assert (audit.intent, audit.model) == ("it.printer", "it-1")
    assert [each.model for each in audit.opinions] == ["broad-1", "it-1"]
    assert msgspec.json.decode(other.value or b"", type=AuditRecord).opinions == ()


def test_a_desk_without_a_specialist_that_a_catalog_names_is_refused() -> None:
    with pytest.raises(ValueError, match="'it' of 'acme'"):
        Desk(books(catalog("acme")), NOW)
