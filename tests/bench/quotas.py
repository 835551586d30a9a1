"""What a tenant at ten times its quota costs another one."""

import statistics
import tempfile
import threading
import time
from pathlib import Path

from schemas.topics import AUDIT, INBOUND
from tests.bench.field import Field
from tests.bench.lanes import decided, steadily
from tests.bench.latency import Watch, quantile

QUOTA, GREEDY, QUIET = 20, 200, 50
CATALOG = """
tenant: {tenant}
{quota}
intents:
  order.status: {{risk_class: read_only, target: {{kind: workflow, name: orders}}}}
  refund.request: {{risk_class: local_write, target: {{kind: workflow, name: refunds}}}}
"""


def report(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    """Medians of the quiet tenant's p99, alone and beside the greedy one, in turn."""
    seconds = 30 // min(less, 6)
    pairs = [
        [_p99(Field(brokers, redis_url), seconds, greedy) for greedy in (0, GREEDY)] for _ in range(rounds)
    ]
    alone, beside = (statistics.median(each) for each in zip(*pairs, strict=True))
    return [
        f"alone p99 {alone:.1f} ms, beside a tenant at {GREEDY // QUOTA} times its quota {beside:.1f} ms "
        f"(at most {1.2 * alone + 5:.1f})",
    ]


def _p99(field: Field, seconds: int, greedy: int) -> float:
    field.create()
    with tempfile.TemporaryDirectory() as folder:
        for tenant, quota in (("greedy", f"quota: {{per_second: {QUOTA}}}"), ("quiet", "")):
            (Path(folder) / f"{tenant}.yaml").write_text(CATALOG.format(tenant=tenant, quota=quota))
        with field.process("streams.cli", "run", INTENTS_CATALOG=folder):
            watch = Watch(field, [AUDIT])
            # A broker that has just begun, a worker that reads what waited: both need seconds until they are warm.
            steadily(field, INBOUND, "w", QUIET, QUIET * 4, "quiet")
            watch.await_any(60)
            steadily(field, INBOUND, "w", QUIET, QUIET * 10, "quiet")
            waits = _measured(field, watch, seconds, greedy)
            _all_answered(field, QUIET * (seconds + 14) + greedy * seconds, greedy * seconds)
    print(f"  {'beside' if greedy else 'alone'}: p99 {waits:.1f} ms", flush=True)
    return waits


def _measured(field: Field, watch: Watch, seconds: int, greedy: int) -> float:
    flood = threading.Thread(
        target=steadily, args=(field, INBOUND, "g", max(greedy, 1), greedy * seconds, "greedy")
    )
    flood.start()
    steadily(field, INBOUND, "t", QUIET, QUIET * seconds, "quiet")
    flood.join()
    return quantile(watch.latencies(QUIET * seconds, QUIET), 0.99)


def _all_answered(field: Field, messages: int, greedy: int) -> None:
    """Every message of both has its one answer, the greedy one's as its quota has room."""
    began = time.monotonic()
    seconds = 60 + 1.5 * greedy / QUOTA
    found = len(decided(field, messages, seconds))
    if found != messages:
        raise RuntimeError(f"{found} of {messages} were answered in {time.monotonic() - began:.0f} s")
