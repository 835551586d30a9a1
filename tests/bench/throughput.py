"""How many messages a second, each way beside the bare loop in the same run."""

import argparse
import statistics

from schemas.topics import AUDIT
from tests.bench.field import Field, rate

WAYS = {
    "bare loop": ("tests.bench.bare", {}),
    "worker, pass-through": ("tests.bench.passthrough", {}),
    "worker, constant scorer": ("streams.cli", {"INTENTS_SCORER": "constant"}),
    "worker, shipped bundle": ("streams.cli", {}),
}
SMALLER = {"worker, shipped bundle": 10}


def measure(brokers: str, redis_url: str, messages: int, rounds: int, ways: list[str]) -> dict[str, list[float]]:
    """Messages a second of every way, in turn, so that a noisy minute hits them all."""
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            rates[way].append(_once(Field(brokers, redis_url), way, messages // SMALLER.get(way, 1)))
            print(f"  {way}: {rates[way][-1]:,.0f} messages/s", flush=True)
    return rates


def _once(field: Field, way: str, messages: int) -> float:
    field.create()
    field.feed(messages)
    module, settings = WAYS[way]
    arguments = ["run"] if module == "streams.cli" else []
    with field.process(module, *arguments, **settings):
        return rate(field.answers(AUDIT, messages, 180))


def main() -> None:
    """Print the medians with their ratio to the bare loop."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m tests.bench.throughput")
    parser.add_argument("--brokers", default="localhost:9092")
    parser.add_argument("--redis", default="redis://localhost:6379/0")
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="*", default=list(WAYS))
    given = parser.parse_args()
    rates = measure(given.brokers, given.redis, given.messages, given.rounds, given.ways)
    bare = statistics.median(rates.get("bare loop", [float("nan")]))
    for way, seen in rates.items():
        median = statistics.median(seen)
        print(f"{way:26} {median:10,.0f} messages/s   {median / bare:5.2f} of the bare loop")


if __name__ == "__main__":
    main()
