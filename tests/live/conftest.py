"""A real broker, a real Redis, topics of its own for each live test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ground import find, redis
from tests.ground.broker import Listener
from tests.ground.kafka import Broker
from tests.ground.topics import Topics
from tests.live.stand import Stand

HERE = Path(__file__).parent
NO_BROKER = "no broker: "
# A broker that lives for minutes costs its second compiler more than it gains by it.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this room is live."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The one loud line; the tests themselves may have run in other processes."""
    reasons = {str(report.longrepr) for report in terminalreporter.getreports("skipped")}
    if said := next((reason.partition(NO_BROKER)[2] for reason in reasons if NO_BROKER in reason), None):
        terminalreporter.write_line(f"LIVE TESTS SKIPPED: {said}", yellow=True, bold=True)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The broker that the live tests share; a test that kills one takes `brokers`."""
    found = _or_skip(lambda: find.shared_broker(tmp_path_factory.mktemp("kafka")))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Callable[..., Broker]]:
    """Makes a started broker of the test's own, with `config` overrides or further `listeners`."""
    made: list[Broker] = []

    def make(config: dict[str, str] | None = None, listeners: tuple[Listener, ...] = ()) -> Broker:
        folder = tmp_path / f"kafka-{len(made)}"
        made.append(_or_skip(lambda: find.own_broker(folder, config=config, listeners=listeners)))
        made[-1].start()
        return made[-1]

    yield make
    # Their data goes with them: an orderly end would be seconds for nothing.
    for each in made:
        each.kill()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Server]:
    """The Redis that the live tests share; whoever kills or freezes it, brings it back."""
    server = redis.shared_server(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def topics(broker: Broker) -> Topics:
    """Topic names of the test's own on the shared broker, not yet created."""
    return Topics(broker.bootstrap)


@pytest.fixture
def stand(topics: Topics, redis_server: redis.Server, tmp_path: Path) -> Iterator[Stand]:
    """Two partitions of everything, with no worker on them yet."""
    topics.create(partitions=2)
    stand = Stand(topics, redis_server.url, tmp_path)
    yield stand
    stand.end()


def _or_skip(find_one: Callable[[], Broker]) -> Broker:
    """Where no broker can be had the test is skipped; in CI that is a failure."""
    try:
        return find_one()
    except find.NoBroker as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(f"{NO_BROKER}{error}")
