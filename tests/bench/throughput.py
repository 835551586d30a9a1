"""How many messages a second, each way in the same run as the bare loop."""

import statistics
from dataclasses import dataclass

from schemas.topics import AUDIT
from tests.bench.field import Field, rate
from tests.bench.weather import Weather


@dataclass(frozen=True, slots=True)
class Seen:
    """Messages a second, with how many times its best time a plain loop beside it took."""

    rate: float
    slowness: float


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
            weather = f"a plain loop beside it took {found.slowness:.2f} times its best"
            print(
                f"  {way}: {found.rate:,.0f} messages/s, {weather}{'' if number else '; warming up'}",
                flush=True,
            )
            if number:
                rates[way].append(found)
    return rates


def _once(field: Field, way: str, messages: int) -> Seen:
    field.create()
    field.feed(messages)
    module, settings = WAYS[way]
    arguments = ["run"] if module == "streams.cli" else []
    with field.process(module, *arguments, **settings), Weather() as weather:
        field.await_count(messages, 180)
    # Read afterwards: a reader beside it would take a tenth of the two cores for itself.
    return Seen(rate(field.answers(AUDIT, messages, 180)), weather.slowness)


def report(rates: Rates) -> list[str]:
    """Medians with their ratio to the bare loop, beside what was seen while the machine was calmest."""
    bare = _median(rates["bare loop"])
    return [
        f"{way:26} {_median(seen):10,.0f} messages/s   {_median(seen) / bare:5.2f} of the bare loop   "
        f"{1e6 / _median(seen):6.1f} us a message   {_calmest(seen)}"
        for way, seen in rates.items()
    ]


def _median(seen: list[Seen]) -> float:
    return statistics.median(each.rate for each in seen)


def _calmest(seen: list[Seen]) -> str:
    calm = min(seen, key=lambda each: each.slowness)
    return f"calmest round {calm.rate:10,.0f} (machine at {calm.slowness:.2f} of its best time)"
