"""The catalog topic on a real broker: published, followed, refused, rolled back while workers run."""

import json
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.catalog_file import parse
from schemas.topics import CATALOG, ROUTED
from streams.catalogs.publishing import PublishedMeanwhile, Wish, publish
from streams.catalogs.topic import read
from tests.live import catalogs
from tests.live.command import intents
from tests.live.stand import RunningWorker, Stand, body


def answer_to(stand: Stand, known: int, **message: Any) -> dict[str, Any]:
    """What becomes of one more message."""
    stand.send([{"text": "where is my parcel", **message}], key="c-1")
    catalogs.until(lambda: len(stand.answers()) > known, "the answer")
    return max(map(body, stand.answers()), key=lambda each: each["decided_at"])


def ready(stand: Stand, **settings: str) -> RunningWorker:
    """A worker that takes records."""
    worker = stand.worker(**settings)
    worker.await_page("/ready", 200, 60)
    return worker


def test_files_seed_an_empty_topic_and_nothing_else(stand: Stand, tmp_path: Path) -> None:
    published = catalogs.put(stand, catalogs.text(target="published"))
    folder = tmp_path / "seeds"
    folder.mkdir()
    catalogs.file(folder, target="seed")
    acme = parse(catalogs.file(folder, target="seed", tenant="acme").read_text())
    ready(stand, INTENTS_CATALOG=str(folder))
    archive = read(catalogs.settings(stand))
    default, other = archive.current("default"), archive.current("acme")
    assert default is not None
    assert (default.hash, default.by) == (published.hash, "test")
    assert other is not None
    assert (other.hash, other.previous, other.by) == (acme.hash, None, "w-1")
    assert archive.current("internal") is None


def test_workers_that_start_together_seed_once(stand: Stand) -> None:
    workers = [stand.worker(instance=f"w-{number}") for number in range(3)]
    for worker in workers:
        worker.await_page("/ready", 200, 90)
    archive = read(catalogs.settings(stand))
    assert {each.tenant for each in archive.moves} == {"default", "internal"}
    assert len(archive.moves) == 2


def test_what_is_published_counts_for_the_next_message_and_is_rolled_back(
    stand: Stand, tmp_path: Path
) -> None:
    worker = ready(stand, INTENTS_CATALOG=str(catalogs.file(tmp_path, target="one")))
    assert answer_to(stand, 0)["target"]["name"] == "one"
    path = catalogs.file(tmp_path, target="two")
    ran = catalogs.command(stand, "publish", str(path), "--by", "anna", "--note", "for the sale")
    assert (ran.status, ran.err) == (0, "")
    two = parse(path.read_text()).hash
    catalogs.await_counting(worker, two)
    second = answer_to(stand, 1)
    assert (second["target"]["name"], second["catalog"]) == ("two", two)
    assert catalogs.command(stand, "rollback").status == 0
    one = parse(catalogs.text(target="one")).hash
    catalogs.await_counting(worker, one)
    assert answer_to(stand, 2)["target"]["name"] == "one"
    assert worker.process.alive
    told = catalogs.command(stand, "show", "--history").out.splitlines()
    assert [line.split()[0] for line in told] == ["counts", two[:12], one[:12]]
    assert "anna" in told[1]
    assert "for the sale" in told[1]


def test_a_rules_edit_changes_routes_within_a_second(stand: Stand, tmp_path: Path) -> None:
    stand.settings["INTENTS_CATALOG"] = str(catalogs.file(tmp_path, target="old"))
    ready(stand)
    answer_to(stand, 0)
    publishing = threading.Timer(0.5, catalogs.put, (stand, catalogs.text(target="new")))
    publishing.start()
    for number in range(400):
        stand.send([{"text": f"where is my parcel {number}"}], key="c-1")
        time.sleep(0.01)
        if number % 20 == 19 and any(body(m)["target"]["name"] == "new" for m in stand.answers_on(ROUTED)):
            break
    publishing.join()
    pointer = read(catalogs.settings(stand)).current("default")
    assert pointer is not None
    answered = [body(message) for message in stand.answers_on(ROUTED)]
    first = min(each["decided_at"] for each in answered if each["target"]["name"] == "new")
    last = max(each["decided_at"] for each in answered if each["target"]["name"] == "old")
    # The pointer's own moment lies before its transaction ends, so this is the longer of two measures.
    print(f"{seconds(first) - pointer.at.timestamp():.3f} s from publishing to the first new route")
    assert seconds(last) - pointer.at.timestamp() < 1
    assert seconds(first) - pointer.at.timestamp() < 1


def seconds(moment: str) -> float:
    """Of a moment in JSON."""
    return datetime.fromisoformat(moment).timestamp()


def test_a_bad_version_is_refused_with_its_reason_and_the_last_good_one_stays(
    stand: Stand, tmp_path: Path
) -> None:
    worker = ready(stand, INTENTS_CATALOG=str(catalogs.file(tmp_path, target="good")))
    good = parse(catalogs.text(target="good")).hash
    catalogs.await_counting(worker, good)
    bad_rule = json.dumps(
        {
            "tenant": "default",
            "intents": {
                "order.status": {"risk_class": "read_only", "target": {"kind": "workflow", "name": "x"}}
            },
            "rules": [{"name": "broken", "intent": "order.status", "when": ["signals.x >"]}],
        }
    ).encode()
    for content, reason in (
        (b'{"tenant": "default"}', "missing required field `intents`"),
        (bad_rule, "rules.0.when.0"),
        (bad_rule.replace(b"default", b"acme"), "tenant: is acme"),
    ):
        catalogs.put_unchecked(stand, content, good)
        catalogs.until(lambda reason=reason: reason in worker.process.log.read_text(), reason)  # type: ignore[misc]
    assert (
        'intents_catalog_changes_total{outcome="refused",tenant="default"} 3.0' in worker.page("/metrics")[1]
    )
    assert answer_to(stand, 0)["catalog"] == good
    other = stand.worker(instance="w-2")
    catalogs.await_counting(other, good)
    assert catalogs.command(stand, "rollback", "--to", good[:8]).status == 0
    better = catalogs.put(stand, catalogs.text(target="better")).hash
    catalogs.await_counting(worker, better)


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


def test_two_tenants_route_the_same_text_differently(stand: Stand) -> None:
    catalogs.put(stand, catalogs.text(target="shop"))
    catalogs.put(stand, catalogs.text(target="desk", tenant="acme"))
    ready(stand)
    assert answer_to(stand, 0)["target"]["name"] == "shop"
    assert answer_to(stand, 1, tenant="acme")["target"]["name"] == "desk"


def test_a_tenant_that_is_removed_is_unknown_and_not_seeded_again(stand: Stand, tmp_path: Path) -> None:
    catalogs.put(stand, catalogs.text(target="shop"))
    catalogs.put(stand, catalogs.text(target="desk", tenant="acme"))
    worker = ready(stand)
    assert answer_to(stand, 0, tenant="acme")["reason"] == "rule"
    assert catalogs.command(stand, "remove", "--tenant", "acme").status == 0
    catalogs.until(lambda: "acme" not in catalogs.counting(worker), "it to go")
    assert answer_to(stand, 1, tenant="acme")["reason"] == "unknown_tenant"
    assert worker.stop() == 0
    ready(stand, INTENTS_CATALOG=str(catalogs.file(tmp_path, target="desk", tenant="acme")))
    assert read(catalogs.settings(stand)).current("acme") is None


def test_a_rule_that_can_not_be_told_escalates(stand: Stand) -> None:
    catalogs.put(stand, catalogs.text(when='context.customer.tier == "gold"'))
    ready(stand)
    found = answer_to(stand, 0)
    assert (found["reason"], found["decided_by"]) == ("rule_error", "rule")


def test_an_open_transaction_of_a_stranger_does_not_hold_up_a_worker(stand: Stand, tmp_path: Path) -> None:
    """Only what is committed is read, and only up to what is."""
    catalogs.put(stand, catalogs.text(target="shop"))
    stranger = Producer(
        {
            "bootstrap.servers": stand.topics.bootstrap,
            "transactional.id": "stranger",
            "transaction.timeout.ms": 60_000,
        }
    )
    stranger.init_transactions(30)
    stranger.begin_transaction()
    for partition in range(2):
        stranger.produce(stand.topics.name(CATALOG), b"{}", b"default/current", partition)
    stranger.flush(20)
    worker = ready(stand, INTENTS_CATALOG=str(catalogs.file(tmp_path, target="seed")))
    assert answer_to(stand, 0)["target"]["name"] == "shop"
    stranger.abort_transaction(20)
    assert "can't be read" not in worker.process.log.read_text()


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
