"""The librdkafka options of every client, with those refused that would break the promise."""

import logging

from confluent_kafka import KafkaError, KafkaException

from streams.lanes import NORMAL, Lane
from streams.settings import Settings, SettingsError

log = logging.getLogger("intents.librdkafka")

Options = dict[str, str | int | float | bool]

OURS = {
    "acks": "every output must be acknowledged by all replicas",
    "auto.offset.reset": "a partition with no commit is read from its beginning",
    "bootstrap.servers": "set INTENTS_BROKERS",
    "enable.auto.commit": "offsets are committed with the answers",
    "enable.auto.offset.store": "offsets are committed with the answers",
    "enable.idempotence": "a retried send must not repeat an answer",
    "group.id": "set INTENTS_GROUP",
    "group.instance.id": "set INTENTS_INSTANCE",
    "group.protocol": "static members need the classic protocol",
    "isolation.level": "uncommitted records must not be read",
    "max.in.flight": "set by idempotence",
    "max.in.flight.requests.per.connection": "set by idempotence",
    "message.send.max.retries": "sends are retried until the transaction ends",
    "partition.assignment.strategy": "partitions move one by one (cooperative-sticky)",
    "request.required.acks": "every output must be acknowledged by all replicas",
    "retries": "sends are retried until the transaction ends",
    "session.timeout.ms": "set INTENTS_SESSION_TIMEOUT_MS",
    "transaction.timeout.ms": "set INTENTS_TRANSACTION_TIMEOUT_MS",
    "transactional.id": "set INTENTS_INSTANCE",
}


def refuse_ours(settings: Settings) -> None:
    """Raise for an option that is not the operator's to set, by its name and with the reason."""
    for name in settings.kafka:
        if name in OURS:
            variable = "INTENTS_KAFKA__" + name.upper().replace(".", "_")
            raise SettingsError(f"{variable} can't be set: {OURS[name]}")


def client(settings: Settings, role: str) -> Options:
    """What every client of this process shares."""
    refuse_ours(settings)
    return {
        "client.id": f"{settings.instance}-{role}",
        "reconnect.backoff.max.ms": 1000,
        # With re-bootstrapping (the default) a commit waits for ever for the coordinator it knew before all brokers
        # were away: librdkafka issues 5456 and 5511.
        "metadata.recovery.strategy": "none",
        "log.connection.close": False,
        **settings.kafka,
        "bootstrap.servers": settings.brokers,
    }


def consumer(settings: Settings, lane: Lane = NORMAL) -> Options:
    """A reader of a lane that commits nothing by itself; in each lane's group the instance is a member."""
    return {
        # What is fetched ahead lies unpacked, five times as large, with half a kilobyte beside each message: by
        # librdkafka's defaults a backlog of short messages costs 100 MB.
        "queued.max.messages.kbytes": 16_384,
        "queued.min.messages": 2000,
        "fetch.message.max.bytes": 256 * 1024,
        "fetch.queue.backoff.ms": 10,
        "fetch.wait.max.ms": 100,
        "statistics.interval.ms": 1000,
        **client(settings, "in" + lane.suffix),
        "group.id": lane.group(settings.group),
        "group.instance.id": settings.instance,
        "group.protocol": "classic",
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": settings.session_timeout_ms,
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
    }


def producer(settings: Settings) -> Options:
    """The way out: transactional, or idempotent where repeats are accepted."""
    return sender(settings, f"{settings.group}-{settings.instance}" if transactional(settings) else "")


def sender(settings: Settings, transactional_id: str) -> Options:
    """A producer whose sends are never reordered, with a transactional id where one is given."""
    transaction: Options = {
        "transactional.id": transactional_id,
        "transaction.timeout.ms": settings.transaction_timeout_ms,
    }
    return {
        "linger.ms": 0,
        "retry.backoff.ms": 2,
        "compression.type": "zstd",
        "partitioner": "murmur2_random",
        "message.max.bytes": settings.message_bytes,
        "delivery.report.only.error": True,
        **client(settings, "out"),
        "acks": "all",
        "enable.idempotence": True,
        **(transaction if transactional_id else {"delivery.timeout.ms": settings.commit_deadline_ms}),
    }


def transactional(settings: Settings) -> bool:
    """Whether answers and offsets are committed as one."""
    return settings.delivery == "exactly_once"


def onlooker(settings: Settings, lane: Lane = NORMAL) -> Options:
    """A reader that sees what a lane's group has committed, joins nothing, leaves no trace."""
    return {
        **client(settings, "look"),
        "group.id": lane.group(settings.group),
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    }


def raise_unless_passing(error: KafkaError | None) -> None:
    """Errors that librdkafka mends by itself are no reason to end."""
    if error is None:
        return
    if ends_it(error):
        raise KafkaException(error)
    log.info("librdkafka goes on after: %s", error.str(), extra={"code": error.name()})


def ends_it(error: KafkaError) -> bool:
    """Whether a client can't go on; an event that says so is not itself marked as fatal."""
    return error.fatal() or error.code() == KafkaError._FATAL
