"""The proof at any size: `python -m tests.live.chaos --messages 200000 --faults 30 --workers 3`."""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.ground import find
from tests.ground.redis import RedisServer
from tests.live.chaos import report
from tests.live.chaos.plan import Kind
from tests.live.chaos.run import Outcome, Wish, run

EXAMPLE = "example: python -m tests.live.chaos --messages 100000 --faults 30 --only broker"


def main(argv: Sequence[str] | None = None) -> int:
    """Run, show, say by the status whether the promise was kept."""
    given = _arguments(argv)
    console = Console()
    console.print(f"seed {given.seed}", highlight=False)
    only = Kind[given.only.upper()] if given.only else None
    wish = Wish(given.messages, given.faults, given.workers, given.seed, given.scorer, given.delivery, only)
    folder = Path(given.keep or tempfile.mkdtemp(prefix="chaos-"))
    outcome = _on_own_ground(wish, folder, console)
    report.show(outcome, console)
    wrong = report.wrong(outcome)
    if wrong or given.keep:
        console.print(f"{folder} has the logs of workers and broker with the broker's data", soft_wrap=True)
    else:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _on_own_ground(wish: Wish, folder: Path, console: Console) -> Outcome:
    """Broker and Redis of the run's own, since both are killed."""
    folder.mkdir(parents=True, exist_ok=True)
    broker, redis = find.own_broker(folder / "kafka"), RedisServer(folder / "redis")
    broker.start()
    redis.start()
    try:
        return run(wish, broker, redis, folder, lambda line: console.print(line, highlight=False))
    finally:
        redis.kill()
        broker.kill()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.live.chaos", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--faults", type=int, default=8)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--scorer", choices=("constant", "onnx"), default="constant")
    parser.add_argument("--delivery", choices=("exactly_once", "at_least_once"), default="exactly_once")
    names = [kind.name.lower() for kind in Kind]
    parser.add_argument("--only", choices=names, help="one kind of fault, again and again")
    parser.add_argument("--keep", help="folder in which logs and data stay, as they do after a failure")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
