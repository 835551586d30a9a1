"""One run: messages flow while versions are published, then everything is counted."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from confluent_kafka import Producer

from processors.flow import Record
from schemas.catalog_writing import write
from schemas.topics import INBOUND
from streams.catalogs.publishing import Wish, publish
from streams.reading import record_of
from tests.ground.reading import read_committed
from tests.ground.redis import Server
from tests.ground.topics import Topics
from tests.live import catalogs
from tests.live.reload.verify import Findings, Place, verify
from tests.live.reload.versions import timeline, version
from tests.live.stand import Stand, body

PARTITIONS = 4
LUMP = 20
CHANNELS = ("chat", "email", "voice")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run was like."""

    publishes: int
    messages: int
    seconds: float
    findings: Findings


class Feed(threading.Thread):
    """Sends messages in step with the publishing, so that they flow from its beginning to its end."""

    def __init__(self, topics: Topics, messages: int) -> None:
        """Nothing sent yet; `share` is how much of the publishing is done."""
        super().__init__(name="feed", daemon=True)
        self._topics = topics
        self._messages = messages
        self.share = 0.0

    def run(self) -> None:
        """Send until all is sent."""
        producer = Producer({"bootstrap.servers": self._topics.bootstrap, "linger.ms": 0})
        sent = 0
        while sent < self._messages:
            due = min(self._messages, int(self._messages * self.share) + LUMP)
            for number in range(sent, min(due, sent + LUMP)):
                producer.produce(self._topics.name(INBOUND), message(number), f"c-{number % 97}")
                sent += 1
            producer.poll(0.002)
        assert producer.flush(60) == 0, "messages that could not be sent"


def message(number: int) -> bytes:
    """The message of that number; some are for rules, some for the model."""
    asks = "I want my money back" if number % 11 == 0 else "where is it?"
    said = f"my parcel {number * 7919 % 10_000} never came, {asks}"
    return msgspec.json.encode({"text": said, "channel": CHANNELS[number % len(CHANNELS)]})


def run(publishes: int, messages: int, broker: str, redis: Server, folder: Path, say: Say) -> Outcome:
    """Publish so often while so many messages flow; hold every answer against the version it names."""
    topics = Topics(broker)
    topics.create(PARTITIONS)
    seed = folder / "seed.yaml"
    seed.write_text(write(version(0).catalog))
    stand = Stand(topics, redis.url, folder, {"INTENTS_CATALOG": str(seed)})
    try:
        began = time.time()
        stand.worker().await_page("/ready", 200, 90)
        feed = Feed(topics, messages)
        feed.start()
        moves = [(0, began, time.time()), *_publish(stand, publishes, feed)]
        feed.join(120)
        assert not feed.is_alive(), "the feed did not end"
        stand.await_committed(messages, 180)
        seconds = time.time() - began
        say(f"{publishes} versions, {messages} messages in {seconds:.0f} s; deciding each again")
        return Outcome(publishes, messages, seconds, _findings(stand, moves))
    finally:
        stand.end()


def _publish(stand: Stand, publishes: int, feed: Feed) -> list[tuple[int, float, float]]:
    """One version after the other, each with the moments before and after."""
    settings, moves = catalogs.settings(stand), []
    counts = version(0).hash
    for number in range(1, publishes + 1):
        snapshot = version(number)
        before = time.time()
        publish(settings, Wish("default", snapshot.hash, counts, "reload"), snapshot)
        moves.append((number, before, time.time()))
        counts = snapshot.hash
        feed.share = number / publishes
    feed.share = 1.0
    return moves


def _findings(stand: Stand, moves: list[tuple[int, float, float]]) -> Findings:
    inbound = read_committed(stand.topics.bootstrap, [stand.topics.name(INBOUND)])
    records: dict[Place, Record] = {
        (record.source.partition, record.source.offset): record for record in map(record_of, inbound)
    }
    return verify(records, map(body, stand.answers()), timeline(moves), stand.topics.prefix)
