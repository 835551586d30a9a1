"""Messages sent to a worker on the embedded broker, each answer told as it arrives."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from schemas import topics
from schemas.events import Target
from streams.commands.demo_messages import Sample
from streams.demo.embedded import Embedded
from streams.operations.letters import headers_of, letter

ANSWERED_S = 30.0
LINGER_S = 1.0
POLL_S = 0.02

Position = tuple[int, int]


class _Source(msgspec.Struct, frozen=True):
    partition: int
    offset: int


class _Event(msgspec.Struct, frozen=True):
    source: _Source
    intent: str | None
    confidence: float | None
    reason: str
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer as it was seen."""

    sample: Sample
    kind: str
    intent: str
    confidence: float | None
    reason: str
    target: str
    ms: float


class Demonstration:
    """Sends samples, hears answers."""

    def __init__(self, embedded: Embedded) -> None:
        """Nothing sent yet; listens from the beginning."""
        self._producer = embedded.producer
        self._consumer = _listener(embedded.brokers)
        self._sent: dict[Position, tuple[Sample, float]] = {}
        self._times: dict[Position, int] = {}

    def send(self, sample: Sample) -> None:
        """Put a sample on the inbound topic; returns when the broker has it."""
        began = time.perf_counter()

        def note(_error: object, message: Message) -> None:
            self._sent[message.partition() or 0, message.offset() or 0] = (sample, began)

        headers: list[tuple[str, str | bytes | None]] = list(sample.headers)
        self._producer.produce(topics.INBOUND, sample.value, sample.key, headers=headers, on_delivery=note)
        self._producer.flush(ANSWERED_S)

    def hear(self, seconds: float) -> Iterator[Seen]:
        """The answers that are due, each as it comes; after so many seconds no more is waited for."""
        deadline = time.monotonic() + seconds
        while self.unanswered() and time.monotonic() < deadline:
            yield from self._listen(POLL_S)

    def hear_late(self) -> Iterator[Seen]:
        """Answers that nobody waits for any more: there must be none."""
        deadline = time.monotonic() + LINGER_S
        while time.monotonic() < deadline:
            yield from self._listen(POLL_S)

    def _listen(self, seconds: float) -> Iterator[Seen]:
        message = self._consumer.poll(seconds)
        if message is not None and message.error() is None:
            yield self._seen(message)

    def sent(self) -> int:
        """How many samples went in."""
        return len(self._sent)

    def unanswered(self) -> int:
        """How many samples no answer came for."""
        return len(self._sent.keys() - self._times.keys())

    def answered_once(self) -> bool:
        """Whether every sample got exactly one answer."""
        return self._sent.keys() == self._times.keys() and set(self._times.values()) <= {1}

    def _seen(self, message: Message) -> Seen:
        now = time.perf_counter()
        position, kind, event = _read(message)
        self._times[position] = self._times.get(position, 0) + 1
        sample, began = self._sent[position]
        ms = (now - began) * 1000
        target = event.target.name if event.target else ""
        return Seen(sample, kind, event.intent or "", event.confidence, event.reason, target, ms)


def _read(message: Message) -> tuple[Position, str, _Event]:
    """Which record an answer is for, how it ended, what was thought of it."""
    topic, headers = message.topic() or "", headers_of(message)
    if topic == topics.DEAD:
        dead = letter(0, 0, headers)
        assert dead is not None, "a dead letter without its cause"
        event = _Event(_Source(dead.source.partition, dead.source.offset), None, None, dead.cause)
    else:
        event = msgspec.json.decode(message.value() or b"", type=_Event)
    kind = next(str(kind) for kind, name in topics.ANSWERS.items() if name == topic)
    return (event.source.partition, event.source.offset), kind, event


def _listener(brokers: str) -> Consumer:
    """Reads every answer topic from its beginning, outside of any group."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "intents-demo",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 5,
            # A person may think for a while before typing.
            "max.poll.interval.ms": 24 * 3600 * 1000,
            "log_level": 0,
        }
    )
    answers = set(topics.ANSWERS.values())
    found = {name: consumer.list_topics(name, timeout=ANSWERED_S).topics[name] for name in answers}
    every = [(name, number) for name, topic in found.items() for number in topic.partitions]
    consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in every])
    return consumer
