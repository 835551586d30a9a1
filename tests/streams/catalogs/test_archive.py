"""What the catalog topic says is taken in record by record, whatever lies there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from schemas.catalog import Snapshot
from schemas.catalog_file import CatalogError, parse
from schemas.published import Pointer, Stored, Version, pointer_key, read_key, version_key, written
from streams.catalogs import archive as archives
from streams.catalogs.archive import Archive
from streams.catalogs.history import history, resolve

AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
CATALOG = "tenant: {}\nintents: {{order: {{risk_class: read_only, target: {{kind: workflow, name: {}}}}}}}\n"


def catalog(target: str = "a", tenant: str = "acme") -> Snapshot:
    return parse(CATALOG.format(tenant, target))


def publish(archive: Archive, snapshot: Snapshot, previous: str | None = None, hours: int = 0) -> None:
    """Version and pointer as our own command writes them."""
    tenant, at = snapshot.catalog.tenant, AT + timedelta(hours=hours)
    version = Version(snapshot.catalog, "anna", at, "why not", previous)
    pointer = Pointer(snapshot.hash, previous, "anna", at, "why not")
    archive.take(version_key(tenant, snapshot.hash), written(version))
    assert archive.take(pointer_key(tenant), written(pointer)) == tenant


def test_a_version_is_found_by_its_hash_as_it_was_written() -> None:
    archive, one = Archive(), catalog()
    publish(archive, one)
    assert archive.snapshot("acme", one.hash) == one
    assert archive.stored("acme", one.hash).hash == one.hash
    pointer = archive.current("acme")
    assert pointer is not None
    assert (pointer.hash, archive.knows("acme"), archive.knows("shop")) == (one.hash, True, False)


def test_the_key_of_a_version_counts_where_a_later_release_would_hash_it_otherwise() -> None:
    """Bytes that an earlier release wrote lack the fields that came since."""
    archive, one = Archive(), catalog()
    raw = msgspec.json.decode(msgspec.json.encode(one.catalog))
    del raw["quota"]
    content = msgspec.json.encode(raw)
    value = msgspec.json.encode({"catalog": msgspec.Raw(content), "by": "anna", "at": AT})
    hash = msgspec.json.decode(value, type=Stored).hash
    archive.take(version_key("acme", hash), value)
    assert hash != one.hash
    assert archive.snapshot("acme", hash) == replace(one, hash=hash)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "is not on the topic"),
        (b"{", "can't be read"),
        (b"{}", "can't be read"),
        (written(Version(catalog("b").catalog, "anna", AT)), "its bytes have the hash"),
    ],
)
def test_a_version_that_is_not_what_its_key_says_is_refused(value: bytes | None, said: str) -> None:
    archive, one = Archive(), catalog()
    archive.take(version_key("acme", one.hash), value)
    with pytest.raises(CatalogError, match=said):
        archive.snapshot("acme", one.hash)


def test_a_version_under_another_tenants_key_is_refused() -> None:
    archive, one = Archive(), catalog(tenant="shop")
    archive.take(version_key("acme", one.hash), written(Version(one.catalog, "anna", AT)))
    with pytest.raises(CatalogError, match="tenant: is shop, its key says acme"):
        archive.snapshot("acme", one.hash)


def test_a_rule_that_does_not_compile_is_refused() -> None:
    text = CATALOG.format("acme", "a") + "rules: [{name: r, intent: order, when: ['1 +']}]\n"
    archive, one = Archive(), parse(text)
    publish(archive, one)
    assert archive.snapshot("acme", one.hash) == one
    with pytest.raises(CatalogError, match=r"rules\.0\.when\.0"):
        archive.book("acme", one.hash)


def test_a_pointer_that_can_not_be_read_moves_nothing() -> None:
    archive, one = Archive(), catalog()
    publish(archive, one)
    assert archive.take(pointer_key("acme"), b'{"hash": "short"}') == ""
    assert "the pointer of acme can't be read" in archive.faults[0]
    pointer = archive.current("acme")
    assert pointer is not None
    assert pointer.hash == one.hash


def test_a_removed_tenant_is_known_though_nothing_counts() -> None:
    archive = Archive()
    publish(archive, catalog())
    archive.take(pointer_key("acme"), None)
    assert (archive.current("acme"), archive.knows("acme")) == (None, True)
    later = Archive()
    # Once its tombstone is compacted away too, the versions still tell.
    later.take(version_key("acme", catalog().hash), b"{}")
    assert later.knows("acme")


@pytest.mark.parametrize("key", [None, b"", b"acme", b"acme/", b"a/b/current", b"acme/ABC", b"\xff/current"])
def test_a_key_that_is_neither_is_told(key: bytes | None) -> None:
    archive = Archive()
    assert archive.take(key, b"{}") == ""
    assert len(archive.faults) == 1


def test_keys_are_read_as_they_are_written() -> None:
    hash = catalog().hash
    assert read_key(version_key("a.b-c", hash)) == ("a.b-c", hash)
    assert read_key(pointer_key("a.b-c")) == ("a.b-c", "current")


def test_old_versions_are_let_go_but_not_those_that_count_or_just_came() -> None:
    archive, one, two = Archive(), catalog("a"), catalog("b")
    publish(archive, one)
    publish(archive, two)
    archive.forget()
    assert set(archive.hashes("acme")) == {one.hash, two.hash}
    archive._seen = {key: seen - archives.KEPT_S - 1 for key, seen in archive._seen.items()}
    archive.forget()
    assert archive.hashes("acme") == [two.hash]
    assert (archive.moves, archive.faults) == ([], [])


def test_history_tells_moves_and_first_publications_once_each_the_latest_first() -> None:
    archive, one, two = Archive(), catalog("a"), catalog("b")
    publish(archive, one)
    publish(archive, two, one.hash, hours=1)
    back = Pointer(one.hash, two.hash, "ben", AT + timedelta(hours=2))
    archive.take(pointer_key("acme"), written(back))
    told = history(archive, "acme")
    assert [(each.hash, each.by, each.counts) for each in told] == [
        (one.hash, "ben", True),
        (two.hash, "anna", False),
        (one.hash, "anna", False),
    ]
    assert history(archive, "shop") == []


def test_a_version_is_named_by_the_beginning_of_its_hash() -> None:
    archive, one, two = Archive(), catalog("a"), catalog("b")
    publish(archive, one)
    publish(archive, two)
    assert resolve(archive, "acme", one.hash[:10].upper()) == one.hash
    with pytest.raises(CatalogError, match="2 versions begin with"):
        resolve(archive, "acme", "")
    with pytest.raises(CatalogError, match="--history"):
        resolve(archive, "acme", "ffffffffffffff")
