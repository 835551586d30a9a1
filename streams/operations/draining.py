"""The removal of a static member, so that its partitions move before its session times out."""

import time
from collections.abc import Callable

import msgspec
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams import librdkafka
from streams.lanes import LANES, Lane
from streams.operations.admin import QUIET, BrokerError
from streams.operations.group import members
from streams.settings import Settings

JOIN_S = 60.0
CALL_S = 1.0
POLL_S = 0.05


def drain(settings: Settings, client: AdminClient, instance: str) -> int:
    """Take an instance out of the groups of all lanes for good; how many partitions it had."""
    found = {
        lane: [each for each in members(client, lane.group(settings.group)) if each.instance == instance]
        for lane in LANES
    }
    if not any(found.values()):
        raise BrokerError(_nobody(client, settings.group, instance))
    its_settings = msgspec.structs.replace(settings, instance=instance)
    if librdkafka.transactional(settings):
        _end_its_transaction(its_settings)
    for lane, own in found.items():
        if own:
            _leave_in_its_name(its_settings, lane, client)
    return sum(each.partitions for own in found.values() for each in own)


def _nobody(client: AdminClient, group: str, instance: str) -> str:
    present = members(client, group)
    names = ", ".join(sorted(member.instance or "(not static)" for member in present)) or "nobody"
    return f"{instance!r} is no static member of group {group!r}; its members are: {names}"


def _end_its_transaction(settings: Settings) -> None:
    """Abort what the instance left open: until that ends, nobody learns where its partitions stand."""
    producer = Producer({**librdkafka.producer(settings), **QUIET})
    deadline = time.monotonic() + JOIN_S
    while True:
        try:
            return producer.init_transactions(CALL_S)
        except KafkaException as error:
            if not error.args[0].retriable() or time.monotonic() > deadline:
                raise


def _leave_in_its_name(settings: Settings, lane: Lane, client: AdminClient) -> None:
    """Join as this instance, then leave.

    librdkafka can't remove a member, and a static one says nothing when it closes; but it does leave when it
    unsubscribes. So its security options serve here as everywhere. Who joins under the instance's name takes
    its place without a rebalance, so the others see one change only: its end.
    """
    joined: list[bool] = []

    def note(_consumer: Consumer, _partitions: list[TopicPartition]) -> None:
        joined.append(True)

    consumer = Consumer({**librdkafka.consumer(settings, lane), **QUIET, "statistics.interval.ms": 0})
    try:
        consumer.subscribe([lane.topic(settings.topic_prefix)], on_assign=note)
        _poll_until(consumer, lambda: bool(joined), "the group did not let us in")
        consumer.unsubscribe()
        group = lane.group(settings.group)
        _poll_until(
            consumer, lambda: not _is_member(client, group, settings.instance), "the member is still there"
        )
    finally:
        consumer.close()


def _poll_until(consumer: Consumer, done: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + JOIN_S
    while not done():
        message = consumer.poll(POLL_S)
        error = message.error() if message is not None else None
        if error is not None and error.fatal():
            raise KafkaException(error)
        if time.monotonic() > deadline:
            raise BrokerError(f"{otherwise} within {JOIN_S:g} s; run the command again")


def _is_member(client: AdminClient, group: str, instance: str) -> bool:
    return any(member.instance == instance for member in members(client, group))
