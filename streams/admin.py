"""The broker as an operator asks it, with every refusal said in one line."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from confluent_kafka import ConsumerGroupState, KafkaError, KafkaException

# Their package names these without exporting them by its own rules.
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType  # type: ignore[attr-defined]

from streams import librdkafka
from streams.settings import Settings

ANSWER_S = 5.0
QUIET = {"log_level": 0}

T = TypeVar("T")


class BrokerError(Exception):
    """What the broker would not do, in one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as it is."""

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the group; without an instance it is not a static one."""

    instance: str
    host: str
    partitions: int


def connect(settings: Settings) -> AdminClient:
    """A client that has already heard from the broker."""
    troubles: list[str] = []
    options: dict[str, Any] = {**librdkafka.client(settings, "admin"), **QUIET}
    client = AdminClient(options | {"error_cb": lambda error: troubles.append(error.str())})
    try:
        client.list_topics(timeout=ANSWER_S)
    except KafkaException as error:
        client.poll(0)
        why = next((said for said in troubles if "uthentication" in said), error.args[0].str())
        raise BrokerError(
            f"no broker answers at {settings.brokers} ({why}); look at INTENTS_BROKERS and INTENTS_KAFKA__*"
        ) from None
    return client


def topics(client: AdminClient) -> dict[str, int]:
    """Every topic with the number of its partitions."""
    return {
        name: len(topic.partitions) for name, topic in client.list_topics(timeout=ANSWER_S).topics.items()
    }


def configs(client: AdminClient, names: list[str]) -> dict[str, Mapping[str, str]]:
    """The settings of these topics."""
    found = (
        client.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names]) if names else {}
    )
    return {resource.name: _values(answer) for resource, answer in found.items()}


def found_topics(client: AdminClient, names: list[str]) -> dict[str, Found]:
    """Those of these topics that exist, as they are."""
    partitions = topics(client)
    here = [name for name in names if name in partitions]
    settings = configs(client, here)
    return {name: Found(partitions[name], settings[name]) for name in here}


def members(client: AdminClient, group: str) -> tuple[Member, ...]:
    """Who is in the group."""
    description = answered(client.describe_consumer_groups([group], request_timeout=ANSWER_S)[group])
    if description.state is ConsumerGroupState.DEAD:
        return ()
    return tuple(
        Member(m.group_instance_id or "", m.host, len(m.assignment.topic_partitions))
        for m in description.members
    )


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


def _values(answer: "Future[dict[str, object]]") -> dict[str, str]:
    return {name: str(getattr(entry, "value", "")) for name, entry in answered(answer).items()}
