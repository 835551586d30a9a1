"""The proof at any size: `python -m tests.live.reload --publishes 1000 --messages 50000`."""

import argparse
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.ground import find
from tests.ground.redis import RedisServer
from tests.live.reload.run import Outcome, run

SHOWN = 10


def main(argv: Sequence[str] | None = None) -> int:
    """Run, show, say by the status whether the promise was kept."""
    given = _arguments(argv)
    with tempfile.TemporaryDirectory(prefix="reload-") as name:
        outcome = _on_own_ground(given, Path(given.keep or name))
    print("\n".join(lines(outcome)))
    return 1 if outcome.findings.wrong else 0


def lines(outcome: Outcome) -> list[str]:
    """What is to be told of a run."""
    found = outcome.findings
    return [
        f"{outcome.publishes} publishes, {outcome.messages} messages, {outcome.seconds:.0f} s on {platform.node()}",
        f"answers name {found.versions} versions; the longest use of one after its end: {max(found.latest_s, 0):.3f} s",
        *[f"WRONG: {each}" for each in found.wrong[:SHOWN]],
        f"verdict: {f'FAILED, {len(found.wrong)} findings' if found.wrong else 'kept'}",
    ]


def _on_own_ground(given: argparse.Namespace, folder: Path) -> Outcome:
    folder.mkdir(parents=True, exist_ok=True)
    broker, redis = find.own_broker(folder / "kafka"), RedisServer(folder / "redis")
    broker.start()
    redis.start()
    try:
        return run(given.publishes, given.messages, broker.bootstrap, redis, folder, print)
    finally:
        redis.kill()
        broker.kill()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.live.reload", description=__doc__)
    parser.add_argument("--publishes", type=int, default=100)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--keep", help="folder in which the logs of worker and broker stay")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
