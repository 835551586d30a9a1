"""Looks at the group from outside, a few times a second."""

import threading
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.topics import INBOUND
from tests.ground.topics import Topics
from tests.live.chaos.owners import owners
from tests.live.chaos.samples import Sample

LOOK_S = 0.2
ANSWER_S = 2.0


class Watch:
    """Keeps what the group committed over time; an outage of the broker leaves a gap."""

    def __init__(self, topics: Topics, group: str, partitions: int) -> None:
        """Nothing seen yet."""
        self._bootstrap = topics.bootstrap
        self._group = group
        self._lane = [TopicPartition(topics.name(INBOUND), number) for number in range(partitions)]
        # It never subscribes, so it is no member. Uncommitted: else an open transaction keeps it waiting.
        self._onlooker = Consumer(
            {
                "bootstrap.servers": topics.bootstrap,
                "group.id": group,
                "isolation.level": "read_uncommitted",
                "enable.auto.commit": False,
                "reconnect.backoff.max.ms": 500,
                "log_level": 0,
            }
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
            self._onlooker.close()

    def owners(self) -> dict[str, set[int]]:
        """The partitions of each member that is in the group now; nothing while it can't be asked."""
        found = owners(self._bootstrap, self._group)
        self._known |= {instance: partitions for instance, partitions in found.items() if partitions}
        return found

    def owned_by(self, instance: str) -> set[int]:
        """What this member owns now, or had last where nobody can tell, as in a rebalance."""
        return self.owners().get(instance) or self._known.get(instance, set())

    def partitions(self) -> set[int]:
        """Every partition of the lane."""
        return {each.partition for each in self._lane}

    def idle(self, since: float) -> bool:
        """Whether nothing waits any more, by a look at the broker after that moment."""
        return bool(self.samples) and self.samples[-1].at > since and self.waiting() == 0

    def waiting(self) -> int:
        """How many records wait, at the last look."""
        last = self.samples[-1] if self.samples else Sample(0, {}, {})
        return sum(end - last.committed.get(partition, 0) for partition, end in last.ends.items())

    def _run(self) -> None:
        while not self._over.wait(LOOK_S):
            try:
                committed = self._committed()
                self.samples.append(Sample(time.monotonic(), committed, self._ends()))
            except KafkaException:
                continue

    def _committed(self) -> dict[int, int]:
        found = self._onlooker.committed(self._lane, timeout=ANSWER_S)
        return {each.partition: max(0, each.offset) for each in found}

    def _ends(self) -> dict[int, int]:
        marks = {each.partition: self._onlooker.get_watermark_offsets(each, ANSWER_S) for each in self._lane}
        return {partition: mark[1] for partition, mark in marks.items() if mark is not None}
