"""`make bench`: every figure the project quotes, measured in one run on a broker of its own."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    bench_steps,
    deciding,
    examples,
    lanes,
    latency,
    memory,
    overlap,
    quotas,
    scaling,
    scoring,
    stage,
    throughput,
    tiers,
)
from tests.ground import find, redis

THROUGHPUT = ["bare loop", "worker, pass-through", "worker, constant scorer", "worker, shipped bundle"]
LATENCY = ["bare loop", "worker, pass-through", "worker, constant scorer", "worker, shipped bundle"]


def main() -> None:
    """Measure all, or the parts that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: python -m tests.bench throughput latency"
    )
    parser.add_argument(
        "parts", nargs="*", help=f"of {', '.join([*WITHOUT_BROKER, *PARTS])}; all when none is named"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="a tenth of the messages")
    given = parser.parse_args()
    print(bench_steps.machine())
    parts, less = given.parts or [*WITHOUT_BROKER, *PARTS], 10 if given.small else 1
    _alone([part for part in parts if part in WITHOUT_BROKER], given.rounds, less)
    with_broker = [part for part in parts if part not in WITHOUT_BROKER]
    if with_broker:
        _on_broker(with_broker, given.rounds, less)


def _alone(parts: list[str], rounds: int, less: int) -> None:
    """The parts that need neither Kafka nor Redis."""
    for part in parts:
        print("\n".join(["", part, *WITHOUT_BROKER[part](rounds, less)]), flush=True)


def _on_broker(parts: list[str], rounds: int, less: int) -> None:
    """The other parts, on a broker that is stopped when they are done."""
    with tempfile.TemporaryDirectory() as folder:
        broker, cache = (
            find.shared_broker(Path(folder) / "kafka"),
            redis.shared_server(Path(folder) / "redis"),
        )
        broker.start()
        cache.start()
        try:
            _measure(parts, broker.bootstrap, cache.url, rounds, less)
        finally:
            broker.stop()
            cache.stop()


def _measure(parts: list[str], brokers: str, redis_url: str, rounds: int, less: int) -> None:
    lines: list[str] = []
    for part in parts:
        print(f"{part} ...", flush=True)
        lines += ["", part, *PARTS[part](brokers, redis_url, rounds, less)]
    print("\n".join(lines))
    sys.stdout.flush()


def _throughput(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    return throughput.report(throughput.measure(brokers, redis_url, 200_000 // less, rounds, THROUGHPUT))


def _latency(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    return latency.compare(
        brokers, redis_url, LATENCY, per_second=100, seconds=max(5, 20 // less), rounds=rounds
    )


def _overlap(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    ratio, _ = overlap.measure(brokers, redis_url, 200_000 // less)
    return [f"stage seconds in one second {ratio:5.2f} (above 1: a commit overlaps the next batch)"]


def _scaling(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    one, two = scaling.measure(brokers, redis_url, 20_000 // less, rounds)
    return [f"one worker {one:,.0f} messages/s, two {two:,.0f}: {two / one:.2f} times"]


def _memory(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    first, last = 200_000 // less, 1_000_000 // less
    return memory.report(first, last, *memory.measure(brokers, redis_url, first, last))


def _steps(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    return bench_steps.table(bench_steps.measured()).splitlines()


PARTS: dict[str, Callable[[str, str, int, int], list[str]]] = {
    "steps": _steps,
    "throughput": _throughput,
    "latency": _latency,
    "overlap": _overlap,
    "scaling": _scaling,
    "memory": _memory,
    "lanes": lanes.report,
    "quotas": quotas.report,
}
WITHOUT_BROKER: dict[str, Callable[[int, int], list[str]]] = {
    "decide": deciding.report,
    "scoring": scoring.report,
    "tiers": tiers.report,
    "stage": stage.report,
    "examples": examples.report,
}

if __name__ == "__main__":
    main()
