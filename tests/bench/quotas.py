"""What a tenant at ten times its quota costs another one, and whether its own messages keep their order."""

import statistics
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from schemas.topics import AUDIT, INBOUND
from tests.bench.field import Field
from tests.bench.lanes import Decided, decided, steadily
from tests.bench.latency import Watch, quantile

QUOTA, GREEDY, QUIET = 20, 200, 50
SECONDS, WARM_UP_S, DRAIN_S = 60, 10, 120
CATALOG = """
tenant: {tenant}
{quota}
intents:
  order.status: {{risk_class: read_only, target: {{kind: workflow, name: orders}}}}
  refund.request: {{risk_class: local_write, target: {{kind: workflow, name: refunds}}}}
"""


def report(brokers: str, redis_url: str, rounds: int, less: int) -> list[str]:
    """Medians of the quiet tenant's p99, alone and beside the greedy one, in turn, once the broker is warm."""
    seconds = SECONDS // min(less, 6)
    _round(Field(brokers, redis_url), seconds, GREEDY, "warming up")
    pairs = [
        [
            _round(Field(brokers, redis_url), seconds, greedy, said)
            for greedy, said in ((0, "alone"), (GREEDY, "beside"))
        ]
        for _ in range(rounds)
    ]
    alone, beside = (statistics.median(each) for each in zip(*pairs, strict=True))
    return [
        f"alone p99 {alone:.1f} ms, beside a tenant at {GREEDY // QUOTA} times its quota {beside:.1f} ms "
        f"(at most {1.2 * alone + 5:.1f}); each message was answered once, every conversation in its order",
    ]


def _round(field: Field, seconds: int, greedy: int, said: str) -> float:
    """The quiet tenant's p99; raises where a message has not its one answer, in its order."""
    field.create()
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), "quiet", "")
        limited = _write(Path(folder), "greedy", f"quota: {{per_second: {QUOTA}}}")
        with field.process("streams.cli", "run", INTENTS_CATALOG=folder):
            watch = Watch(field, [AUDIT])
            steadily(field, INBOUND, "w", QUIET, QUIET, "quiet")
            watch.await_any(60)
            steadily(field, INBOUND, "w", QUIET, QUIET * WARM_UP_S, "quiet")
            waits = _measured(field, watch, seconds, greedy)
            _raise_the_quota(field, limited)
            _judge(
                decided(field, QUIET * (seconds + WARM_UP_S + 1) + greedy * seconds, DRAIN_S),
                greedy * seconds,
            )
    found = quantile(waits, 0.99)
    print(f"  {said}: p50 {quantile(waits, 0.5):.1f} ms, p99 {found:.1f} ms", flush=True)
    return found


def _write(folder: Path, tenant: str, quota: str) -> Path:
    path = folder / f"{tenant}.yaml"
    path.write_text(CATALOG.format(tenant=tenant, quota=quota))
    return path


def _measured(field: Field, watch: Watch, seconds: int, greedy: int) -> list[float]:
    flood = threading.Thread(
        target=steadily, args=(field, INBOUND, "g", max(greedy, 1), greedy * seconds, "greedy")
    )
    flood.start()
    steadily(field, INBOUND, "t", QUIET, QUIET * seconds, "quiet")
    flood.join()
    return watch.latencies(QUIET * seconds, QUIET)


def _raise_the_quota(field: Field, limited: Path) -> None:
    """What waits goes at once, or the end of a round would take ten times as long as the round."""
    limited.write_text(CATALOG.format(tenant="greedy", quota="quota: {per_second: 1000}"))
    command = [sys.executable, "-m", "streams.cli", "catalog", "publish", str(limited)]
    subprocess.run(command, env=field.environment(), check=True, stdout=subprocess.DEVNULL, timeout=60)


def _judge(found: Sequence[Decided], greedy: int) -> None:
    """Of either tenant every message has its one answer; a conversation's were decided in the order they were sent."""
    ids = [each.message_id for each in found]
    wanted = sum(each.startswith("g-") for each in ids)
    if len(set(ids)) != len(ids) or wanted != greedy:
        raise RuntimeError(f"{wanted} of {greedy} were answered, {len(ids) - len(set(ids))} of all twice")
    sent: dict[str, list[float]] = defaultdict(list)
    for each in sorted(found, key=lambda one: (one.decided_at, one.source.offset)):
        sent[each.conversation].append(float(each.message_id[2:]))
    astray = [name for name, moments in sent.items() if moments != sorted(moments)]
    if astray:
        raise RuntimeError(
            f"{len(astray)} conversations were not answered in their order, {astray[0]} is one"
        )
