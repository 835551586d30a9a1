"""The consumer group as an operator asks for it."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from confluent_kafka import Consumer, ConsumerGroupState, KafkaError, KafkaException, TopicPartition

# Their package names these without exporting them by its own rules.
from confluent_kafka.admin import AdminClient, ConsumerGroupDescription  # type: ignore[attr-defined]

from streams import librdkafka
from streams.lanes import Lane
from streams.operations.admin import ANSWER_S, QUIET, Operations, answered
from streams.settings import Settings

# A transaction that is still open keeps the answer back.
COMMITTED_S = 15.0
COMING_S = 10.0
PAUSE_S = 0.1
# The broker that keeps the group is on its way.
COMING = frozenset(
    {
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
    }
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the group; without an instance it is not a static one."""

    instance: str
    host: str
    partitions: int


def members(client: AdminClient, group: str) -> tuple[Member, ...]:
    """Who is in the group."""
    description = _described(client, group)
    if description.state is ConsumerGroupState.DEAD:
        return ()
    return tuple(
        Member(m.group_instance_id or "", m.host, len(m.assignment.topic_partitions))
        for m in description.members
    )


def operations(client: AdminClient, group: str) -> Operations:
    """What we may do with this group."""
    try:
        allowed = _described(client, group).authorized_operations
    except KafkaException as error:
        if error.args[0].code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
            return frozenset()
        raise
    return frozenset(operation.name for operation in allowed or ())


@contextlib.contextmanager
def stranger(settings: Settings, lane: Lane) -> Iterator[Consumer]:
    """A consumer that knows the offsets of a lane's group without being its member."""
    consumer = Consumer({**librdkafka.onlooker(settings, lane), **QUIET})
    try:
        yield consumer
    finally:
        consumer.close()


def committed(settings: Settings, lane: Lane) -> list[TopicPartition]:
    """The offsets of a lane's group, with their metadata; none where there is no such topic.

    Not asked of the AdminClient: where the group's broker is just coming up, librdkafka 2.16 ends the whole
    process in `list_consumer_group_offsets`, since it looks for a group that only a consumer has.
    """
    topic = lane.topic(settings.topic_prefix)
    with stranger(settings, lane) as consumer:
        partitions = consumer.list_topics(topic, timeout=ANSWER_S).topics[topic].partitions
        places = [TopicPartition(topic, number) for number in partitions]
        return list(consumer.committed(places, COMMITTED_S)) if places else []


def _described(client: AdminClient, group: str) -> ConsumerGroupDescription:
    """The group; asked again while its broker is coming up."""
    deadline = time.monotonic() + COMING_S
    while True:
        asked = client.describe_consumer_groups(
            [group], include_authorized_operations=True, request_timeout=ANSWER_S
        )
        try:
            described: ConsumerGroupDescription = answered(asked[group])
            return described
        except KafkaException as error:
            if error.args[0].code() not in COMING or time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_S)
