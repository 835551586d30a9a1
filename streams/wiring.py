"""The one place where a worker is put together."""

from collections.abc import Callable
from dataclasses import dataclass

from confluent_kafka import KafkaException

from processors.flow import Event, Record
from processors.scorer import Scorer
from schemas.vocabulary import Cause
from streams import librdkafka, peek
from streams.acknowledgement import Acknowledgements
from streams.catalogs.files import load_catalogs
from streams.catalogs.following import Following
from streams.catalogs.reloading import Reloading
from streams.catalogs.seeding import seeding
from streams.context import ContextStore, connect
from streams.flight import Flight
from streams.gate import Gate
from streams.guard import Guard
from streams.health import Health
from streams.intake import Intake
from streams.journey import Journey, ModelOutage, Steps
from streams.lanes import DEFERRED, NORMAL, Lane, read_by
from streams.memory import settle, share_arenas
from streams.metrics import Metrics
from streams.once import Once
from streams.outbox import Delivery, Outbox
from streams.pace import Pace
from streams.preflight import preflight
from streams.pulse import Pulse
from streams.ready import Current, Preparing
from streams.scoring.languages import detector
from streams.settings import Settings, SettingsError
from streams.steps import STEPS
from streams.transaction import Transactions
from streams.waiting_room import WaitingRoom

REVOKE_WAIT_S = 5.0
COMMIT_DEADLINES = 3


@dataclass(frozen=True, slots=True)
class Reader:
    """One lane as it is read."""

    lane: Lane
    flight: Flight
    pulse: Pulse
    intake: Intake
    health: Health


@dataclass(frozen=True, slots=True)
class Worker:
    """Everything that runs in a worker's process."""

    settings: Settings
    readers: tuple[Reader, ...]
    outbox: Outbox
    journey: Journey
    catalogs: Following
    metrics: Metrics

    def not_ready(self) -> str:
        """Why it takes no records, or nothing where it does."""
        sending = self.outbox.ready.is_set()
        reasons = (
            each.health.ready(sending=sending, assigned=each.intake.assigned.is_set())
            for each in self.readers
        )
        return next(filter(None, reasons), "")

    def live(self) -> bool:
        """Whether something moves in every lane where records wait."""
        return all(each.health.live() for each in self.readers)

    def look(self) -> None:
        """Take note of every lane where all is well."""
        for each in self.readers:
            each.health.look()


def wire(settings: Settings, scorer: Scorer | None = None, steps: Steps = STEPS) -> Worker:
    """A worker under these settings; scorer and steps may be given where others than the real ones are wanted."""
    try:
        return _wire(settings, scorer, steps)
    except KafkaException as error:
        raise SettingsError(f"INTENTS_KAFKA__*: {error.args[0].str()}") from None


def _wire(settings: Settings, scorer: Scorer | None, steps: Steps) -> Worker:
    """Every part, each with what it needs."""
    share_arenas()
    pulses = {lane: Pulse() for lane in read_by(settings.mode)}
    pace = Pace(settings.batch_count, settings.batch_bytes, settings.batch_ms / 1000)
    metrics = Metrics(
        {lane.base: _lag(pulse) for lane, pulse in pulses.items()},
        ready=lambda: not worker.not_ready(),
    )
    seeds, preparing = load_catalogs(settings), Preparing(settings, scorer, metrics.asked)
    current = Current(preparing.ready(seeds))
    catalogs = Following(settings, seeds, seeding(settings), Reloading(preparing, current, metrics))
    waiting_room = WaitingRoom(steps.decode, _store(settings), current)
    outbox = Outbox(
        _delivery(settings, pulses[NORMAL]), _bury(steps, current), metrics.committed, waiting_room.release
    )
    journey = Journey(
        steps,
        _store(settings),
        current,
        outbox,
        pace,
        Guard(settings.guard_share, settings.guard_window),
        ModelOutage(settings.on_model_down == "escalate", settings.model_down_per_minute),
        metrics,
        settings.step_down_ms / 1000,
    )
    gate, before_joining = Gate(tuple(pulses)), Once(lambda: _before_joining(settings, catalogs))
    readers = tuple(
        _reader(settings, Flight(lane, gate), pulse, outbox, pace, journey, before_joining, waiting_room)
        for lane, pulse in pulses.items()
    )
    worker = Worker(settings, readers, outbox, journey, catalogs, metrics)
    return worker


def _reader(
    settings: Settings,
    flight: Flight,
    pulse: Pulse,
    outbox: Outbox,
    pace: Pace,
    journey: Journey,
    before_joining: Once,
    waiting_room: WaitingRoom,
) -> Reader:
    """A lane's own consumer, with what watches it."""
    intake = Intake(
        librdkafka.consumer(settings, flight.lane),
        [flight.lane.topic(settings.topic_prefix)],
        flight,
        outbox,
        pace,
        pulse,
        before_joining,
        REVOKE_WAIT_S,
        COMMIT_DEADLINES * settings.commit_deadline_ms / 1000,
        waiting_room.admits if flight.lane is DEFERRED else None,
    )
    onlooker = librdkafka.onlooker(settings, flight.lane)
    health = Health(
        flight,
        pulse,
        settings.commit_deadline_ms / 1000,
        lambda: not intake.held and peek.records_wait(onlooker, intake.owned()),
        journey.waits_for_the_model,
    )
    return Reader(flight.lane, flight, pulse, intake, health)


def _store(settings: Settings) -> ContextStore:
    """Redis for one thread: a wait of another one is none of its own."""
    return connect(settings.redis_url, settings.context_deadline_ms / 1000)


def _lag(pulse: Pulse) -> Callable[[], float]:
    return lambda: pulse.lag


def _before_joining(settings: Settings, catalogs: Following) -> None:
    """What the group may rely on: answers have somewhere to go, the catalogs that count are in place."""
    preflight(settings)
    catalogs.begin()
    if settings.scorer == "onnx":
        # Or the first doubtful message, with its whole batch, would wait for it.
        detector()
    settle()


def _delivery(settings: Settings, pulse: Pulse) -> Delivery:
    """How outputs are made to last."""
    way = Transactions if librdkafka.transactional(settings) else Acknowledgements
    return way(librdkafka.producer(settings), settings.commit_deadline_ms / 1000, pulse.broker_away)


def _bury(steps: Steps, current: Current) -> Callable[[Record, str], tuple[Event, ...]]:
    """The dead letter of a record whose answer can't be delivered."""
    return lambda record, detail: steps.reject(record, Cause.UNDELIVERABLE, detail, current.ready.desk)
