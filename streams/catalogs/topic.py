"""The catalog topic read to its present end."""

from confluent_kafka import Consumer, KafkaError, KafkaException

from schemas.topics import CATALOG
from streams import librdkafka
from streams.catalogs.archive import Archive
from streams.operations.admin import ANSWER_S, QUIET, BrokerError, said
from streams.operations.scanning import scan, starts
from streams.settings import Settings

MISSING = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC})


def read(settings: Settings) -> Archive:
    """Everything on it, open transactions waited for; raises BrokerError with the remedy where that can't be."""
    topic, archive = settings.topic_prefix + CATALOG, Archive()
    try:
        require(settings)
        for message in scan(settings, topic, starts(settings, topic, None)):
            archive.take(message.key(), message.value())
    except KafkaException as error:
        raise BrokerError(f"reading {topic}: {said(error.args[0])}") from None
    return archive


def require(settings: Settings) -> None:
    """Raise where there is no such topic, or none that we may see."""
    topic = settings.topic_prefix + CATALOG
    consumer = Consumer({**librdkafka.onlooker(settings), **QUIET})
    try:
        found = consumer.list_topics(topic, timeout=ANSWER_S).topics[topic]
    finally:
        consumer.close()
    if found.error is not None and found.error.code() not in MISSING:
        raise KafkaException(found.error)
    if not found.partitions:
        raise BrokerError(f"{topic} is missing; run: intents topics --create")
