"""What the topic says is put in place as far as it can be used; what was there stays until then."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from processors.score import ConstantScorer
from schemas.catalog import Snapshot
from schemas.catalog_file import parse
from schemas.published import Pointer, Version, pointer_key, version_key, written
from streams.catalogs import reloading as reloads
from streams.catalogs.archive import Archive
from streams.catalogs.reloading import Reloading
from streams.ready import Current, Preparing
from streams.settings import Settings, SettingsError
from tests.processors.samples import ListedScorer
from tests.streams.catalogs.test_archive import AT, CATALOG, catalog, publish

CONSTANT = Settings(scorer="constant")
BROKEN = "rules: [{name: r, intent: order, when: ['1 +']}]\n"
SAID = "tenant: {}\nintents: {{order: {{risk_class: read_only, target: {{kind: workflow, name: a}}, {}}}}}\n"


@dataclass
class Board:
    """Writes down what it is told."""

    said: list[str] = field(default_factory=list)

    def catalog_counts(self, tenant: str, version: str) -> None:
        self.said.append(f"{tenant} {version[:8]}")

    def catalog_gone(self, tenant: str) -> None:
        self.said.append(f"{tenant} gone")

    def catalog_refused(self, tenant: str) -> None:
        self.said.append(f"{tenant} refused")


class Place:
    """A worker's catalogs over an archive that a test fills."""

    def __init__(self, *first: Snapshot, preparing: Preparing | None = None) -> None:
        self.archive, self.board = Archive(), Board()
        preparing = preparing or Preparing(CONSTANT)
        self.current = Current(preparing.ready([catalog("seed", "seed")]))
        self.reloading = Reloading(preparing, self.current, self.board)
        for each in first:
            publish(self.archive, each)
        if first:
            self.begin()

    def begin(self) -> None:
        self.reloading.begin(self.archive)
        self.archive.forget()

    def follow(self) -> None:
        self.reloading.follow(self.archive, {each.tenant for each in self.archive.moves})
        self.archive.forget()

    def published(self, *snapshots: Snapshot) -> None:
        for each in snapshots:
            pointer = self.archive.current(each.catalog.tenant)
            publish(self.archive, each, pointer.hash if pointer else None)
            self.follow()

    @property
    def counts(self) -> dict[str, str]:
        """Which version counts for whom."""
        return {tenant: book.hash for tenant, book in self.current.ready.desk.books.items()}


def broken(target: str = "x") -> Snapshot:
    """A catalog whose rule does not compile."""
    return parse(CATALOG.format("acme", target) + BROKEN)


def shared(tenant: str, examples: Sequence[str]) -> Snapshot:
    """A catalog that says what its intent is."""
    return parse(SAID.format(tenant, f"examples: [{', '.join(examples)}]"))


def test_at_the_beginning_what_the_topic_says_counts_and_nothing_else() -> None:
    one, two = catalog("a"), catalog("b", "shop")
    place = Place(one, two)
    assert place.counts == {"acme": one.hash, "shop": two.hash}
    assert place.board.said == [f"acme {one.hash[:8]}", f"shop {two.hash[:8]}"]


def test_a_new_version_is_swapped_in_whole_and_an_old_batch_keeps_its_own() -> None:
    place = Place(catalog("a"))
    before = place.current.ready
    place.published(catalog("b"))
    assert before.desk.known("acme").entries["order"].target.name == "a"
    assert place.current.ready.desk.known("acme").entries["order"].target.name == "b"


def test_a_tenant_that_comes_later_counts_from_then_on() -> None:
    one, two = catalog("a"), catalog("b", "shop")
    place = Place(one)
    unchanged = place.current.ready.desk.known("acme")
    place.published(two)
    assert place.counts == {"acme": one.hash, "shop": two.hash}
    assert place.current.ready.desk.known("acme") is unchanged


@pytest.mark.parametrize("bad", [broken(), shared("acme", ["otherwise"])])
def test_what_can_not_be_used_is_refused_and_the_last_good_one_stays(
    bad: Snapshot, caplog: pytest.LogCaptureFixture
) -> None:
    good, other = shared("acme", ["where"]), shared("shop", ["where"])
    place = Place(good, other)
    place.published(bad)
    assert place.counts == {"acme": good.hash, "shop": other.hash}
    assert place.board.said[-1] == "acme refused"
    assert "is refused, the last good one stays" in caplog.text
    better = parse(SAID.format("acme", "examples: [where], priority: 3"))
    place.published(better)
    assert place.counts["acme"] == better.hash


def test_a_version_that_names_a_specialist_that_is_missing_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    good = catalog("a")
    place = Place(good, preparing=Preparing(Settings(), ListedScorer()))
    intents = "{order.late: {risk_class: read_only, target: {kind: workflow, name: a}}}"
    place.published(parse(f"tenant: acme\nintents: {intents}\ndomains: {{order: {{bundle: nowhere-1.0}}}}\n"))
    assert place.counts == {"acme": good.hash}
    assert "domains.order.bundle: there is no bundle at" in caplog.text


def test_a_refused_version_is_not_told_again_with_every_look() -> None:
    place = Place(catalog("a"))
    place.published(broken())
    for _ in range(3):
        place.follow()
    assert place.board.said.count("acme refused") == 1


def test_what_two_tenants_share_changes_once_both_have_said_so() -> None:
    place = Place(shared("acme", ["where"]), shared("shop", ["where"]))
    one, two = shared("acme", ["late"]), shared("shop", ["late"])
    place.published(one)
    assert place.board.said[-1] == "acme refused"
    place.published(two)
    assert place.counts == {"acme": one.hash, "shop": two.hash}


def test_a_worker_that_starts_on_a_bad_version_takes_the_nearest_before_it() -> None:
    place, good, bad, worse = Place(), catalog("a"), broken("x"), broken("y")
    publish(place.archive, good)
    publish(place.archive, bad, good.hash)
    publish(place.archive, worse, bad.hash)
    publish(place.archive, catalog("b", "shop"))
    place.begin()
    assert place.counts == {"acme": good.hash, "shop": catalog("b", "shop").hash}
    assert place.board.said.count("acme refused") == 2


def test_a_tenant_without_any_good_version_is_left_out_but_not_all_of_them() -> None:
    place = Place()
    publish(place.archive, broken())
    publish(place.archive, catalog("b", "shop"))
    place.begin()
    assert place.counts.keys() == {"shop"}
    alone = Place()
    publish(alone.archive, broken())
    with pytest.raises(SettingsError, match=r"no tenant has a catalog that can be used.*catalog publish"):
        alone.begin()


def test_a_removed_tenant_is_gone_the_last_one_stays(caplog: pytest.LogCaptureFixture) -> None:
    one = catalog("a")
    place = Place(one, catalog("b", "shop"))
    place.archive.take(pointer_key("shop"), None)
    place.follow()
    assert place.counts == {"acme": one.hash}
    assert place.board.said[-1] == "shop gone"
    place.archive.take(pointer_key("acme"), None)
    place.follow()
    assert place.counts == {"acme": one.hash}
    assert "it stays" in caplog.text


def test_a_pointer_waits_for_its_version_from_another_partition() -> None:
    one, two = catalog("a"), catalog("b")
    place = Place(one)
    place.archive.take(pointer_key("acme"), written(Pointer(two.hash, one.hash, "anna", AT)))
    place.follow()
    assert place.counts == {"acme": one.hash}
    place.archive.take(version_key("acme", two.hash), written(Version(two.catalog, "anna", AT)))
    place.follow()
    assert place.counts == {"acme": two.hash}
    assert "acme refused" not in place.board.said


def test_a_version_that_never_comes_is_refused_once_it_is_late() -> None:
    one, two = catalog("a"), catalog("b")
    place = Place(one)
    place.archive.take(pointer_key("acme"), written(Pointer(two.hash, one.hash, "anna", AT)))
    place.follow()
    place.reloading._late = {
        tenant: since - reloads.LATE_S - 1 for tenant, since in place.reloading._late.items()
    }
    place.follow()
    place.follow()
    assert place.board.said.count("acme refused") == 1
    assert place.counts == {"acme": one.hash}


def test_the_scorer_is_the_same_from_one_catalog_to_the_next() -> None:
    place = Place(catalog("a"))
    before = place.current.ready.scorer
    place.published(catalog("b"), catalog("c", "shop"))
    assert place.current.ready.scorer is before
    assert isinstance(before, ConstantScorer)
