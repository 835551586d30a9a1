"""What a batch is answered with is made of every tenant's catalog, once."""

import msgspec
import pytest

from processors.score import ConstantScorer
from schemas.catalog import Snapshot
from schemas.catalog_file import parse
from schemas.vocabulary import Mode
from streams.ready import Preparing, prepare, taught_by
from streams.scoring.cache import Remembering
from streams.settings import Settings, SettingsError
from tests.processors.samples import ListedScorer
from tests.processors.test_compare import CountingComparer

CONSTANT = Settings(scorer="constant")
SERVED = "risk_class: read_only, target: {kind: workflow, name: a}"


def snapshot(tenant: str, *said: str, more: str = "") -> Snapshot:
    """A tenant's catalog of these intents, each with what is said of it."""
    intents = "".join(f"  {name}: {{{SERVED}, {rest}}}\n" for name, _, rest in map(split, said))
    return parse(f"tenant: {tenant}\nintents:\n{intents}{more}")


def split(said: str) -> tuple[str, str, str]:
    return said.partition(" ")


ORDER = "order examples: [where is it]"


def test_every_tenant_has_its_book_under_the_scorer() -> None:
    found = prepare(CONSTANT, [snapshot("acme", ORDER), snapshot("shop", ORDER)])
    assert found.desk.books.keys() == {"acme", "shop"}
    assert [found.desk.known(each).catalog.tenant for each in ("acme", "shop")] == ["acme", "shop"]
    assert found.desk.book("default") is None


def test_settings_are_on_the_desk() -> None:
    told = msgspec.structs.replace(CONSTANT, mode="observe", topic_prefix="eu.", record_bytes=99)
    desk = prepare(told, [snapshot("acme", ORDER)]).desk
    assert (desk.mode, desk.topics.audit, desk.limits.record_bytes) == (Mode.OBSERVE, "eu.intents.audit", 99)


def test_no_catalog_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no catalog"):
        prepare(CONSTANT, [])


def test_what_tenants_call_alike_and_describe_alike_is_taught_once() -> None:
    refund = "refund description: Wants money back."
    taught = taught_by([snapshot("acme", ORDER, refund), snapshot("shop", ORDER)])
    assert {name: each.examples for name, each in taught.items()} == {"order": ("where is it",), "refund": ()}


@pytest.mark.parametrize("other", ["order examples: [it is late]", f"{ORDER}, description: Wants it."])
def test_two_tenants_that_describe_one_intent_otherwise_are_refused(other: str) -> None:
    snapshots = [snapshot("acme", ORDER), snapshot("shop", other)]
    with pytest.raises(
        SettingsError, match=r"catalog of shop: order is described otherwise.*describe it alike, or"
    ):
        prepare(CONSTANT, snapshots)


@pytest.mark.parametrize("tenants", [("acme", "shop"), ("shop", "acme")])
def test_where_one_tenant_says_what_an_intent_is_that_counts_for_all(tenants: tuple[str, str]) -> None:
    taught = taught_by([snapshot(tenants[0], ORDER), snapshot(tenants[1], "order version: 2")])
    assert taught["order"].examples == ("where is it",)
    assert taught_by([snapshot(tenants[1], "order version: 2"), snapshot(tenants[0], ORDER)]) == taught


def test_what_serves_an_intent_may_be_another_for_each_tenant() -> None:
    acme, shop = snapshot("acme", ORDER), snapshot("shop", f"{ORDER}, confidence: 0.99, always_human: true")
    desk = prepare(CONSTANT, [acme, shop]).desk
    assert [desk.known(each).entries["order"].confidence for each in ("acme", "shop")] == [0.85, 0.99]


def test_only_what_a_bundle_can_know_is_taught() -> None:
    taught = taught_by([snapshot("acme", "order examples: [x]", "order.late examples: [y]")])
    assert set(taught) == {"order.late"}, "an intent that others are kinds of is told from these"


def test_a_scorer_that_compares_is_the_comparer_one_that_does_not_is_none() -> None:
    comparer = CountingComparer()

    class Comparing(ListedScorer):
        likeness = comparer.likeness

    scorer = Comparing()
    assert prepare(Settings(), [snapshot("acme", ORDER)], scorer).desk.comparer is scorer
    assert prepare(Settings(), [snapshot("acme", ORDER)], ListedScorer()).desk.comparer is None


def test_a_scorer_has_a_memory_unless_it_is_constant_or_none_is_wanted() -> None:
    acme = [snapshot("acme", ORDER)]
    assert isinstance(prepare(Settings(), acme, ListedScorer()).scorer, Remembering)
    bare = Settings(score_cache=0, score_deadline_ms=0)
    assert isinstance(prepare(bare, acme, ListedScorer()).scorer, ListedScorer)
    assert isinstance(prepare(CONSTANT, acme).scorer, ConstantScorer)


def test_what_a_new_catalog_leaves_as_it_was_is_kept() -> None:
    preparing = Preparing(Settings(), ListedScorer())
    acme, shop = snapshot("acme", ORDER), snapshot("shop", ORDER)
    before = preparing.ready([acme, shop])
    after = preparing.ready([acme, snapshot("shop", ORDER, more="ceiling: network\n")])
    assert after.desk.known("acme") is before.desk.known("acme")
    assert after.desk.known("shop") is not before.desk.known("shop")
    assert after.scorer is before.scorer, "its memory goes on"


def test_catalogs_that_can_not_be_used_leave_everything_as_it_was() -> None:
    preparing = Preparing(Settings(), ListedScorer())
    acme = snapshot("acme", ORDER)
    before = preparing.ready([acme])
    with pytest.raises(SettingsError):
        preparing.ready([acme, snapshot("shop", "order examples: [it is late]")])
    assert preparing.ready([acme]).desk.known("acme") is before.desk.known("acme")
