"""The yardstick: a bare librdkafka loop that reads, writes twice, commits, with the worker's own transactions."""

import signal
import sys

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from schemas.topics import AUDIT, INBOUND, ROUTED
from streams import librdkafka
from streams.settings import Settings, read


def main() -> None:
    """Run until a signal ends it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = read()
    consumer = Consumer(librdkafka.consumer(settings))
    producer = Producer(librdkafka.producer(settings))
    producer.init_transactions(30)
    consumer.subscribe([settings.topic_prefix + INBOUND])
    while True:
        _turn(settings, consumer, producer)


def _turn(settings: Settings, consumer: Consumer, producer: Producer) -> None:
    """One batch, one transaction."""
    first = consumer.poll(0.1)
    if first is None:
        return
    messages = [m for m in [first, *consumer.consume(settings.batch_count - 1, 0)] if m.error() is None]
    if not messages:
        return
    routed, audit = settings.topic_prefix + ROUTED, settings.topic_prefix + AUDIT
    lasts: dict[int, int] = {}
    producer.begin_transaction()
    for message in messages:
        value, key, partition = message.value(), message.key(), message.partition() or 0
        producer.produce(routed, value, key)
        producer.produce(audit, value, key, partition)
        lasts[partition] = (message.offset() or 0) + 1
    offsets = [TopicPartition(settings.topic_prefix + INBOUND, p, o) for p, o in lasts.items()]
    producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), 10)
    _commit(producer)


def _commit(producer: Producer) -> None:
    while True:
        try:
            return producer.commit_transaction(10)
        except KafkaException as error:
            if not error.args[0].retriable():
                raise


if __name__ == "__main__":
    main()
