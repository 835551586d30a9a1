"""What the pure steps cost a message, beside the budget; run as `python -m tests.bench.bench_steps`."""

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from processors.audit import audit
from processors.decide import decide
from processors.decode import decode
from processors.desk import Desk
from processors.enrich import enrich, wanted
from processors.flow import Batch, Contexts, Decision, Enriched, Message, Record, Scored, Source
from processors.particulars import particulars
from processors.pipeline import answer
from processors.postmark import postmark
from processors.route import route
from processors.score import ConstantScorer, score
from processors.triage import triage
from tests.processors.samples import TRACE, shipped_desk

MESSAGES = 512
SECONDS_A_STEP = 1.0
# Kafka's own share of a message on the same core: read, transaction, two events sent.
KAFKA_US = 25.0
TEXTS = (
    "my parcel {n} never came, I want my money back",
    "Hi there,\n\nI ordered two lamps last week (order {n}) and one of them arrived with a cracked base. "
    "Could you please send me a new one? I don't need the refund, just the lamp.\n\nKind regards\nJane",
    "hello um i wanted to know where my order is number {n} it was supposed to be here on monday",
    "where is {n}??",
)
CHANNELS = ("chat", "email", "voice", "ticket")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: microseconds a message, beside what it may cost."""

    name: str
    measured: float
    budget: float | None


def records() -> tuple[Record, ...]:
    """A batch of all channels, half of it CloudEvents, each with a trace."""
    return tuple(_record(place) for place in range(MESSAGES))


def _record(place: int) -> Record:
    value = msgspec.json.encode(
        {
            "text": TEXTS[place % len(TEXTS)].format(n=4000 + place),
            "id": f"m-{place}",
            "tenant": "default",
            "conversation": f"c-{place % 100}",
            "customer": f"u-{place % 100}",
            "channel": CHANNELS[place % len(CHANNELS)],
            "locale": "en",
            "sent_at": "2026-11-21T10:00:00Z",
        }
    )
    event = (
        ("ce_specversion", b"1.0"),
        ("ce_id", b"e-%d" % place),
        ("ce_source", b"/shop"),
        ("ce_type", b"t"),
    )
    headers = (("traceparent", TRACE), *(event if place % 2 else ()))
    return Record(Source("messages.inbound", 3, place), b"c-%d" % (place % 100), value, headers, 0)


def measured() -> list[Line]:
    """Every step by itself on the same batch, then the whole way."""
    batch, desk, scorer = Batch(records(), 0.0), shipped_desk(), ConstantScorer()
    decoded = decode(batch, desk.limits)
    contexts = Contexts({key: {"tier": "gold", "open_orders": 2} for key in wanted(decoded, desk)})
    messages = [item for item in decoded.items if isinstance(item, Message)]
    enriched = enrich(messages, contexts, desk)
    scored = score(enriched, scorer, desk)
    decisions = decide(scored, desk)
    lines = _steps(batch, desk, messages, contexts, enriched, scored, decisions)
    whole = microseconds(lambda: answer(decode(batch, desk.limits), contexts, scorer, desk))
    return [*lines, Line("all pure steps", whole, 45.0)]


def _steps(
    batch: Batch,
    desk: Desk,
    messages: list[Message],
    contexts: Contexts,
    enriched: list[Enriched],
    scored: list[Scored],
    decisions: list[Decision],
) -> list[Line]:
    mark = postmark(0.0, desk)
    decoding = microseconds(lambda: decode(batch, desk.limits))
    routing = microseconds(lambda: route(decisions, mark))
    # What the answer has anyway is not the audit's.
    said = [(one, particulars(one, "id", mark), "place", mark.headers("c", "e", TRACE)) for one in decisions]
    auditing = microseconds(lambda: [audit(*each, mark) for each in said])
    return [
        Line("path: decode, answer (without Kafka)", decoding + routing - auditing, 20.0),
        Line("context (without Redis)", microseconds(lambda: enrich(messages, contexts, desk)), 5.0),
        Line("triage", microseconds(lambda: triage(enriched, desk)), None),
        Line("score (constant scorer)", microseconds(lambda: score(enriched, ConstantScorer(), desk)), None),
        Line("decide (one threshold, no rules)", microseconds(lambda: decide(scored, desk)), 30.0),
        Line("audit", auditing, 10.0),
    ]


def microseconds(
    step: Callable[[], object], messages: int = MESSAGES, seconds: float = SECONDS_A_STEP
) -> float:
    """A message's share of the best of many runs: what the code costs, not what the neighbours do."""
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - began)
    return best / messages * 1e6


def table(lines: list[Line]) -> str:
    """The lines as text; a step over its budget says so."""
    rows = [f"{'step':38} {'us/message':>10} {'budget':>8}"]
    for line in lines:
        budget = "" if line.budget is None else f"{line.budget:8.0f}"
        over = "  OVER" if line.budget is not None and line.measured > line.budget else ""
        rows.append(f"{line.name:38} {line.measured:10.1f} {budget:>8}{over}")
    whole = lines[-1].measured
    alone, beside_kafka = 1e6 / whole, 1e6 / (whole + KAFKA_US)
    rows.append(f"messages/s on one core: {alone:,.0f}, beside Kafka's {KAFKA_US:.0f} us {beside_kafka:,.0f}")
    return "\n".join(rows)


def machine() -> str:
    """Where it was measured."""
    versions = f"Python {platform.python_version()}, msgspec {msgspec.__version__}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {versions}"


if __name__ == "__main__":
    lines = measured()
    print(f"{MESSAGES} messages a batch; {machine()}")
    print(table(lines))
    sys.exit(any(line.budget is not None and line.measured > line.budget for line in lines))
