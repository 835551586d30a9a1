"""Customers who keep writing, whatever goes wrong."""

import json
import random
import time

from confluent_kafka import KafkaError, Message, Producer

from schemas.topics import INBOUND
from tests.ground.topics import Topics

CONVERSATIONS = 500
TICK_S = 0.25
# People come in waves: mostly less than the mean, now and then four times as many.
WAVES = (0.3, 0.5, 0.7, 1.0, 2.0, 4.0)
OPENINGS = (
    "where is my parcel, order {}",
    "the {} one arrived broken, i want my money back!!",
    "Hello, could you please send me the invoice of order {} again? Kind regards, M.",
    "you charged me twice for {}",
    "cant log in since the update, code {}",
    "please cancel {} and don't send anything else",
    "um hi yes so i called about number {} last week and nobody rang back",
    "what's the weather like in {}",
)
EMPTY, BROKEN = 0.03, 0.03


class Lost(Exception):
    """The harness itself could not write what it counts."""


class Feed:
    """Writes so many messages over so many seconds, each exactly once."""

    def __init__(self, topics: Topics, messages: int, seconds: float, seed: int) -> None:
        """Nothing written yet."""
        self._topic = topics.name(INBOUND)
        self._messages = messages
        self._seconds = seconds
        self._dice = random.Random(f"feed {seed}")
        self._failed: list[KafkaError] = []
        self.acknowledged = 0
        # A message is tried until the broker has it, so that an outage costs the count nothing.
        self._producer = Producer(
            {
                "bootstrap.servers": topics.bootstrap,
                "enable.idempotence": True,
                "message.timeout.ms": 0,
                "linger.ms": 5,
                "partitioner": "murmur2_random",
                "log_level": 2,
            }
        )

    def run(self) -> None:
        """Write them all; returns once the broker has the last."""
        begin = time.monotonic()
        written = 0
        while written < self._messages:
            due = self._messages * min(1.0, (time.monotonic() - begin + TICK_S) / self._seconds)
            # Waves shift messages within the run, so that batches of all sizes are hit.
            wave = int(self._dice.choice(WAVES) * self._messages * TICK_S / self._seconds) + 1
            behind = int(due) - written
            for number in range(written, min(self._messages, written + min(behind * 4, wave))):
                self._write(number)
                written += 1
            self._producer.poll(TICK_S)
        self._end()

    def _write(self, number: int) -> None:
        key = f"c-{self._dice.randrange(CONVERSATIONS)}"
        self._producer.produce(self._topic, self._value(number, key), key, on_delivery=self._note)

    def _value(self, number: int, key: str) -> bytes:
        """Mostly words, now and then nothing, now and then what nobody can read."""
        draw = self._dice.random()
        if draw < BROKEN:
            return f'{{"text": "cut off {number}'.encode()
        text = " " if draw < BROKEN + EMPTY else self._dice.choice(OPENINGS).format(number)
        return json.dumps({"text": text, "id": f"m-{number}", "conversation": key}).encode()

    def _end(self) -> None:
        while self._producer.flush(1):
            pass
        if self._failed or self.acknowledged != self._messages:
            raise Lost(f"{self.acknowledged} of {self._messages} messages were written: {self._failed[:3]}")

    def _note(self, error: KafkaError | None, _message: Message) -> None:
        if error is None:
            self.acknowledged += 1
        else:
            self._failed.append(error)
