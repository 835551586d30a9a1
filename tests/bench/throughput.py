"""How many messages a second, each way in the same run as the bare loop."""

import statistics

from schemas.topics import AUDIT
from tests.bench.field import Field, rate

Rates = dict[str, list[float]]
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
            print(f"  {way}: {found:,.0f} messages/s{'' if number else ', warming up'}", flush=True)
            if number:
                rates[way].append(found)
    return rates


def _once(field: Field, way: str, messages: int) -> float:
    field.create()
    field.feed(messages)
    module, settings = WAYS[way]
    arguments = ["run"] if module == "streams.cli" else []
    with field.process(module, *arguments, **settings):
        field.await_count(messages, 180)
    # Read afterwards: a reader beside it would take a tenth of the two cores for itself.
    return rate(field.answers(AUDIT, messages, 180))


def report(rates: Rates) -> list[str]:
    """Medians with their ratio to the bare loop."""
    bare = statistics.median(rates["bare loop"])
    medians = {way: statistics.median(seen) for way, seen in rates.items()}
    return [
        f"{way:26} {each:10,.0f} messages/s   {each / bare:5.2f} of the bare loop   {1e6 / each:6.1f} us a message"
        for way, each in medians.items()
    ]
