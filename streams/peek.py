"""Asks the broker, past the worker's own consumer, whether records wait."""

import time
from collections.abc import Collection

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.librdkafka import Options
from streams.reading import Place

ANSWER_S = 2.0
RECORD_S = 3.0


def records_wait(options: Options, places: Collection[Place]) -> bool:
    """Whether a record lies behind the committed offset of one of these partitions; False where no broker answers.

    The end of a partition says nothing of it: behind the last record there may be markers of transactions. So
    this reads, and believes only a record.
    """
    if not places:
        return False
    consumer = Consumer(options)
    try:
        committed = consumer.committed([TopicPartition(*place) for place in places], ANSWER_S)
        behind = [found for found in committed if _end(consumer, found) > max(found.offset, 0)]
        if not behind:
            return False
        consumer.assign(
            [TopicPartition(found.topic, found.partition, max(found.offset, 0)) for found in behind]
        )
        return _reads_one(consumer, len(behind))
    except KafkaException:
        return False
    finally:
        consumer.close()


def _reads_one(consumer: Consumer, partitions: int) -> bool:
    """Whether a record comes before every partition was read to its end."""
    deadline = time.monotonic() + RECORD_S
    while partitions and time.monotonic() < deadline:
        message = consumer.poll(0.1)
        if message is None:
            continue
        error = message.error()
        if error is None:
            return True
        partitions -= error.code() == KafkaError._PARTITION_EOF
    return False


def _end(consumer: Consumer, place: TopicPartition) -> int:
    """The last stable offset of a partition."""
    marks = consumer.get_watermark_offsets(place, ANSWER_S)
    return marks[1] if marks else -1
