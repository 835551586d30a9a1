"""The one place where a worker is put together."""

from collections.abc import Callable
from dataclasses import dataclass

from confluent_kafka import KafkaException

from processors.flow import Event, Record
from processors.score import Scorer
from schemas.topics import INBOUND
from schemas.vocabulary import Cause
from streams import librdkafka, peek
from streams.acknowledgement import Acknowledgements
from streams.catalogs.files import load_catalogs
from streams.catalogs.following import Following
from streams.catalogs.reloading import Reloading
from streams.catalogs.seeding import seeding
from streams.context import connect
from streams.flight import Flight
from streams.guard import Guard
from streams.health import Health
from streams.intake import Intake
from streams.journey import Journey, ModelOutage, Steps
from streams.memory import share_arenas
from streams.metrics import Metrics
from streams.outbox import Delivery, Outbox
from streams.pace import Pace
from streams.preflight import preflight
from streams.pulse import Pulse
from streams.ready import Current, Preparing
from streams.settings import Settings, SettingsError
from streams.steps import STEPS
from streams.transaction import Transactions

REVOKE_WAIT_S = 5.0
COMMIT_DEADLINES = 3


@dataclass(frozen=True, slots=True)
class Worker:
    """Everything that runs in a worker's process."""

    settings: Settings
    flight: Flight
    pulse: Pulse
    outbox: Outbox
    intake: Intake
    journey: Journey
    catalogs: Following
    health: Health
    metrics: Metrics

    def not_ready(self) -> str:
        """Why it takes no records, or nothing where it does."""
        return self.health.ready(sending=self.outbox.ready.is_set(), assigned=self.intake.assigned.is_set())


def wire(settings: Settings, scorer: Scorer | None = None, steps: Steps = STEPS) -> Worker:
    """A worker under these settings; scorer and steps may be given where others than the real ones are wanted."""
    try:
        return _wire(settings, scorer, steps)
    except KafkaException as error:
        raise SettingsError(f"INTENTS_KAFKA__*: {error.args[0].str()}") from None


def _wire(settings: Settings, scorer: Scorer | None, steps: Steps) -> Worker:
    """Every part, each with what it needs."""
    share_arenas()
    flight, pulse = Flight(), Pulse()
    pace = Pace(settings.batch_count, settings.batch_bytes, settings.batch_ms / 1000)
    metrics = Metrics(lag=lambda: pulse.lag, ready=lambda: not worker.not_ready())
    seeds, preparing = load_catalogs(settings), Preparing(settings, scorer, metrics.asked)
    current = Current(preparing.ready(seeds))
    catalogs = Following(settings, seeds, seeding(settings), Reloading(preparing, current, metrics))
    outbox = Outbox(_delivery(settings, pulse), flight, _bury(steps, current), metrics.committed)
    intake = Intake(
        librdkafka.consumer(settings),
        [settings.topic_prefix + INBOUND],
        flight,
        outbox,
        pace,
        pulse,
        lambda: _before_joining(settings, catalogs),
        REVOKE_WAIT_S,
        COMMIT_DEADLINES * settings.commit_deadline_ms / 1000,
    )
    journey = Journey(
        steps,
        connect(settings.redis_url, settings.context_deadline_ms / 1000),
        current,
        outbox,
        flight,
        pace,
        Guard(settings.guard_share, settings.guard_window),
        ModelOutage(settings.on_model_down == "escalate", settings.model_down_per_minute),
        metrics,
    )
    onlooker = librdkafka.onlooker(settings)
    health = Health(
        flight,
        pulse,
        settings.commit_deadline_ms / 1000,
        lambda: peek.records_wait(onlooker, intake.owned()),
        journey.waits_for_the_model,
    )
    worker = Worker(settings, flight, pulse, outbox, intake, journey, catalogs, health, metrics)
    return worker


def _before_joining(settings: Settings, catalogs: Following) -> None:
    """What the group may rely on: answers have somewhere to go, the catalogs that count are in place."""
    preflight(settings)
    catalogs.begin()


def _delivery(settings: Settings, pulse: Pulse) -> Delivery:
    """How outputs are made to last."""
    way = Transactions if librdkafka.transactional(settings) else Acknowledgements
    return way(librdkafka.producer(settings), settings.commit_deadline_ms / 1000, pulse.broker_away)


def _bury(steps: Steps, current: Current) -> Callable[[Record, str], tuple[Event, ...]]:
    """The dead letter of a record whose answer can't be delivered."""
    return lambda record, detail: steps.reject(record, Cause.UNDELIVERABLE, detail, current.ready.desk)
