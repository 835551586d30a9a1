"""A worker is dead only when records wait, it should move, and it does not."""

import time
from dataclasses import dataclass

import pytest

from streams.flight import Flight
from streams.health import DEADLINES, Health
from streams.pulse import Pulse

DEADLINE_S = 0.05


@dataclass(slots=True)
class World:
    """What surrounds a worker."""

    records_wait: bool = True
    standing_by: bool = False


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def flight() -> Flight:
    return Flight()


@pytest.fixture
def pulse() -> Pulse:
    pulse = Pulse()
    pulse.broker_up = True
    return pulse


@pytest.fixture
def health(world: World, flight: Flight, pulse: Pulse) -> Health:
    return Health(flight, pulse, DEADLINE_S, lambda: world.records_wait, lambda: world.standing_by)


def pass_by(health: Health) -> None:
    """Longer than the patience, looking as often as a worker looks."""
    end = time.monotonic() + (DEADLINES + 1) * DEADLINE_S
    while time.monotonic() < end:
        health.look()
        time.sleep(DEADLINE_S / 4)


def test_records_that_wait_while_nothing_moves_mean_death(health: Health) -> None:
    assert health.live()
    pass_by(health)
    assert not health.live()


def test_nothing_that_waits_is_no_reason_to_die(health: Health, world: World) -> None:
    world.records_wait = False
    pass_by(health)
    assert health.live()


def test_waiting_on_purpose_is_no_reason_to_die(health: Health, world: World) -> None:
    world.standing_by = True
    pass_by(health)
    assert health.live()


def test_a_batch_that_moves_brings_it_back(health: Health, flight: Flight) -> None:
    pass_by(health)
    flight.take_off()
    flight.landed(moved=True)
    assert health.live()


def test_while_batches_move_the_broker_is_not_asked(flight: Flight, pulse: Pulse) -> None:
    asked: list[str] = []

    def records_wait() -> bool:
        asked.append("the broker")
        return True

    Health(flight, pulse, 60, records_wait, lambda: False).look()
    assert asked == []


def test_an_answer_that_took_long_counts_from_when_it_came(flight: Flight, pulse: Pulse) -> None:
    def slowly() -> bool:
        time.sleep(DEADLINES * DEADLINE_S)
        return False

    flight.moved_at -= 10
    health = Health(flight, pulse, DEADLINE_S, slowly, lambda: False)
    health.look()
    assert health.live()


def test_it_is_ready_once_it_sends_and_has_joined(health: Health) -> None:
    assert health.ready(sending=False, assigned=False) == "waiting for the broker"
    assert health.ready(sending=True, assigned=False) == "waiting for partitions"
    assert health.ready(sending=True, assigned=True) == ""


def test_it_is_not_ready_while_broker_or_model_are_away(health: Health, world: World, pulse: Pulse) -> None:
    world.standing_by = True
    assert health.ready(sending=True, assigned=True) == "waiting for the model"
    pulse.broker_up = False
    assert health.ready(sending=True, assigned=True) == "no broker answers"
