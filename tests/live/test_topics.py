"""`intents topics` on a real broker."""

import os
from typing import Any

import msgspec
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from schemas import topics as wanted
from tests.ground.process import wait_until
from tests.ground.topics import Topics
from tests.live.command import Ran, intents


def run(topics: Topics, *words: str, **settings: str) -> Ran:
    """The command with the prefix of this test."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INTENTS_")}
    ours = {
        "INTENTS_BROKERS": topics.bootstrap,
        "INTENTS_TOPIC_PREFIX": topics.prefix,
        "INTENTS_PARTITIONS": "2",
    }
    return intents(environment | ours | settings, "topics", *words)


def partitions(topics: Topics, name: str) -> int:
    """How many the broker says a topic has."""
    client = AdminClient({"bootstrap.servers": topics.bootstrap})
    return len(client.list_topics(topics.name(name), timeout=10).topics[topics.name(name)].partitions)


def make(topics: Topics, name: str, count: int, config: dict[str, str]) -> None:
    """One topic as an operator might have made it."""
    client = AdminClient({"bootstrap.servers": topics.bootstrap})
    client.create_topics([NewTopic(topics.name(name), count, 1, config=config)])[topics.name(name)].result(30)
    # The controller has it; the broker that is asked next may learn of it a moment later.
    wait_until(lambda: partitions(topics, name) == count, 10, f"{name} to be seen")


def test_missing_topics_are_told_with_the_remedy_and_a_status(topics: Topics) -> None:
    ran = run(topics)
    assert ran.status == 1
    assert len(ran.out.splitlines()) == len(wanted.ALL)
    assert all(line.startswith("missing") for line in ran.out.splitlines())
    assert f"{topics.name(wanted.AUDIT)} is missing; run: intents topics --create" in ran.err


def test_what_create_makes_is_as_it_should_be(topics: Topics) -> None:
    assert run(topics, "--create").status == 0
    ran = run(topics)
    assert ran.status == 0
    assert [line.split()[:3] for line in ran.out.splitlines()] == [
        ["ok", topics.name(each.name), "2"] for each in wanted.ALL
    ]


def test_creating_twice_makes_nothing_the_second_time(topics: Topics) -> None:
    run(topics, "--create")
    again = run(topics, "--create", INTENTS_PARTITIONS="5")
    assert again.status == 0
    assert "made: nothing" in again.err
    assert partitions(topics, wanted.INBOUND) == 2


def test_the_audit_topic_gets_as_many_partitions_as_the_widest_lane(topics: Topics) -> None:
    make(topics, wanted.INBOUND, 5, {})
    run(topics, "--create")
    assert partitions(topics, wanted.AUDIT) == 5
    assert partitions(topics, wanted.ROUTED) == 2


def test_an_audit_topic_that_is_too_narrow_grows_and_keeps_its_settings(topics: Topics) -> None:
    make(topics, wanted.INBOUND, 4, {})
    make(topics, wanted.AUDIT, 1, {"retention.ms": "-1", "max.message.bytes": "3000000"})
    before = run(topics)
    assert (
        f"{topics.name(wanted.AUDIT)} has 1 partitions, the lanes have 4; run: intents topics --create"
        in before.err
    )
    run(topics, "--create")
    assert partitions(topics, wanted.AUDIT) == 4
    (audit,) = [row for row in rows(topics) if row["topic"] == topics.name(wanted.AUDIT)]
    assert audit["settings"]["retention.ms"] == {"wanted": "15811200000", "found": "-1"}
    assert audit["faults"] == []


def test_an_audit_that_forgets_too_soon_is_wrong_and_left_alone(topics: Topics) -> None:
    make(topics, wanted.AUDIT, 2, {"retention.ms": "86400000", "max.message.bytes": "2097152"})
    run(topics, "--create")
    ran = run(topics)
    assert ran.status == 1
    name = topics.name(wanted.AUDIT)
    assert ran.err == (
        f"intents: {name} has retention.ms=86400000, needs 15811200000; run: kafka-configs --alter "
        f"--entity-type topics --entity-name {name} --add-config retention.ms=15811200000\n"
    )


def test_answers_that_would_not_fit_are_seen_beforehand(topics: Topics) -> None:
    run(topics, "--create")
    ran = run(topics, INTENTS_MESSAGE_BYTES="4000000")
    assert ran.status == 1
    assert f"{topics.name(wanted.DEAD)} has max.message.bytes=2097152, needs 4000000" in ran.err


def test_json_says_the_same(topics: Topics) -> None:
    run(topics, "--create")
    assert [row["topic"] for row in rows(topics)] == [topics.name(each.name) for each in wanted.ALL]
    assert {row["state"] for row in rows(topics)} == {"ok"}


def rows(topics: Topics) -> list[dict[str, Any]]:
    """What --json prints."""
    decoded: list[dict[str, Any]] = msgspec.json.decode(run(topics, "--json").out)
    return decoded


def test_a_broker_that_is_not_there_is_one_line(topics: Topics) -> None:
    ran = run(topics, INTENTS_BROKERS="127.0.0.1:1")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert "no broker answers at 127.0.0.1:1" in ran.err
    assert "INTENTS_BROKERS" in ran.err
