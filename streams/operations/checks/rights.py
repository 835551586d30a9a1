"""The look at what the broker lets this principal do."""

from collections.abc import Mapping

from confluent_kafka import KafkaException, Producer

from schemas.topics import ANSWERS, AUDIT, CATALOG, INBOUND
from streams import librdkafka
from streams.operations.admin import QUIET, Operations
from streams.operations.findings import Finding, judged
from streams.settings import Settings

PART = "rights"
# The broker that keeps the transactions may be coming up.
BEGIN_S = 15.0
GRANT = "kafka-acls --add --allow-principal User:..."


def look(settings: Settings, topics: Mapping[str, Operations], group: Operations) -> list[Finding]:
    """Reading the lanes, writing the answers, the group, the transactions."""
    faults = [
        f"may not {right} topic {name}; run: {GRANT} --operation {right} --topic {name}"
        for name, right in _needed(settings)
        if name in topics and right not in topics[name]
    ]
    if "READ" not in group:
        faults.append(
            f"may not READ group {settings.group}; run: {GRANT} --operation READ --group {settings.group}"
        )
    faults += _transactions(settings)
    return judged(PART, faults, "reads the lanes, writes every answer, joins the group")


def _needed(settings: Settings) -> list[tuple[str, str]]:
    outputs = (*ANSWERS.values(), AUDIT)
    # WRITE on the catalog topic is for whoever publishes, the worker only where nobody has.
    needed = [(INBOUND, "READ"), (CATALOG, "READ"), *((name, "WRITE") for name in outputs)]
    return [(settings.topic_prefix + name, right) for name, right in needed]


def _transactions(settings: Settings) -> list[str]:
    """Try an id beside those of the workers: to begin with one of theirs would end them."""
    if not librdkafka.transactional(settings):
        return []
    transactional_id = f"{settings.group}-check"
    producer = Producer({**librdkafka.sender(settings, transactional_id), **QUIET})
    try:
        producer.init_transactions(BEGIN_S)
    except KafkaException as error:
        return [
            f"can't begin transactions as {transactional_id} ({error.args[0].str()}); if it lacks the right, "
            f"run: {GRANT} --operation WRITE --operation DESCRIBE --transactional-id {settings.group}- "
            "--resource-pattern-type prefixed"
        ]
    return []
