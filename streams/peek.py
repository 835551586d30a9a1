"""Asks the broker, past the worker's own consumer, whether records wait."""

from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.librdkafka import Options
from streams.reading import Place

ANSWER_S = 2.0
RECORD_S = 3.0


def records_wait(options: Options, positions: Mapping[Place, int]) -> bool:
    """Whether a committed record lies at or after one of these positions; False where no broker answers.

    The end of a partition says nothing of it: behind the last record there may be markers of transactions. So
    this reads, and believes only a record.
    """
    if not positions:
        return False
    consumer = Consumer(options)
    try:
        behind = [place for place, position in positions.items() if _end(consumer, place) > position]
        if not behind:
            return False
        consumer.assign([TopicPartition(*where, positions[where]) for where in behind])
        message = consumer.poll(RECORD_S)
        return message is not None and message.error() is None
    except KafkaException:
        return False
    finally:
        consumer.close()


def _end(consumer: Consumer, place: Place) -> int:
    """The last stable offset of a partition."""
    marks = consumer.get_watermark_offsets(TopicPartition(*place), ANSWER_S)
    return marks[1] if marks else -1
