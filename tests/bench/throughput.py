"""How many messages a second, each way in the same run as the bare loop."""

import statistics
from dataclasses import astuple, dataclass

from schemas.topics import AUDIT
from tests.bench.field import Field, rate


@dataclass(frozen=True, slots=True)
class Seen:
    """Messages a second, with the microseconds of CPU that the process took for one."""

    rate: float
    cpu_us: float


Rates = dict[str, list[Seen]]
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "bare loop": ("tests.bench.bare", {}),
    "worker, pass-through": ("tests.bench.passthrough", {}),
    "worker, constant scorer": ("streams.cli", {"INTENTS_SCORER": "constant"}),
    "worker, shipped bundle": ("streams.cli", {}),
}
SMALLER = {"worker, shipped bundle": 10}


def measure(brokers: str, redis_url: str, messages: int, rounds: int, ways: list[str]) -> Rates:
    """Messages a second of every way, in turn, so that a noisy minute hits them all.

    A first round counts for nothing: until it is compiled the broker takes 107 us of CPU a message, then 64.
    """
    rates: Rates = {way: [] for way in ways}
    for number in range(rounds + 1):
        for way in ways:
            found = _once(Field(brokers, redis_url), way, messages // SMALLER.get(way, 1))
            print(f"  {way}: {_said(found)}{'' if number else '; warming up'}", flush=True)
            if number:
                rates[way].append(found)
    return rates


def _once(field: Field, way: str, messages: int) -> Seen:
    field.create()
    field.feed(messages)
    module, settings = WAYS[way]
    arguments = ["run"] if module == "streams.cli" else []
    with field.process(module, *arguments, **settings) as running:
        # What the start took is no message's.
        started = field.await_count(messages // 10, 180)
        before = running.cpu_s()
        ended = field.await_count(messages, 180)
        cpu_us = (running.cpu_s() - before) / max(1, ended - started) * 1e6
    # Read afterwards: a reader beside it would take a tenth of the two cores for itself.
    return Seen(rate(field.answers(AUDIT, messages, 180)), cpu_us)


def report(rates: Rates) -> list[str]:
    """Medians with their ratio to the bare loop."""
    bare = _median(rates["bare loop"]).rate
    return [
        f"{way:26} {_said(_median(seen))}   {_median(seen).rate / bare:5.2f} of the bare loop"
        for way, seen in rates.items()
    ]


def _median(seen: list[Seen]) -> Seen:
    return Seen(*(statistics.median(column) for column in zip(*map(astuple, seen), strict=True)))


def _said(seen: Seen) -> str:
    return f"{seen.rate:10,.0f} messages/s, {seen.cpu_us:6.1f} us of CPU a message"
