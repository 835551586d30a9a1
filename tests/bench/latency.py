"""How long a message takes from its producer to its reader, at a steady pace, each way beside the bare loop."""

import statistics
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.topics import ESCALATED, INBOUND
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
        watch = Watch(field, topics)
        watch.await_any(60)
        _send(field, per_second, int(per_second * (seconds + WARM_UP_S)))
        return watch.latencies(int(per_second * seconds), per_second)


class Watch:
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
        places = [
            TopicPartition(field.prefix + topic, p, 0) for topic in topics for p in range(field.partitions)
        ]
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


def compare(
    brokers: str, redis_url: str, ways: list[str], per_second: int, seconds: int, rounds: int
) -> list[str]:
    """Median p50 and p99 of every way, taken in turn, with their ratio to the bare loop."""
    seen: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            ordered = measure(Field(brokers, redis_url), way, per_second, seconds, [ROUTED, ESCALATED])
            seen[way].append((quantile(ordered, 0.5), quantile(ordered, 0.99)))
            print(f"  {way}: p50 {seen[way][-1][0]:.1f} ms, p99 {seen[way][-1][1]:.1f} ms", flush=True)
    middle = {
        way: [statistics.median(each) for each in zip(*pairs, strict=True)] for way, pairs in seen.items()
    }
    bare50, bare99 = middle["bare loop"]
    return [
        f"{way:26} p50 {p50:6.1f} ms ({p50 / bare50:4.2f} of bare)   p99 {p99:6.1f} ms ({p99 / bare99:4.2f} of bare)"
        for way, (p50, p99) in middle.items()
    ]
