"""Whether a commit goes on while the next batch is answered."""

import time

from tests.bench.field import Field, Running

STAGES = "intents_stage_seconds_sum"


def measure(brokers: str, redis_url: str, messages: int) -> tuple[float, float]:
    """Seconds spent in all stages over the seconds that passed; above 1 they overlapped. Then the passed seconds."""
    field = Field(brokers, redis_url)
    field.create()
    field.feed(messages)
    with field.process("streams.cli", "run", INTENTS_SCORER="constant") as running:
        field.await_count(messages // 5, 120)
        begin, spent = time.monotonic(), _spent(running)
        field.await_count(messages * 4 // 5, 120)
        passed = time.monotonic() - begin
        return (_spent(running) - spent) / passed, passed


def _spent(running: Running) -> float:
    return running.metric(STAGES)
