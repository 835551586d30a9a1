"""Topics as they should be against topics as they are."""

import pytest

from schemas import topics
from streams.commands.topics import cell, row
from streams.operations.admin import Found
from streams.operations.topology import Compared, compare
from streams.settings import Settings

SETTINGS = Settings(topic_prefix="shop.", partitions=3)


def as_wanted(**partitions: int) -> dict[str, Found]:
    """Every topic as it should be, some with other numbers of partitions."""
    return {
        "shop." + topic.name: Found(partitions.get(topic.name.replace(".", "_"), 3), dict(topic.config))
        for topic in topics.ALL
    }


def faults(found: dict[str, Found]) -> list[str]:
    """Every fault of every topic."""
    return [fault for each in compare(SETTINGS, found) for fault in each.faults]


def changed(name: str, **config: str) -> dict[str, Found]:
    """Topics as they should be, but for some settings of one."""
    found = as_wanted()
    was = found["shop." + name]
    new = {key.replace("_", "."): value for key, value in config.items()}
    return {**found, "shop." + name: Found(was.partitions, {**was.config, **new})}


def one(name: str, found: dict[str, Found]) -> Compared:
    """What is said of one topic."""
    return next(each for each in compare(SETTINGS, found) if each.topic.name == name)


def test_topics_as_they_should_be_have_no_faults() -> None:
    assert faults(as_wanted()) == []
    assert {each.state for each in compare(SETTINGS, as_wanted())} == {"ok"}


def test_every_topic_that_is_not_there_is_missing() -> None:
    assert len(faults({})) == len(topics.ALL)
    assert {each.state for each in compare(SETTINGS, {})} == {"missing"}


def test_the_audit_needs_as_many_partitions_as_the_widest_lane() -> None:
    (fault,) = faults(as_wanted(messages_priority=6))
    assert fault == "shop.intents.audit has 3 partitions, the lanes have 6; run: intents topics --create"
    assert faults(as_wanted(messages_priority=6, intents_audit=6)) == []
    assert faults(as_wanted(messages_priority=6, intents_audit=7)) == []


def test_a_lane_that_we_may_not_see_asks_nothing_of_the_audit() -> None:
    found = {name: each for name, each in as_wanted().items() if name != "shop.messages.priority"}
    wide = Settings(topic_prefix="shop.", partitions=12)
    assert [each.faults for each in compare(wide, found, {"shop.messages.priority"}) if each.faults] == []


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        (topics.AUDIT, "retention_ms", "86400000"),
        (topics.FEEDBACK, "retention_ms", "1"),
        (topics.ROUTED, "cleanup_policy", "compact"),
        (topics.CATALOG, "cleanup_policy", "delete"),
        (topics.DEAD, "max_message_bytes", "1048576"),
        (topics.INBOUND, "max_message_bytes", "1000"),
    ],
)
def test_what_breaks_a_promise_is_wrong(name: str, key: str, value: str) -> None:
    (fault,) = faults(changed(name, **{key: value}))
    assert fault.startswith(f"shop.{name} has {key.replace('_', '.')}={value}, needs ")
    assert one(name, changed(name, **{key: value})).state == "wrong"


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        (topics.AUDIT, "retention_ms", "-1"),
        (topics.AUDIT, "retention_ms", "99999999999"),
        (topics.ROUTED, "retention_ms", "3600000"),
        (topics.ROUTED, "compression_type", "producer"),
        (topics.DEAD, "max_message_bytes", "4000000"),
    ],
)
def test_what_is_only_otherwise_is_no_fault(name: str, key: str, value: str) -> None:
    assert faults(changed(name, **{key: value})) == []
    assert one(name, changed(name, **{key: value})).state == "differs"


def test_settings_that_we_may_not_read_are_unknown() -> None:
    found = {**as_wanted(), "shop.catalog": Found(3, {})}
    assert faults(found) == []
    assert one(topics.CATALOG, found).state == "unknown"


def test_answers_larger_than_usual_need_larger_topics() -> None:
    large = Settings(topic_prefix="shop.", partitions=3, message_bytes=4_000_000)
    wrong = {
        each.topic.name: each.config["max.message.bytes"]
        for each in compare(large, as_wanted())
        if each.faults
    }
    lanes = {lane.name for lane in topics.LANES}
    assert wrong == {topic.name: "4000000" for topic in topics.ALL if topic.name not in lanes}


def test_a_found_setting_is_shown_beside_the_wanted_one_where_they_differ() -> None:
    shown = row(one(topics.AUDIT, changed(topics.AUDIT, retention_ms="86400000")))
    assert shown[:4] == ("wrong", "shop.intents.audit", "3", "1d (wanted 183d)")
    assert (
        cell(one(topics.AUDIT, changed(topics.AUDIT, retention_ms="-1")), "retention.ms")
        == "forever (wanted 183d)"
    )
