"""The topics of one test, apart from those of every other."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs export none of them
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from confluent_kafka.cimpl import NewTopic

from schemas import topics
from tests.ground.process import wait_until


@dataclass(frozen=True, slots=True)
class Topics:
    """Names under a prefix of the test's own."""

    bootstrap: str
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}.")

    def name(self, base: str) -> str:
        """The full name of one of DESIGN's topics."""
        return self.prefix + base

    def create(self, partitions: int = 3, only: Iterable[str] | None = None) -> None:
        """Make them on the broker as they should exist, all of them or those named."""
        wanted = set(only) if only is not None else {each.name for each in topics.ALL}
        news = [
            NewTopic(self.name(each.name), partitions, 1, config=dict(each.config))
            for each in topics.ALL
            if each.name in wanted
        ]
        client = AdminClient({"bootstrap.servers": self.bootstrap})
        for made in client.create_topics(news).values():
            made.result(30)
        # The broker's answer comes before it tells clients of the topic.
        names = {each.topic for each in news}
        wait_until(lambda: names <= client.list_topics(timeout=10).topics.keys(), 30, "the topics' coming up")

    def configure(self, names: Iterable[str], option: str, value: str | None) -> None:
        """Set an option of these topics, or give it back its default."""
        operation = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
        entry = ConfigEntry(option, value or "", incremental_operation=operation)
        wanted = [
            ConfigResource(ResourceType.TOPIC, self.name(name), incremental_configs=[entry]) for name in names
        ]
        client = AdminClient({"bootstrap.servers": self.bootstrap})
        for changed in client.incremental_alter_configs(wanted).values():
            changed.result(30)
