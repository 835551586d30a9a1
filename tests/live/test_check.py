"""`intents check` on a real broker and a real Redis."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from schemas import topics as wanted
from streams.ending import HALTED
from tests.ground import redis
from tests.ground.kafka import Broker
from tests.ground.process import wait_until
from tests.ground.topics import Topics
from tests.live.command import Ran, intents
from tests.live.stand import Stand

BROKERS = ["settings", "broker", "rights", "topics", "guard", "published", "published"]
PARTS = [*BROKERS, "redis", "bundle", "catalog", "catalog"]
CATALOG = "tenant: default\nintents: {{a.b: {{risk_class: {}, target: {{kind: workflow, name: a}}}}}}\n"


def check(stand: Stand, *words: str, **settings: str) -> Ran:
    """The command in the workers' environment."""
    return intents(stand.environment("operator", 6066) | settings, "check", *words)


def wrongs(ran: Ran) -> list[str]:
    """What is wrong, each as part and text."""
    return [line.split(maxsplit=1)[1] for line in ran.out.splitlines() if line.startswith("wrong")]


def test_where_all_is_well_every_part_has_one_line(stand: Stand) -> None:
    ran = check(stand)
    assert (ran.status, wrongs(ran)) == (0, [])
    assert [line.split()[1] for line in ran.out.splitlines()] == PARTS
    assert all(line.startswith("ok ") for line in ran.out.splitlines())


def test_the_shipped_bundle_knows_every_intent_of_the_shipped_catalog(stand: Stand) -> None:
    ran = check(stand, INTENTS_SCORER="onnx")
    assert (ran.status, wrongs(ran)) == (0, [])
    assert re.search("^ok +bundle +support-", ran.out, re.MULTILINE)


def test_json_says_the_same(stand: Stand) -> None:
    ran = check(stand, "--json", INTENTS_BROKRES="x")
    found = msgspec.json.decode(ran.out)
    assert ran.status == 1
    assert [each["part"] for each in found] == PARTS
    assert found[0]["state"] == "wrong"
    assert found[0]["text"] == "INTENTS_BROKRES is no setting; did you mean INTENTS_BROKERS?"


def test_a_broker_that_is_not_there_hides_nothing_of_the_rest(stand: Stand) -> None:
    ran = check(stand, INTENTS_BROKERS="127.0.0.1:1")
    assert ran.status == 1
    assert [line.split()[1] for line in ran.out.splitlines()] == [
        "settings",
        "broker",
        "redis",
        "bundle",
        "catalog",
        "catalog",
    ]
    assert re.search(
        r"^wrong +broker +no broker answers at 127.0.0.1:1 .*look at INTENTS_BROKERS", ran.out, re.M
    )


def test_a_redis_that_is_away_or_frozen_is_wrong(stand: Stand, redis_server: redis.Server) -> None:
    (away,) = wrongs(check(stand, INTENTS_REDIS_URL="redis://:hunter2@127.0.0.1:1/0"))
    assert re.match("redis .* does not answer .* INTENTS_REDIS_URL", away)
    assert "hunter2" not in away
    redis_server.pause()
    try:
        (frozen,) = wrongs(check(stand))
    finally:
        redis_server.resume()
    assert re.match("redis .* does not answer", frozen)


def test_a_redis_too_slow_for_the_deadline_is_wrong(stand: Stand) -> None:
    """No Redis answers within nothing."""
    (slow,) = wrongs(check(stand, INTENTS_CONTEXT_DEADLINE_MS="0"))
    assert "too near to the deadline; raise INTENTS_CONTEXT_DEADLINE_MS" in slow


def test_missing_and_narrow_and_forgetful_topics_are_wrong(
    topics: Topics, redis_server: redis.Server, tmp_path: Path
) -> None:
    client = AdminClient({"bootstrap.servers": topics.bootstrap})
    names = [topics.name(wanted.INBOUND), topics.name(wanted.AUDIT)]
    config = {"retention.ms": "1000", "max.message.bytes": "2097152"}
    news = [NewTopic(names[0], 3, 1), NewTopic(names[1], 1, 1, config=config)]
    for made in client.create_topics(news).values():
        made.result(30)
    found = wrongs(check(Stand(topics, redis_server.url, tmp_path), INTENTS_PARTITIONS="2"))
    assert sum("is missing; run: intents topics --create" in each for each in found) == len(wanted.ALL) - 2
    assert sum(f"{names[1]} has 1 partitions, the lanes have 3" in each for each in found) == 1
    assert sum(f"{names[1]} has retention.ms=1000, needs 15811200000" in each for each in found) == 1


def test_settings_that_break_the_promise_or_that_nothing_knows_are_named(stand: Stand) -> None:
    (acks,) = wrongs(check(stand, INTENTS_KAFKA__ACKS="1"))
    assert "INTENTS_KAFKA__ACKS can't be set: every output must be acknowledged" in acks
    (typo,) = wrongs(check(stand, INTENTS_KAFKA__SASL_USRNAME="x"))
    assert 'No such configuration property: "sasl.usrname"' in typo
    (number,) = wrongs(check(stand, INTENTS_PARTITIONS="many"))
    assert "INTENTS_PARTITIONS" in number
    (sizes,) = wrongs(check(stand, INTENTS_MESSAGE_BYTES="400000"))
    assert "INTENTS_RECORD_BYTES is 262144, INTENTS_MESSAGE_BYTES 400000" in sizes


def test_a_bundle_or_catalog_that_can_not_be_used_is_wrong(stand: Stand, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text(CATALOG.format("mild"))
    (bad,) = wrongs(check(stand, INTENTS_CATALOG=str(catalog)))
    assert re.match("catalog .*mild", bad)
    (gone,) = wrongs(check(stand, INTENTS_CATALOG=str(tmp_path / "none.yaml")))
    assert "none.yaml can't be read" in gone
    found = wrongs(check(stand, INTENTS_SCORER="onnx", INTENTS_BUNDLE=str(tmp_path / "none")))
    assert [each for each in found if each.startswith("bundle")]


def test_an_intent_that_the_bundle_does_not_know_is_wrong(stand: Stand, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text(CATALOG.format("network"))
    (unknown,) = wrongs(check(stand, INTENTS_SCORER="onnx", INTENTS_CATALOG=str(catalog)))
    assert re.match("catalog .*names a.b, which the bundle does not know", unknown)


def test_a_broker_that_forgets_offsets_or_allows_too_little_is_wrong(
    brokers: Callable[..., Broker], redis_server: redis.Server, tmp_path: Path
) -> None:
    limits = {
        "offsets.retention.minutes": "1440",
        "transaction.max.timeout.ms": "5000",
        "group.max.session.timeout.ms": "8000",
    }
    topics = Topics(brokers(limits).bootstrap)
    topics.create(partitions=2)
    stand = Stand(topics, redis_server.url, tmp_path, {"INTENTS_DELIVERY": "at_least_once"})
    found = "\n".join(wrongs(check(stand)))
    assert "forgets offsets after 1440 minutes, but keeps messages for 10080" in found
    assert "allows transactions of 5000 ms at most; lower INTENTS_TRANSACTION_TIMEOUT_MS" in found
    assert "allows sessions of 6000 to 8000 ms; set INTENTS_SESSION_TIMEOUT_MS" in found


def test_accepting_rejections_lets_a_stopped_partition_go_on_where_it_was(stand: Stand) -> None:
    stand.settings |= {"INTENTS_GUARD_WINDOW": "20", "INTENTS_BATCH_COUNT": "10"}
    stand.send([b"broken"] * 30, key="c-1")
    assert stand.worker().await_end(40) == HALTED
    (halted,) = wrongs(check(stand))
    assert re.match("guard .* stands still since .* run: intents check --accept-rejections$", halted)
    dead = len(stand.answers_on(wanted.DEAD))
    accepted = check(stand, "--accept-rejections")
    assert accepted.status == 0, accepted.err
    lane = re.escape(stand.topics.name(wanted.INBOUND))
    assert re.fullmatch(
        rf"{lane}/\d goes on at offset {dead}; accepted with it: {dead} dead .*\n", accepted.out
    )
    assert wrongs(check(stand)) == []
    assert check(stand, "--accept-rejections").out == "no partition was stopped\n"
    stand.settings["INTENTS_GUARD_SHARE"] = "1"
    stand.worker()
    wait_until(lambda: len(stand.answers_on(wanted.DEAD)) == 30, 40, "the rest of the records")


def test_accepting_works_while_another_worker_is_in_the_group(stand: Stand) -> None:
    """One that owns no stopped partition goes on, and must not keep the operator from accepting."""
    stand.settings |= {"INTENTS_GUARD_WINDOW": "20", "INTENTS_BATCH_COUNT": "10"}
    stand.worker(instance="w-1").await_page("/ready", 200, 40)
    other = stand.worker(instance="w-2")
    other.await_page("/ready", 200, 40)
    stand.send([b"broken"] * 30, partition=0)
    wait_until(lambda: any(worker.process.returncode == HALTED for worker in stand.workers), 40, "the halt")
    accepted = check(stand, "--accept-rejections")
    assert accepted.status == 0, accepted.err
    assert "goes on at offset" in accepted.out
    assert [worker.process.alive for worker in stand.workers].count(True) == 1
