"""The reading thread where it has not read anything yet."""

import threading

import pytest

from processors.flow import Answers
from streams.flight import Flight
from streams.intake import Intake
from streams.librdkafka import consumer
from streams.outbox import Outbox
from streams.pace import Pace
from streams.pulse import Pulse
from streams.settings import Settings
from tests.streams.ground import LANE, Ledger, await_true, bury

NOWHERE = Settings(brokers="127.0.0.1:1", instance="w-1")


def ignore(answers: Answers, seconds: float) -> None:
    """Counts nothing."""


@pytest.fixture
def looked() -> threading.Event:
    """Set once the reader looked whether answers have somewhere to go."""
    return threading.Event()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(Ledger(), bury, ignore)


@pytest.fixture
def intake(outbox: Outbox, looked: threading.Event) -> Intake:
    return Intake(
        consumer(NOWHERE), [LANE], Flight(), outbox, Pace(512, 1 << 20, 0.3), Pulse(), looked.set, 1.0, 30.0
    )


def test_it_does_not_join_before_sending_is_ready(intake: Intake, looked: threading.Event) -> None:
    intake.start()
    assert not looked.wait(0.3)
    intake.stop()
    intake.join(5)
    assert not intake.is_alive()
    assert not looked.is_set()


def test_once_sending_is_ready_it_looks_whether_answers_have_somewhere_to_go(
    intake: Intake, outbox: Outbox, looked: threading.Event
) -> None:
    outbox.ready.set()
    intake.start()
    await_true(looked.is_set)
    intake.stop()
    intake.join(10)
    assert not intake.is_alive()


def test_it_owns_nothing_before_an_assignment(intake: Intake) -> None:
    assert (intake.owned(), intake.assigned.is_set()) == ([], False)
