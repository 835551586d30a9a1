"""Looks at the group from outside, a few times a second."""

import threading
import time
from collections.abc import Iterable

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, KafkaException, TopicPartition

# Their package names these without exporting them by its own rules.
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from schemas.topics import INBOUND
from tests.ground.topics import Topics
from tests.live.chaos.samples import Sample

LOOK_S = 0.2
ANSWER_S = 2.0


class Watch:
    """Keeps what the group committed over time; an outage of the broker leaves a gap."""

    def __init__(self, topics: Topics, group: str, partitions: int) -> None:
        """Nothing seen yet."""
        self._group = group
        self._lane = [TopicPartition(topics.name(INBOUND), number) for number in range(partitions)]
        self._client = AdminClient(
            {"bootstrap.servers": topics.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 500}
        )
        self.samples: list[Sample] = []
        self._known: dict[str, set[int]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Look until told to end."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def owners(self) -> dict[str, set[int]]:
        """The partitions of each member that is in the group now; nothing while it can't be asked."""
        try:
            asked = self._client.describe_consumer_groups([self._group], request_timeout=ANSWER_S)
            members = asked[self._group].result(ANSWER_S * 2).members
        except (KafkaException, TimeoutError):
            return {}
        owners = {
            str(each.group_instance_id): {int(p.partition) for p in each.assignment.topic_partitions}
            for each in members
            if each.assignment is not None
        }
        self._known |= {instance: partitions for instance, partitions in owners.items() if partitions}
        return owners

    def owned_by(self, instance: str) -> set[int]:
        """What this member owns now, or had last where nobody can tell, as in a rebalance."""
        return self.owners().get(instance) or self._known.get(instance, set())

    def partitions(self) -> set[int]:
        """Every partition of the lane."""
        return {each.partition for each in self._lane}

    def idle(self) -> bool:
        """Whether nothing waits any more."""
        last = self.samples[-1] if self.samples else None
        return last is not None and not any(last.waiting(partition) for partition in last.ends)

    def waiting(self) -> int:
        """How many records wait, at the last look."""
        last = self.samples[-1] if self.samples else Sample(0, {}, {})
        return sum(end - last.committed.get(partition, 0) for partition, end in last.ends.items())

    def _run(self) -> None:
        while not self._over.wait(LOOK_S):
            try:
                committed, ends = self._committed(), self._ends()
            except (KafkaException, TimeoutError):
                continue
            self.samples.append(Sample(time.monotonic(), committed, ends))

    def _committed(self) -> dict[int, int]:
        wish = ConsumerGroupTopicPartitions(self._group, self._lane)
        asked = self._client.list_consumer_group_offsets([wish], request_timeout=ANSWER_S)
        found: Iterable[TopicPartition] = asked[self._group].result(ANSWER_S * 2).topic_partitions
        return {each.partition: max(0, each.offset) for each in found}

    def _ends(self) -> dict[int, int]:
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        wishes = dict.fromkeys(self._lane, latest)
        asked = self._client.list_offsets(
            wishes, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=ANSWER_S
        )
        return {each.partition: int(found.result(ANSWER_S * 2).offset) for each, found in asked.items()}
