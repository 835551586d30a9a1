"""How much faster two workers are than one, on the shipped bundle."""

import contextlib
import statistics

from schemas.topics import AUDIT
from tests.bench.field import Field, rate


def measure(brokers: str, redis_url: str, messages: int, rounds: int) -> tuple[float, float]:
    """Messages a second of one worker, of two; medians over rounds taken in turn."""
    ones = [0.0] * rounds
    twos = [0.0] * rounds
    for turn in range(rounds):
        ones[turn] = _once(Field(brokers, redis_url), 1, messages)
        twos[turn] = _once(Field(brokers, redis_url), 2, messages)
        print(f"  one worker {ones[turn]:,.0f}, two {twos[turn]:,.0f} messages/s", flush=True)
    return statistics.median(ones), statistics.median(twos)


def _once(field: Field, workers: int, messages: int) -> float:
    field.create()
    with contextlib.ExitStack() as running:
        for _ in range(workers):
            running.enter_context(field.process("streams.cli", "run"))
        field.await_members(workers)
        field.feed(messages)
        return rate(field.answers(AUDIT, messages, 300))
