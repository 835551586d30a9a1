"""What every measurement on a real broker needs: topics, messages, a process, the broker's own time stamps."""

import json
import os
import random
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from schemas.topics import ALL, INBOUND, ROUTED
from tests.ground.process import Process, free_port

TEXTS = Path(__file__).parents[2] / "onnx_models" / "data" / "support" / "test.jsonl"
# As long as messages of a chat are: about ten words.
WORDS = range(4, 20)
LANE_PARTITIONS = 6


@dataclass(slots=True)
class Field:
    """A prefix of its own on a broker, with the environment of a worker that works there."""

    brokers: str
    redis_url: str
    prefix: str = field(default_factory=lambda: f"bench-{random.randrange(16**8):08x}.")
    partitions: int = LANE_PARTITIONS

    def create(self) -> None:
        """Every topic that a worker has to do with."""
        admin = AdminClient({"bootstrap.servers": self.brokers})
        news = [
            NewTopic(self.prefix + each.name, self.partitions, 1, config=dict(each.config)) for each in ALL
        ]
        for future in admin.create_topics(news).values():
            future.result(30)

    def feed(self, messages: int, lane: str = INBOUND) -> None:
        """So many messages of about ten words, over 1,000 conversations."""
        producer = Producer({"bootstrap.servers": self.brokers, "linger.ms": 20, "compression.type": "zstd"})
        for number in range(messages):
            producer.produce(self.prefix + lane, message(number), f"c-{number % 1000}")
            if number % 5000 == 0:
                producer.poll(0)
                while len(producer) > 50_000:
                    producer.poll(0.05)
        producer.flush(60)

    @contextmanager
    def process(self, module: str, *arguments: str, **settings: str) -> Iterator["Running"]:
        """A worker (or what is compared with one) as a process of its own, ended by SIGTERM, or with us."""
        port = free_port()
        environment = {
            **self.environment(),
            "INTENTS_INSTANCE": f"{module}-{port}",
            "INTENTS_HTTP_PORT": str(port),
            # What is measured is scoring; remembering is not.
            "INTENTS_SCORE_CACHE": "0",
            **settings,
        }
        with tempfile.TemporaryDirectory() as folder:
            process = Process([sys.executable, "-m", module, *arguments], Path(folder) / "log", environment)
            process.start()
            try:
                yield Running(process.pid, port)
            finally:
                alive = process.alive
                process.stop()
                if not alive:
                    raise RuntimeError(f"{module} ended with {process.returncode}:\n{process.tail()}")

    def environment(self) -> dict[str, str]:
        """What tells any command where it is to work."""
        return {
            **os.environ,
            "INTENTS_BROKERS": self.brokers,
            "INTENTS_REDIS_URL": self.redis_url,
            "INTENTS_TOPIC_PREFIX": self.prefix,
            "INTENTS_GROUP": self.prefix + "group",
        }

    def onlooker(self) -> Consumer:
        """A reader of committed records that sees what the group has committed."""
        return Consumer(
            {
                "bootstrap.servers": self.brokers,
                "group.id": self.prefix + "group",
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
        )

    def await_count(self, wanted: int, seconds: float) -> int:
        """Wait until the lane's committed offsets say that so many messages are answered; how many it were then."""
        consumer = self.onlooker()
        places = [TopicPartition(self.prefix + INBOUND, p) for p in range(self.partitions)]
        deadline = time.monotonic() + seconds
        while (answered := self._committed(consumer, places)) < wanted:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{wanted} records were not answered within {seconds:.0f} s")
            time.sleep(0.1)
        consumer.close()
        return answered

    def _committed(self, consumer: Consumer, places: list[TopicPartition]) -> int:
        """How many messages are answered; none where the broker does not know its groups yet."""
        with suppress(KafkaException):
            return sum(max(0, place.offset) for place in consumer.committed(places, 30))
        return 0

    def await_members(self, wanted: int) -> None:
        """Wait until so many workers share the partitions."""
        admin = AdminClient({"bootstrap.servers": self.brokers})
        name = self.prefix + "group"
        for _ in range(600):
            group = admin.describe_consumer_groups([name])[name].result(10)
            if sum(bool(member.assignment.topic_partitions) for member in group.members) == wanted:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{wanted} workers did not come to share the partitions")

    def answers(self, topic: str, wanted: int, seconds: float) -> list[int]:
        """The broker's time stamps (ms) of this many committed records of a topic; fails where they don't come."""
        consumer = self.onlooker()
        consumer.assign([TopicPartition(self.prefix + topic, p, 0) for p in range(self.partitions)])
        stamps: list[int] = []
        deadline = time.monotonic() + seconds
        while len(stamps) < wanted and time.monotonic() < deadline:
            stamps += [m.timestamp()[1] for m in consumer.consume(5000, 0.2) if m.error() is None]
        consumer.close()
        if len(stamps) < wanted:
            raise RuntimeError(f"{len(stamps)} of {wanted} records came to {topic} within {seconds:.0f} s")
        return stamps


@dataclass(frozen=True, slots=True)
class Running:
    """A process that is being measured."""

    pid: int
    port: int

    def resident_mb(self) -> float:
        """Its resident memory."""
        return psutil.Process(self.pid).memory_info().rss / 2**20

    def cpu_s(self) -> float:
        """The CPU it took, in seconds."""
        spent = psutil.Process(self.pid).cpu_times()
        return float(spent.user + spent.system)

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels, as the process says it."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as page:
            lines = page.read().decode().splitlines()
        return sum(
            float(line.split()[-1]) for line in lines if line.startswith(name) and line[len(name)] in "{ "
        )


def message(number: int) -> bytes:
    """A message as a customer's system would send it."""
    said = texts()
    return json.dumps(
        {"text": said[number % len(said)], "id": f"m-{number}", "conversation": f"c-{number % 1000}",
         "customer": f"u-{number % 500}", "channel": "chat", "locale": "en"}
    ).encode()  # fmt: skip


@cache
def texts() -> list[str]:
    """What customers write in a chat, of all intents, from our own test set, on which nothing was trained."""
    lines = map(json.loads, TEXTS.read_text(encoding="utf-8").splitlines())
    found = [
        each["text"] for each in lines if len(each["text"].split()) in WORDS and "\n" not in each["text"]
    ]
    random.Random(1).shuffle(found)
    return found


def rate(stamps: list[int]) -> float:
    """Records a second between the first tenth and the last tenth, so that neither start nor end counts."""
    ordered = sorted(stamps)
    edge = len(ordered) // 10
    first, last = ordered[edge], ordered[-edge - 1]
    return (len(ordered) - 2 * edge) / max((last - first) / 1000, 1e-3)


__all__ = ["ROUTED", "Field", "Running", "message", "rate"]
