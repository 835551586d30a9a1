"""The look at the broker: its version, what it allows, how long it remembers."""

from collections.abc import Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from schemas.offsets import METADATA_LIMIT
from schemas.topics import INBOUND
from streams.operations.admin import Found, broker_config, brokers
from streams.operations.findings import Finding, judged
from streams.settings import Settings

PART = "broker"
# 4.2 and 4.3 forget a transaction that was being committed when a broker crashed, where a partition has no leader yet.
TESTED = "4.1 and 3.9, not to be trusted are 4.2 and 4.3 (KAFKA-20734)"
OLDEST = 3
MINUTE_MS = 60_000

Config = Mapping[str, str]


def look(settings: Settings, client: AdminClient, found: Mapping[str, Found]) -> list[Finding]:
    """What of the broker would keep a worker from its promises."""
    try:
        count, config = len(brokers(client)), broker_config(client)
    except KafkaException as error:
        text = f"answers at {settings.brokers}, but its settings can't be read: {error.args[0].str()}"
        return [Finding(PART, "unknown", text)]
    well = f"{count} at {settings.brokers}, version {_named(config)}; tested on {TESTED}"
    return judged(PART, faults(settings, config, count, found.get(settings.topic_prefix + INBOUND)), well)


def faults(settings: Settings, config: Config, count: int, lane: Found | None) -> list[str]:
    """What is wrong with so many brokers of these settings."""
    looks = (
        _version(config),
        _transactions(settings, config),
        _sessions(settings, config),
        _metadata(config),
        _memory(config, lane),
        _replicas(settings, config, count),
        _protocol(config),
    )
    return [fault for fault in looks if fault]


def _named(config: Config) -> str:
    """Kafka 4 no longer has the setting by which its forerunners told their version."""
    return config.get("inter.broker.protocol.version", "4 or later")


def _version(config: Config) -> str:
    major = config.get("inter.broker.protocol.version", "4").split(".")[0]
    if not major.isdigit() or int(major) >= OLDEST:
        return ""
    return f"version {_named(config)} is too old; upgrade to {OLDEST} or later (tested on {TESTED})"


def _transactions(settings: Settings, config: Config) -> str:
    most = _number(config, "transaction.max.timeout.ms", settings.transaction_timeout_ms)
    if settings.transaction_timeout_ms <= most:
        return ""
    return f"allows transactions of {most} ms at most; lower INTENTS_TRANSACTION_TIMEOUT_MS to that"


def _sessions(settings: Settings, config: Config) -> str:
    least = _number(config, "group.min.session.timeout.ms", 0)
    most = _number(config, "group.max.session.timeout.ms", settings.session_timeout_ms)
    if least <= settings.session_timeout_ms <= most:
        return ""
    return f"allows sessions of {least} to {most} ms; set INTENTS_SESSION_TIMEOUT_MS between them"


def _metadata(config: Config) -> str:
    room = _number(config, "offset.metadata.max.bytes", METADATA_LIMIT)
    return "" if room >= METADATA_LIMIT else f"set offset.metadata.max.bytes={METADATA_LIMIT} (is {room})"


def _memory(config: Config, lane: Found | None) -> str:
    """Where offsets are forgotten before the messages are, a group that was away answers them all again."""
    kept = int((lane.config.get("retention.ms") if lane else None) or 0)
    minutes = _number(config, "offsets.retention.minutes", kept // MINUTE_MS)
    if minutes * MINUTE_MS >= kept:
        return ""
    return (
        f"forgets offsets after {minutes} minutes, but keeps messages for {kept // MINUTE_MS}: workers that "
        f"were away so long answer them again; set offsets.retention.minutes={kept // MINUTE_MS}"
    )


def _replicas(settings: Settings, config: Config, count: int) -> str:
    needed = max(_number(config, "transaction.state.log.min.isr", 1), settings.replicas)
    if count >= needed:
        return ""
    return (
        f"only {count} of them, {needed} are needed; start more, or lower transaction.state.log.min.isr and "
        "INTENTS_REPLICAS"
    )


def _protocol(config: Config) -> str:
    allowed = config.get("group.coordinator.rebalance.protocols", "classic")
    return "" if "classic" in allowed else "add classic to group.coordinator.rebalance.protocols"


def _number(config: Config, name: str, otherwise: int) -> int:
    value = config.get(name, "")
    return int(value) if value.lstrip("-").isdigit() else otherwise
