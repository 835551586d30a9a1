"""Why nothing is written down of a record."""

from confluent_kafka import Consumer, TopicPartition

from schemas.events import Source
from schemas.topics import AUDIT_DAYS
from streams import librdkafka
from streams.lanes import lane_of
from streams.operations.admin import ANSWER_S, QUIET, in_one_line
from streams.operations.audit_reading import Reader
from streams.operations.audit_search import Gap
from streams.settings import Settings


def absent(settings: Settings, reader: Reader, source: Source, gap: Gap, oldest: int) -> str:
    """In one line, with what may be done; oldest is where the audit's partition begins."""
    place = f"{source.topic}/{source.partition}"
    if gap.after is None:
        return _later(settings, reader, source)
    if gap.before is None and oldest > 0:
        return (
            f"what was decided of {place}/{source.offset} is no longer kept: the audit of {place} begins at "
            f"{gap.after} now (retention.ms of the audit's topic; it ships with {AUDIT_DAYS} days)"
        )
    if gap.before is None:
        return f"{place}/{source.offset} was never read: the first that a worker read there is {gap.after}"
    return (
        f"there is no message at {place}/{source.offset}: Kafka keeps marks of transactions there, too; "
        f"next to it were decided {gap.before} and {gap.after}. One over its tenant's quota is decided where it "
        "was deferred to: look for it with --message"
    )


def _later(settings: Settings, reader: Reader, source: Source) -> str:
    """Nothing behind it is decided either."""
    place = f"{source.topic}/{source.partition}"
    _, end = reader.span(source.topic, source.partition)
    if source.offset >= end:
        return f"{place}/{source.offset} is not there yet: {place} has {end} records so far"
    at = committed(settings, source)
    waits = (
        f"{source.offset - at} records wait before it" if at <= source.offset else "its answer is on its way"
    )
    return (
        f"{place}/{source.offset} is not decided yet: {waits}; "
        "try again, or look at the workers with intents check"
    )


def committed(settings: Settings, source: Source) -> int:
    """Up to where the workers are done with the partition of a record."""
    lane = lane_of(source.topic, settings.topic_prefix)
    consumer = Consumer({**librdkafka.onlooker(settings, lane), **QUIET})
    try:
        with in_one_line(f"reading the offsets of group {lane.group(settings.group)}"):
            (found,) = consumer.committed([TopicPartition(source.topic, source.partition)], ANSWER_S)
            return max(found.offset, 0)
    finally:
        consumer.close()
