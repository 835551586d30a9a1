"""Nothing lost, nothing twice, nothing out of order, whatever fails."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from tests.ground.kafka import Broker
from tests.ground.redis import RedisServer, Server
from tests.live.chaos import report
from tests.live.chaos.run import Wish, run

SEED = 3
BARE = (sys.executable, "-m", "tests.live.chaos.bare")


@pytest.mark.prove
def test_an_honest_loop_passes_the_count(broker: Broker, redis_server: Server, tmp_path: Path) -> None:
    wish = Wish(messages=3000, faults=0, workers=2, seed=SEED, command=BARE)
    outcome = run(wish, broker, redis_server, tmp_path, print)
    assert report.wrong(outcome) == []
    assert outcome.answers.answered == outcome.audit.answered == 3000


@pytest.mark.prove
def test_a_faulty_loop_is_found_out(broker: Broker, redis_server: Server, tmp_path: Path) -> None:
    wish = Wish(messages=3000, faults=0, workers=2, seed=SEED, command=(*BARE, "faulty"))
    outcome = run(wish, broker, redis_server, tmp_path, print)
    assert outcome.answers.missing
    assert outcome.answers.twice
    assert outcome.answers.disordered
    assert len(outcome.audit.missing) > len(outcome.answers.missing)
    assert not outcome.answers.astray
    assert len(report.wrong(outcome)) >= 6


def test_the_worker_keeps_its_promise_under_faults(brokers: Callable[..., Broker], tmp_path: Path) -> None:
    own_redis = RedisServer(tmp_path / "redis")
    own_redis.start()
    try:
        wish = Wish(messages=20_000, faults=8, workers=3, seed=SEED)
        outcome = run(wish, brokers(), own_redis, tmp_path, print)
    finally:
        own_redis.kill()
    report.show(outcome, Console(width=200))
    assert report.wrong(outcome) == []
