"""`intents catalog` on a real broker: who may publish, what is shown, what is said where something is wrong."""

import threading
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from schemas.catalog_file import parse
from schemas.topics import CATALOG
from streams.catalogs.publishing import PublishedMeanwhile, Wish, publish
from streams.catalogs.topic import read
from tests.live import catalogs
from tests.live.command import intents
from tests.live.stand import Stand


def test_of_two_who_publish_at_once_exactly_one_wins(stand: Stand) -> None:
    counts = catalogs.put(stand, catalogs.text(target="start")).hash
    for round_number in range(5):
        outcomes: list[str] = []
        together = threading.Barrier(4)

        def race(name: str) -> None:
            snapshot = parse(catalogs.text(target=name))
            together.wait()  # noqa: B023
            try:
                publish(catalogs.settings(stand), Wish("default", snapshot.hash, counts, name), snapshot)  # noqa: B023
            except PublishedMeanwhile as error:
                outcomes.append(str(error))  # noqa: B023
            else:
                outcomes.append(snapshot.hash)  # noqa: B023

        racers = [threading.Thread(target=race, args=(f"racer-{round_number}-{n}",)) for n in range(4)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(60)
        pointer = read(catalogs.settings(stand)).current("default")
        assert pointer is not None
        won = [each for each in outcomes if len(each) == 64]
        assert (won, pointer.previous) == ([pointer.hash], counts), outcomes
        assert len(outcomes) == 4
        counts = pointer.hash


def test_whoever_edited_an_older_version_is_told_who_was_faster(stand: Stand, tmp_path: Path) -> None:
    old = catalogs.put(stand, catalogs.text(target="old")).hash
    new = catalogs.put(stand, catalogs.text(target="new")).hash
    path = str(catalogs.file(tmp_path, target="mine"))
    ran = catalogs.command(stand, "publish", path, "--expect", old[:8])
    assert ran.status == 1
    assert "published meanwhile by test at" in ran.err
    assert new[:12] in ran.err
    assert "intents catalog diff" in ran.err
    assert catalogs.command(stand, "publish", path, "--expect", new[:8]).status == 0


def test_what_is_shown_can_be_published_again(stand: Stand, tmp_path: Path) -> None:
    first = catalogs.put(stand, catalogs.text(target="first")).hash
    catalogs.put(stand, catalogs.text(target="second", when='signals.vip == true || text == "ä: #1"'))
    shown = catalogs.command(stand, "show", first[:10])
    assert parse(shown.out).hash == first
    again = tmp_path / "again.yaml"
    again.write_text(catalogs.command(stand, "show").out)
    ran = catalogs.command(stand, "publish", str(again))
    assert (ran.status, "counts for default already" in ran.out) == (0, True)


def test_a_difference_is_told_for_people(stand: Stand, tmp_path: Path) -> None:
    catalogs.put(stand, catalogs.text(target="status"))
    path = catalogs.file(tmp_path, target="other")
    lines = catalogs.command(stand, "diff", str(path)).out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["target of order.status"]
    assert "workflow status" in lines[0]
    assert "workflow other" in lines[0]


def test_the_check_tells_which_version_counts_whether_it_can_be_used(stand: Stand, tmp_path: Path) -> None:
    stand.settings["INTENTS_CATALOG"] = str(catalogs.file(tmp_path, target="file"))

    def said() -> str:
        ran = intents(stand.environment("operator", 6066), "check")
        (line,) = [each for each in ran.out.splitlines() if each.split()[1] == "published"]
        return line

    assert "tenant default: none yet" in said()
    good = catalogs.put(stand, catalogs.text(target="good")).hash
    assert said().startswith("ok")
    assert f"tenant default: {good[:12]}, by test at" in said()
    assert "the file's is another" in said()
    catalogs.put_unchecked(stand, b'{"tenant": "default"}', good)
    assert said().startswith("wrong")
    assert "intents catalog rollback --tenant default" in said()
    assert catalogs.command(stand, "rollback").status == 0
    assert said().startswith("ok")


def test_files_are_looked_at_before_they_are_published(stand: Stand, tmp_path: Path) -> None:
    good = catalogs.file(tmp_path, tenant="acme")
    ran = catalogs.command(stand, "check", str(good))
    assert (ran.status, [line.split()[0] for line in ran.out.splitlines()]) == (0, ["ok", "ok"])
    unsure = catalogs.file(tmp_path, when='context.customer.tier == "gold"')
    ran = catalogs.command(stand, "check", str(good), str(unsure))
    assert ran.status == 0
    assert "has(context.customer.tier)" in ran.out
    broken = tmp_path / "broken.yaml"
    broken.write_text(catalogs.text(when="signals.vip >"))
    ran = catalogs.command(stand, "check", str(broken), str(good), str(good))
    assert ran.status == 1
    assert "line 10: rules.0.when.0" in ran.out
    assert "another of these files is of too" in ran.out
    refused = catalogs.command(stand, "publish", str(broken))
    assert refused.status != 0
    assert "rules.0.when.0" in refused.err


@pytest.mark.parametrize("words", [("show",), ("rollback",), ("diff",), ("show", "--history")])
def test_where_nothing_is_published_that_is_one_line(stand: Stand, words: tuple[str, ...]) -> None:
    ran = catalogs.command(stand, *words)
    assert (ran.status, len(ran.err.splitlines())) == (1, 1), ran.err
    assert "intents catalog publish FILE" in ran.err


def test_a_missing_topic_is_told_with_the_remedy(stand: Stand) -> None:
    stand.topics = type(stand.topics)(stand.topics.bootstrap)
    ran = catalogs.command(stand, "show")
    assert (ran.status, len(ran.err.splitlines())) == (1, 1)
    assert "is missing; run: intents topics --create" in ran.err


def test_versions_and_pointers_lie_under_the_keys_of_the_contract(stand: Stand) -> None:
    snapshot = catalogs.put(stand, catalogs.text())
    consumer = Consumer(
        {"bootstrap.servers": stand.topics.bootstrap, "group.id": "x", "enable.partition.eof": False}
    )
    consumer.assign([TopicPartition(stand.topics.name(CATALOG), number, 0) for number in range(2)])
    keys: set[bytes | None] = set()

    def both() -> bool:
        keys.update(message.key() for message in consumer.consume(10, 0.2))
        return len(keys) == 2

    catalogs.until(both, "both records")
    consumer.close()
    assert keys == {b"default/current", f"default/{snapshot.hash}".encode()}
