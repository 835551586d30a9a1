"""The look at what the broker lets this principal do."""

from collections.abc import Mapping

from confluent_kafka import KafkaException, Producer

from schemas.topics import ANSWERS, AUDIT, CATALOG
from streams import librdkafka
from streams.lanes import LANES
from streams.operations.admin import QUIET, Operations
from streams.operations.findings import Finding, judged
from streams.settings import Settings

PART = "rights"
# The broker that keeps the transactions may be coming up.
BEGIN_S = 15.0
# No tenant can be called so, and nobody calls an instance so.
NOBODYS = ":check"
GRANT = "kafka-acls --add --allow-principal User:..."


def look(
    settings: Settings, topics: Mapping[str, Operations], groups: Mapping[str, Operations]
) -> list[Finding]:
    """Reading the lanes, writing the answers, the groups, the transactions."""
    faults = [
        f"may not {right} topic {name}; run: {GRANT} --operation {right} --topic {name}"
        for name, right in _needed(settings)
        if name in topics and right not in topics[name]
    ]
    faults += [
        f"may not READ group {name}; run: {GRANT} --operation READ --group {settings.group} "
        "--resource-pattern-type prefixed"
        for name, allowed in groups.items()
        if "READ" not in allowed
    ]
    faults += _transactions(settings)
    return judged(PART, faults, "reads the lanes, writes every answer, joins the groups")


def _needed(settings: Settings) -> list[tuple[str, str]]:
    outputs = (*ANSWERS.values(), AUDIT)
    # WRITE on the catalog topic is for whoever publishes, the worker only where nobody has.
    inputs = (*(lane.base for lane in LANES), CATALOG)
    needed = [*((name, "READ") for name in inputs), *((name, "WRITE") for name in outputs)]
    return [(settings.topic_prefix + name, right) for name, right in needed]


def _transactions(settings: Settings) -> list[str]:
    """Try an id beside those of the workers: to begin with one of theirs would end them."""
    return beginning(settings, f"{settings.group}-") if librdkafka.transactional(settings) else []


def beginning(settings: Settings, ids: str) -> list[str]:
    """What keeps us from transactions whose ids begin so; nobody's own is tried."""
    transactional_id = f"{ids}{NOBODYS}"
    producer = Producer({**librdkafka.sender(settings, transactional_id), **QUIET})
    try:
        producer.init_transactions(BEGIN_S)
    except KafkaException as error:
        return [
            f"can't begin transactions as {transactional_id} ({error.args[0].str()}); if it lacks the right, "
            f"run: {GRANT} --operation WRITE --operation DESCRIBE --transactional-id {ids} "
            "--resource-pattern-type prefixed"
        ]
    return []
