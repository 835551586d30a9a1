"""The way of a batch: answered and passed on, or dropped with all that was read behind it."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import fakeredis
import pytest

from processors.desk import Desk, Limits
from processors.flow import Answers, Batch, ContextKey, Contexts, Decoded, Event, Record
from processors.quota import Claim
from processors.score import ConstantScorer, ModelDown
from processors.scorer import Scorer
from schemas.catalog import Defaults
from schemas.offsets import OffsetNote
from schemas.vocabulary import Cause, Kind
from streams.context import ContextStore
from streams.flight import Flight
from streams.guard import Guard
from streams.journey import Journey, ModelOutage, Steps
from streams.metrics import Metrics
from streams.outbox import Outbox
from streams.pace import Pace
from streams.reading import Reading
from streams.ready import Current, Ready
from tests.processors import samples
from tests.streams.ground import Ledger, answers, await_true, bury, reading


@dataclass
class Road:
    """A journey with its outbox over a ledger; the model is down and the steps reject as they are told."""

    ledger: Ledger = field(default_factory=Ledger)
    outage: ModelOutage = field(default_factory=lambda: ModelOutage(escalate=False, per_minute=10))
    flight: Flight = field(default_factory=Flight)
    model_down: bool = False
    kind: Kind = Kind.ROUTED
    batch: Batch = field(default_factory=lambda: Batch((), 0.0))
    escalated: int = 0

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.ledger, bury, lambda answers, seconds: None)
        self.journey = Journey(
            Steps(self.decode, self.wanted, self.claims, self.answer, self.reject),
            ContextStore(fakeredis.FakeRedis()),
            Current(Ready(samples.desk(), ConstantScorer())),
            self.outbox,
            Pace(512, 1 << 20, 0.3),
            Guard(0.5, 1000),
            self.outage,
            Metrics({}, ready=lambda: 1),
        )

    def decode(self, batch: Batch, limits: Limits) -> Decoded:
        self.batch = batch
        return Decoded((), batch.received_at)

    def wanted(self, decoded: Decoded, desk: Desk) -> Collection[ContextKey]:
        return ()

    def claims(self, decoded: Decoded, desk: Desk) -> Sequence[Claim]:
        return ()

    def answer(self, decoded: Decoded, contexts: Contexts, scorer: Scorer, desk: Desk) -> Answers:
        if desk.model_down:
            self.escalated += 1
        elif self.model_down:
            raise ModelDown("gone")
        return answers(self.batch, self.kind)

    def reject(self, record: Record, cause: Cause, detail: str, desk: Desk) -> tuple[Event, ...]:
        return (Event("dead", record.key, cause.encode(), []),)

    def travel(self, batch: Reading) -> None:
        self.flight.take_off()
        self.journey.travel(replace(batch, flight=self.flight))


@pytest.fixture
def road() -> Road:
    return Road()


def finish(road: Road) -> None:
    """Send what waits, then end."""
    road.outbox.stop()
    if not road.outbox.is_alive():
        road.outbox.start()
    road.outbox.join(10)


def test_a_batch_is_answered_and_passed_on(road: Road) -> None:
    road.outbox.start()
    road.travel(reading(0, 1))
    finish(road)
    assert (road.ledger.events, road.flight.epoch) == (["out:0", "out:1"], 0)


def test_a_batch_of_an_older_epoch_is_dropped_without_raising_another(road: Road) -> None:
    road.outbox.start()
    road.flight.raise_epoch()
    road.travel(reading(0, epoch=0))
    finish(road)
    assert (road.ledger.committed, road.flight.epoch) == ([], 1)
    assert road.flight.wait_empty(0)
    assert road.flight.wait_turn(0)


def test_a_mark_is_written_before_the_batch_is_begun(road: Road) -> None:
    road.outbox.start()
    road.travel(reading(5, mark=OffsetNote(tries=1)))
    finish(road)
    assert road.ledger.notes() == ['{"tries":1}', ""]


def test_a_batch_whose_mark_was_not_written_is_not_begun(road: Road) -> None:
    road.ledger.undoes = ["the coordinator moved"]
    road.outbox.start()
    road.travel(reading(5, mark=OffsetNote(tries=1)))
    finish(road)
    assert (road.ledger.committed, len(road.batch.records)) == ([], 0)


def test_a_condemned_record_is_buried_without_being_begun(road: Road) -> None:
    road.outbox.start()
    road.travel(reading(5, condemned=True))
    finish(road)
    assert (road.ledger.events, len(road.batch.records)) == (["dead:process_ended"], 0)


def test_while_the_model_is_down_a_batch_waits_and_then_goes_on(road: Road) -> None:
    road.model_down = True
    road.outbox.start()
    travelling = threading.Thread(target=road.travel, args=(reading(0),))
    travelling.start()
    await_true(road.journey.waits_for_the_model)
    assert road.ledger.committed == []
    road.model_down = False
    travelling.join(5)
    finish(road)
    assert road.ledger.events == ["out:0"]
    assert not road.journey.waits_for_the_model()


def test_a_stop_while_the_model_is_down_ends_the_wait_and_nothing_is_passed_by(road: Road) -> None:
    road.model_down = True
    road.outbox.start()
    travelling = threading.Thread(target=road.travel, args=(reading(10),))
    travelling.start()
    await_true(road.journey.waits_for_the_model)
    road.journey.stop()
    travelling.join(5)
    road.travel(reading(11, mark=OffsetNote(tries=1, careful_until=500)))
    road.travel(reading(12, condemned=True))
    finish(road)
    assert (road.ledger.committed, road.flight.wait_empty(0)) == ([], True)


def test_a_stop_while_the_model_is_down_takes_the_mark_back(road: Road) -> None:
    road.model_down = True
    road.outbox.start()
    begun = reading(10, mark=OffsetNote(tries=2))
    travelling = threading.Thread(target=road.travel, args=(begun,))
    travelling.start()
    await_true(road.journey.waits_for_the_model)
    road.journey.stop()
    travelling.join(5)
    finish(road)
    assert (road.ledger.position(), road.ledger.notes()) == (10, ['{"tries":2}', '{"tries":1}'])


def test_what_can_be_answered_at_a_stop_is_answered(road: Road) -> None:
    road.outbox.start()
    road.journey.stop()
    road.travel(reading(0))
    finish(road)
    assert road.ledger.events == ["out:0"]


def test_a_rebalance_ends_the_wait_for_the_model(road: Road) -> None:
    road.model_down = True
    travelling = threading.Thread(target=road.travel, args=(reading(0),))
    travelling.start()
    await_true(road.journey.waits_for_the_model)
    road.flight.raise_epoch()
    travelling.join(5)
    assert road.flight.wait_empty(0)


def test_a_batch_that_is_recalled_while_the_model_is_down_takes_its_mark_back(road: Road) -> None:
    road.model_down = True
    road.outbox.start()
    begun = reading(10, mark=OffsetNote(tries=2))
    travelling = threading.Thread(target=road.travel, args=(begun,))
    travelling.start()
    await_true(road.journey.waits_for_the_model)
    road.flight.recalled = True
    travelling.join(5)
    finish(road)
    assert (road.ledger.notes(), road.flight.epoch) == (['{"tries":2}', '{"tries":1}'], 1)


def test_people_take_over_up_to_the_limit_of_a_minute() -> None:
    outage, two = ModelOutage(escalate=True, per_minute=3), of_tenants("default", "default")
    assert [outage.may_escalate(two, samples.desk()) for _ in range(3)] == [True, True, False]
    assert not ModelOutage(escalate=False, per_minute=3).may_escalate(two, samples.desk())


def of_tenants(*tenants: str) -> Decoded:
    return samples.decoded(*(samples.record(samples.written(tenant=tenant)) for tenant in tenants))


@pytest.mark.parametrize(
    ("worker", "tenants", "escalates"),
    [
        (False, ("hurried",), True),
        (True, ("patient",), False),
        (True, ("hurried", "patient"), False),
        (True, ("hurried", "default"), True),
        (False, ("hurried", "default"), False),
        (True, ("unheard-of",), True),
    ],
)
def test_a_tenants_catalog_says_whether_its_messages_wait_for_the_model(
    worker: bool, tenants: tuple[str, ...], escalates: bool
) -> None:
    hurried = samples.snapshot(tenant="hurried", defaults=Defaults(on_model_down="escalate"))
    patient = samples.snapshot(tenant="patient", defaults=Defaults(on_model_down="wait"))
    desk = samples.desk(others=[hurried, patient])
    assert ModelOutage(worker, per_minute=10).may_escalate(of_tenants(*tenants), desk) is escalates


def test_with_people_at_hand_a_batch_is_escalated_at_once() -> None:
    road = Road(outage=ModelOutage(escalate=True, per_minute=10), model_down=True)
    road.outbox.start()
    road.travel(reading(0, 1))
    finish(road)
    assert (road.escalated, road.ledger.events) == (1, ["out:0", "out:1"])
    assert road.journey.waits_for_the_model()


def test_rejections_are_logged_as_a_number_with_their_causes(
    road: Road, caplog: pytest.LogCaptureFixture
) -> None:
    road.kind = Kind.REJECTED
    road.outbox.start()
    road.travel(reading(0, 1))
    finish(road)
    (said,) = [record for record in caplog.records if record.name == "intents.journey"]
    assert (said.__dict__["rejected"], said.__dict__["causes"]) == (2, ["bad_json"])
