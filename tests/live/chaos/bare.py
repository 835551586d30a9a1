"""A bare read-process-write loop that stands in for the worker, faulty where that is asked for."""

import json
import os
import signal
import sys
from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition

from schemas.topics import AUDIT, INBOUND, ROUTED

READ = 100
WAIT_S = 0.2
CALL_S = 10.0
# Of every hundred offsets of a partition, those that the faulty loop loses, doubles, keeps from the audit;
# then those whose batch it turns around.
LOST, DOUBLED, UNAUDITED, TURNED = 10, 20, 30, 40


def main(environment: dict[str, str], faulty: bool) -> None:
    """Run until a signal ends it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    instance, prefix = environment["INTENTS_INSTANCE"], environment["INTENTS_TOPIC_PREFIX"]
    options = {"bootstrap.servers": environment["INTENTS_BROKERS"], "log_level": 2}
    group = {"group.id": environment["INTENTS_GROUP"], "group.instance.id": instance}
    reading = {"enable.auto.commit": False, "auto.offset.reset": "earliest"}
    consumer = Consumer({**options, **group, **reading})
    producer = Producer({**options, "transactional.id": prefix + instance, "linger.ms": 0})
    producer.init_transactions(CALL_S)
    consumer.subscribe([prefix + INBOUND])
    while True:
        messages = [each for each in consumer.consume(READ, WAIT_S) if each.error() is None]
        if messages:
            _answer(consumer, producer, prefix, list(_spoilt(messages)) if faulty else messages, faulty)


def _answer(
    consumer: Consumer, producer: Producer, prefix: str, messages: list[Message], faulty: bool
) -> None:
    """One transaction: an answer and an audit line for each message, with the offsets."""
    ends: dict[int, int] = {}
    producer.begin_transaction()
    for message in messages:
        topic, partition, offset = message.topic(), message.partition() or 0, message.offset() or 0
        value = json.dumps({"source": {"topic": topic, "partition": partition, "offset": offset}})
        producer.produce(prefix + ROUTED, value, message.key())
        if not (faulty and offset % 100 == UNAUDITED):
            producer.produce(prefix + AUDIT, value, partition=partition)
        ends[partition] = max(ends.get(partition, 0), offset + 1)
    offsets = [TopicPartition(prefix + INBOUND, partition, end) for partition, end in ends.items()]
    producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), CALL_S)
    _commit(producer)


def _spoilt(messages: list[Message]) -> Iterator[Message]:
    """The messages as a faulty loop would answer them."""
    places = [(message.offset() or 0) % 100 for message in messages]
    pairs = list(zip(places, messages, strict=True))
    for place, message in reversed(pairs) if TURNED in places else pairs:
        if place != LOST:
            yield message
        if place == DOUBLED:
            yield message


def _commit(producer: Producer) -> None:
    while True:
        try:
            return producer.commit_transaction(CALL_S)
        except KafkaException as error:
            if not error.args[0].retriable():
                raise


if __name__ == "__main__":
    main(dict(os.environ), faulty=sys.argv[1:] == ["faulty"])
