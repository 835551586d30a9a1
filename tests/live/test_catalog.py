"""The catalog topic on a real broker: published, followed, refused, rolled back while workers run."""

import json
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from schemas.catalog_file import parse
from schemas.topics import CATALOG, ROUTED
from streams.catalogs.topic import read
from tests.live import catalogs
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
