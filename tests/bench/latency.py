"""How long a message takes from its producer to its reader, at a steady pace, each way beside the bare loop."""

import argparse
import statistics
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.topics import INBOUND
from tests.bench.field import ROUTED, Field, message
from tests.bench.throughput import WAYS

WARM_UP_S = 4.0


def measure(field: Field, way: str, per_second: int, seconds: int, topics: list[str]) -> list[float]:
    """Milliseconds of every message that was sent once the way was warm, sorted."""
    field.create()
    field.feed(200)
    module, settings = WAYS[way]
    arguments = ["run"] if module == "streams.cli" else []
    with field.process(module, *arguments, **settings):
        watch = _Watch(field, topics)
        watch.await_any(60)
        _send(field, per_second, int(per_second * (seconds + WARM_UP_S)))
        return watch.latencies(int(per_second * seconds), per_second)


class _Watch:
    """Reads answers as they are committed; a message's id says when it was sent."""

    def __init__(self, field: Field, topics: list[str]) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": field.brokers,
                "group.id": f"{field.prefix}latency",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 500,
            }
        )
        places = [TopicPartition(field.prefix + topic, p, 0) for topic in topics for p in range(field.partitions)]
        self._consumer.assign(places)
        self._seen: list[float] = []
        self._any = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def await_any(self, seconds: float) -> None:
        if not self._any.wait(seconds):
            raise RuntimeError("no answer came")

    def latencies(self, wanted: int, per_second: int) -> list[float]:
        time.sleep(2)
        self._ended.set()
        self._thread.join()
        self._consumer.close()
        late = self._seen[-wanted:]
        if len(late) < wanted:
            raise RuntimeError(f"{len(late)} of {wanted} answers came")
        return sorted(late)

    def _read(self) -> None:
        while not self._ended.is_set():
            got = self._consumer.poll(0.1)
            if got is None or got.error() is not None:
                continue
            self._any.set()
            key = (got.key() or b"").decode()
            if key.startswith("t-"):
                self._seen.append((time.time() - float(key[2:])) * 1000)


def _send(field: Field, per_second: int, messages: int) -> None:
    """One message at a time on a fixed schedule, its moment in its key, which is the conversation."""
    producer = Producer({"bootstrap.servers": field.brokers, "linger.ms": 0})
    begin = time.time()
    for number in range(messages):
        time.sleep(max(0.0, begin + number / per_second - time.time()))
        value = message(number).replace(b'"conversation": "c-%d", ' % (number % 1000), b"")
        producer.produce(field.prefix + INBOUND, value, f"t-{time.time():.6f}")
        producer.poll(0)
    producer.flush(30)


def quantile(ordered: list[float], share: float) -> float:
    """The value that this share of the sorted values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Print medians over the rounds."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m tests.bench.latency")
    parser.add_argument("--brokers", default="localhost:9092")
    parser.add_argument("--redis", default="redis://localhost:6379/0")
    parser.add_argument("--per-second", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="*", default=["bare loop", "worker, constant scorer"])
    given = parser.parse_args()
    p50: dict[str, list[float]] = {way: [] for way in given.ways}
    p99: dict[str, list[float]] = {way: [] for way in given.ways}
    for _ in range(given.rounds):
        for way in given.ways:
            field = Field(given.brokers, given.redis)
            seen = measure(field, way, given.per_second, given.seconds, [ROUTED, "intents.escalated"])
            p50[way].append(quantile(seen, 0.5))
            p99[way].append(quantile(seen, 0.99))
            print(f"  {way}: p50 {p50[way][-1]:.1f} ms, p99 {p99[way][-1]:.1f} ms", flush=True)
    for way in given.ways:
        print(f"{way:26} p50 {statistics.median(p50[way]):6.1f} ms   p99 {statistics.median(p99[way]):6.1f} ms")


if __name__ == "__main__":
    main()
