"""The one place where a worker is put together."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from confluent_kafka import KafkaException

from processors.flow import Desk, Event, Limits, Record
from processors.score import ConstantScorer, Scorer
from schemas import catalog as catalogs
from schemas.catalog import Catalog, Intent, Snapshot
from schemas.topics import INBOUND, named
from schemas.vocabulary import Cause, Mode
from streams import librdkafka, peek
from streams.acknowledgement import Acknowledgements
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
from streams.scoring.cache import Remembering
from streams.settings import Settings, SettingsError
from streams.steps import STEPS
from streams.transaction import Transactions

REVOKE_WAIT_S = 5.0
COMMIT_DEADLINES = 3
UNTAUGHT: Mapping[str, Intent] = {}


@dataclass(frozen=True, slots=True)
class Worker:
    """Everything that runs in a worker's process."""

    settings: Settings
    flight: Flight
    pulse: Pulse
    outbox: Outbox
    intake: Intake
    journey: Journey
    health: Health
    metrics: Metrics

    def not_ready(self) -> str:
        """Why it takes no records, or nothing where it does."""
        return self.health.ready(sending=self.outbox.ready.is_set(), assigned=self.intake.assigned.is_set())


def wire(settings: Settings, scorer: Scorer | None = None, steps: Steps = STEPS) -> Worker:
    """A worker under these settings; scorer and steps may be given where others than the real ones are wanted."""
    try:
        return _wire(settings, scorer or load_scorer(settings, load_catalog(settings).catalog.intents), steps)
    except KafkaException as error:
        raise SettingsError(f"INTENTS_KAFKA__*: {error.args[0].str()}") from None


def _wire(settings: Settings, scorer: Scorer, steps: Steps) -> Worker:
    """Every part, each with what it needs."""
    share_arenas()
    flight, pulse = Flight(), Pulse()
    pace = Pace(settings.batch_count, settings.batch_bytes, settings.batch_ms / 1000)
    metrics = Metrics(lag=lambda: pulse.lag, ready=lambda: not worker.not_ready())
    desk = _desk(settings, lambda each: _remembering(each, settings, metrics))
    outbox = Outbox(_delivery(settings, pulse), flight, _bury(steps, desk), metrics.committed)
    intake = Intake(
        librdkafka.consumer(settings),
        [settings.topic_prefix + INBOUND],
        flight,
        outbox,
        pace,
        pulse,
        lambda: preflight(settings),
        REVOKE_WAIT_S,
        COMMIT_DEADLINES * settings.commit_deadline_ms / 1000,
    )
    journey = Journey(
        steps,
        connect(settings.redis_url, settings.context_deadline_ms / 1000),
        _remembering(scorer, settings, metrics),
        desk,
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
    worker = Worker(settings, flight, pulse, outbox, intake, journey, health, metrics)
    return worker


def load_scorer(settings: Settings, intents: Mapping[str, Intent] = UNTAUGHT) -> Scorer:
    """The scorer that the settings name, taught those of the intents that it was not trained for."""
    if settings.scorer == "constant":
        return ConstantScorer()
    from streams.scoring.bundles import BundleError, load, shipped
    from streams.scoring.providers import provider
    from streams.scoring.scorer import OnnxScorer

    path = Path(settings.bundle) if settings.bundle else shipped()
    try:
        where = provider(settings.provider)
    except BundleError as error:
        raise SettingsError(str(error)) from None
    try:
        return OnnxScorer(
            load(path, settings.bundle_sha256 or None),
            first_stage=settings.first_stage == "on",
            intents=intents,
            provider=where,
        )
    except BundleError as error:
        raise SettingsError(f"INTENTS_BUNDLE: {error}") from None


def load_specialists(settings: Settings, catalog: Catalog) -> dict[str, Scorer]:
    """The scorers of the bundles that a catalog's domains name, by that name."""
    if settings.scorer == "constant" or not catalog.domains:
        return {special.bundle: ConstantScorer() for special in catalog.domains.values()}
    from streams.scoring.bundles import BundleError, shipped
    from streams.scoring.providers import provider
    from streams.scoring.specialists import specialists

    try:
        path = Path(settings.bundle) if settings.bundle else shipped()
        return {
            **specialists(catalog, path.parent, settings.first_stage == "on", provider(settings.provider))
        }
    except BundleError as error:
        raise SettingsError(f"INTENTS_CATALOG: {error}") from None


def _remembering(scorer: Scorer, settings: Settings, metrics: Metrics) -> Scorer:
    """The scorer with a memory of the size that the settings want; a constant one is faster than any memory."""
    if settings.scorer == "constant" or not settings.score_cache:
        return scorer
    return Remembering(scorer, settings.score_cache, metrics.asked)


def load_catalog(settings: Settings) -> Snapshot:
    """The catalog that the settings name, else the shipped one."""
    path = (
        Path(settings.catalog)
        if settings.catalog
        else resources.files("schemas") / "catalogs" / "support.yaml"
    )
    try:
        return catalogs.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"INTENTS_CATALOG={path} can't be read: {error.strerror}") from None
    except catalogs.CatalogError as error:
        raise SettingsError(f"INTENTS_CATALOG={path}: {error}") from None


def _desk(settings: Settings, remembering: Callable[[Scorer], Scorer]) -> Desk:
    """What every batch is decided under."""
    snapshot = load_catalog(settings)
    specialists = load_specialists(settings, snapshot.catalog)
    return Desk(
        catalogs={"default": snapshot} | {snapshot.catalog.tenant: snapshot},
        now=time.time(),
        mode=Mode(settings.mode),
        topics=named(settings.topic_prefix),
        limits=Limits(settings.record_bytes),
        specialists={name: remembering(each) for name, each in specialists.items()},
    )


def _delivery(settings: Settings, pulse: Pulse) -> Delivery:
    """How outputs are made to last."""
    way = Transactions if librdkafka.transactional(settings) else Acknowledgements
    return way(librdkafka.producer(settings), settings.commit_deadline_ms / 1000, pulse.broker_away)


def _bury(steps: Steps, desk: Desk) -> Callable[[Record, str], tuple[Event, ...]]:
    """The dead letter of a record whose answer can't be delivered."""
    return lambda record, detail: steps.reject(record, Cause.UNDELIVERABLE, detail, desk)
