"""The catalog topic read to its present end."""

import time
from typing import NoReturn

from confluent_kafka import Consumer, KafkaError, KafkaException

from schemas.topics import CATALOG
from streams import librdkafka
from streams.catalogs.archive import Archive
from streams.operations.admin import ANSWER_S, QUIET, BrokerError, said
from streams.operations.scanning import scan, starts
from streams.settings import Settings

# A topic that was just made, or whose broker just went, has no leader for a moment.
UNSETTLED = frozenset({KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE})
SETTLED_S, AGAIN_S = 10.0, 0.2
MISSING = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC})


def read(settings: Settings) -> Archive:
    """Everything on it, open transactions waited for; raises BrokerError with the remedy where that can't be."""
    deadline = time.monotonic() + SETTLED_S
    while True:
        try:
            return _read(settings)
        except KafkaException as error:
            if error.args[0].code() in UNSETTLED and time.monotonic() < deadline:
                time.sleep(AGAIN_S)
                continue
            raise BrokerError(f"reading {settings.topic_prefix}{CATALOG}: {said(error.args[0])}") from None


def _read(settings: Settings) -> Archive:
    """The same, as long as the broker has an answer to everything."""
    topic, archive = settings.topic_prefix + CATALOG, Archive()
    beginnings = starts(settings, topic, None)
    if not beginnings:
        _explain(settings, topic)
    for message in scan(settings, topic, beginnings):
        archive.take(message.key(), message.value())
    return archive


def _explain(settings: Settings, topic: str) -> NoReturn:
    """Say why a topic has no partitions: there is no such topic, or none that we may see."""
    consumer = Consumer({**librdkafka.onlooker(settings), **QUIET})
    try:
        found = consumer.list_topics(topic, timeout=ANSWER_S).topics[topic]
    finally:
        consumer.close()
    if found.error is None or found.error.code() in MISSING:
        raise BrokerError(f"{topic} is missing; run: intents topics --create")
    raise KafkaException(found.error)
