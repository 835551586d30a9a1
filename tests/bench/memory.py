"""What a worker keeps in memory, after 200,000 messages, after 1,000,000."""

from tests.bench.field import Field

MOST_MB = 400
MOST_GROWTH = 0.05


def measure(brokers: str, redis_url: str, first: int, last: int) -> tuple[float, float]:
    """Resident megabytes after so many messages, the model loaded."""
    field = Field(brokers, redis_url)
    field.create()
    with field.process("tests.bench.loaded") as running:
        field.feed(first)
        field.await_count(first, 300)
        before = running.resident_mb()
        field.feed(last - first)
        field.await_count(last, 900)
        return before, running.resident_mb()


def report(first: int, last: int, before: float, after: float) -> list[str]:
    """The figures beside what they may be."""
    growth = after / before - 1
    return [
        f"resident after {first:,} messages {before:6.0f} MB (at most {MOST_MB})",
        f"resident after {last:,} messages {after:6.0f} MB, {growth:+.1%} (at most {MOST_GROWTH:+.0%})",
    ]
