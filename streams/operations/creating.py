"""The making of missing topics; of those that exist none is changed, only the audit topic may grow."""

import time
from collections.abc import Sequence

from confluent_kafka import KafkaError, KafkaException

# Their package names these without exporting them by its own rules.
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic  # type: ignore[attr-defined]

from schemas.topics import AUDIT
from streams.operations.admin import ANSWER_S, answered, topics
from streams.operations.topology import Compared
from streams.settings import Settings

SEEN_S = 20.0


def create(client: AdminClient, settings: Settings, compared: Sequence[Compared]) -> list[str]:
    """Make what is missing, grow the audit topic; the names of what was made."""
    missing = [each for each in compared if each.found is None]
    small = [
        each
        for each in compared
        if each.topic.name == AUDIT and each.found is not None and each.found.partitions < each.partitions
    ]
    _make(client, settings, missing)
    _grow(client, small)
    _wait_until_seen(client, {each.name: each.partitions for each in (*missing, *small)})
    return [each.name for each in (*missing, *small)]


def _make(client: AdminClient, settings: Settings, missing: Sequence[Compared]) -> None:
    if not missing:
        return
    wanted = [
        NewTopic(each.name, each.partitions, settings.replicas, config=dict(each.config)) for each in missing
    ]
    for made in client.create_topics(wanted, operation_timeout=ANSWER_S).values():
        try:
            answered(made)
        except KafkaException as error:
            # Two deployments may start at once: whoever is first makes it.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise


def _grow(client: AdminClient, small: Sequence[Compared]) -> None:
    if small:
        for grown in client.create_partitions(
            [NewPartitions(each.name, each.partitions) for each in small]
        ).values():
            answered(grown)


def _wait_until_seen(client: AdminClient, wanted: dict[str, int]) -> None:
    """The broker's answer comes before every broker knows of the topic."""
    deadline = time.monotonic() + SEEN_S
    while time.monotonic() < deadline:
        found = topics(client)
        if all(found.get(name, 0) >= partitions for name, partitions in wanted.items()):
            return
        time.sleep(0.1)
