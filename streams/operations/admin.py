"""The broker as an operator asks it, with every refusal said in one line."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException, TopicCollection

# Their package names these without exporting them by its own rules.
from confluent_kafka.admin import AdminClient, ConfigEntry, ConfigResource, ResourceType  # type: ignore[attr-defined]

from streams import librdkafka
from streams.settings import Settings

ANSWER_S = 5.0
QUIET = {"log_level": 0}

REFUSALS = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)

# What does not mend itself while we wait.
DECISIVE = frozenset({KafkaError._AUTHENTICATION, KafkaError._SSL})

Operations = frozenset[str]
T = TypeVar("T")


class BrokerError(Exception):
    """What the broker would not do, in one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as it is."""

    partitions: int
    config: Mapping[str, str]


def connect(settings: Settings) -> AdminClient:
    """A client that has already heard from the broker."""
    troubles: list[KafkaError] = []
    options: dict[str, Any] = {**librdkafka.client(settings, "admin"), **QUIET}
    client = AdminClient(options | {"error_cb": troubles.append})
    deadline = time.monotonic() + ANSWER_S
    while True:
        try:
            client.list_topics(timeout=1.0)
            return client
        except KafkaException as error:
            client.poll(0)
            decisive = [trouble for trouble in troubles if trouble.code() in DECISIVE]
            if decisive or time.monotonic() > deadline:
                raise _unreachable(settings, [*decisive, error.args[0]][0]) from None


def topics(client: AdminClient) -> dict[str, int]:
    """Every topic with the number of its partitions."""
    return {
        name: len(topic.partitions) for name, topic in client.list_topics(timeout=ANSWER_S).topics.items()
    }


def configs(client: AdminClient, names: list[str]) -> dict[str, Mapping[str, str]]:
    """The settings of these topics, empty where we may not read them."""
    found = (
        client.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names]) if names else {}
    )
    return {resource.name: _readable(answer) for resource, answer in found.items()}


def found_topics(client: AdminClient, names: list[str]) -> dict[str, Found]:
    """Those of these topics that exist, as they are."""
    partitions = topics(client)
    here = [name for name in names if name in partitions]
    settings = configs(client, here)
    return {name: Found(partitions[name], settings[name]) for name in here}


def operations(client: AdminClient, names: list[str]) -> dict[str, Operations]:
    """What we may do with each of these topics that exists; nothing at all where we may not even see it."""
    wanted = TopicCollection(names)
    asked = client.describe_topics(wanted, include_authorized_operations=True, request_timeout=ANSWER_S)
    return {name: rights for name, answer in asked.items() if (rights := rights_of(answer)) is not None}


def brokers(client: AdminClient) -> list[int]:
    """The brokers that are up."""
    return sorted(client.list_topics(timeout=ANSWER_S).brokers)


def broker_config(client: AdminClient) -> Mapping[str, str]:
    """The settings of one broker."""
    broker = ConfigResource(ResourceType.BROKER, str(brokers(client)[0]))
    return _values(client.describe_configs([broker])[broker])


def answered(answer: "Future[T]") -> T:
    """What the broker answered, within the time of one question."""
    return answer.result(ANSWER_S * 2)


@contextmanager
def in_one_line(doing: str) -> Iterator[None]:
    """Say an error of the broker as one line that names what was being done."""
    try:
        yield
    except KafkaException as error:
        raise BrokerError(f"{doing}: {said(error.args[0])}") from None
    except TimeoutError:
        raise BrokerError(f"{doing}: the broker did not answer in time; try again") from None


def said(error: KafkaError) -> str:
    """An error in the broker's words, with the remedy where it is a matter of rights."""
    if "AUTHORIZATION" in error.name():
        return (
            f"{error.str()}; give the principal of INTENTS_KAFKA__SASL_USERNAME this right (kafka-acls --add)"
        )
    return error.str()


def _unreachable(settings: Settings, why: KafkaError) -> BrokerError:
    said = " ".join(why.str().split())
    return BrokerError(
        f"no broker answers at {settings.brokers} ({said}); look at INTENTS_BROKERS and INTENTS_KAFKA__*"
    )


def _values(answer: "Future[dict[str, ConfigEntry]]") -> dict[str, str]:
    return {name: entry.value for name, entry in answered(answer).items() if entry.value is not None}


def _readable(answer: "Future[dict[str, ConfigEntry]]") -> dict[str, str]:
    """The settings, or none where we may not read them."""
    try:
        return _values(answer)
    except KafkaException as error:
        if error.args[0].code() in REFUSALS:
            return {}
        raise


def rights_of(answer: "Future[Any]") -> Operations | None:
    """What a description says that we may do; nothing where it is refused, None for what does not exist."""
    try:
        allowed = answered(answer).authorized_operations
    except KafkaException as error:
        if error.args[0].code() in REFUSALS:
            return frozenset()
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise
    return frozenset(operation.name for operation in allowed or ())
