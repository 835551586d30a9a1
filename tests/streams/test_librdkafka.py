"""The options of every client: ours where the promise hangs on them, the operator's everywhere else."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams import librdkafka
from streams.librdkafka import OURS, ends_it, raise_unless_passing
from streams.settings import Settings, SettingsError

# librdkafka has several names for one thing; each must be refused, or set by us after the operator's.
SAME_THINGS = (
    ("acks", "request.required.acks"),
    ("retries", "message.send.max.retries"),
    ("max.in.flight", "max.in.flight.requests.per.connection"),
)


def settings(**kafka: str) -> Settings:
    options = {name.replace("_", "."): value for name, value in kafka.items()}
    return Settings(instance="w-1", kafka=options)


@pytest.mark.parametrize("option", sorted(OURS))
def test_an_option_that_would_break_the_promise_is_refused_by_its_variable(option: str) -> None:
    variable = "INTENTS_KAFKA__" + option.upper().replace(".", "_")
    with pytest.raises(SettingsError, match=variable):
        librdkafka.consumer(Settings(kafka={option: "x"}))


@pytest.mark.parametrize("names", SAME_THINGS)
def test_an_option_is_refused_under_all_its_names(names: tuple[str, ...]) -> None:
    assert set(names) <= set(OURS)


def test_every_other_option_reaches_every_client() -> None:
    theirs = settings(security_protocol="SSL", linger_ms="7", fetch_wait_max_ms="50")
    for options in (librdkafka.consumer, librdkafka.producer, librdkafka.onlooker):
        assert options(theirs)["security.protocol"] == "SSL"
    assert librdkafka.producer(theirs)["linger.ms"] == "7"
    assert librdkafka.consumer(theirs)["fetch.wait.max.ms"] == "50"


def test_the_reader_commits_nothing_by_itself_and_sees_only_what_is_committed() -> None:
    options = librdkafka.consumer(settings())
    assert (options["enable.auto.commit"], options["enable.auto.offset.store"]) == (False, False)
    assert options["isolation.level"] == "read_committed"
    assert options["group.instance.id"] == "w-1"


def test_exactly_once_has_a_transactional_id_of_group_and_instance() -> None:
    assert librdkafka.producer(settings())["transactional.id"] == "intents-w-1"


def test_at_least_once_is_idempotent_without_a_transaction() -> None:
    options = librdkafka.producer(Settings(instance="w-1", delivery="at_least_once"))
    assert "transactional.id" not in options
    assert (options["enable.idempotence"], options["acks"]) == (True, "all")


def test_an_onlooker_joins_nothing_and_leaves_no_trace() -> None:
    options = librdkafka.onlooker(settings())
    assert "group.instance.id" not in options
    assert options["enable.auto.commit"] is False


def test_the_event_of_a_fatal_error_ends_a_client_though_it_is_not_marked() -> None:
    event = KafkaError(KafkaError._FATAL, "fenced")
    assert not event.fatal()
    assert ends_it(event)
    with pytest.raises(KafkaException):
        raise_unless_passing(event)


def test_an_error_that_librdkafka_mends_by_itself_ends_nothing() -> None:
    raise_unless_passing(KafkaError(KafkaError._TRANSPORT))
