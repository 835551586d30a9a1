"""Where a record was first read that waited in the deferred lane."""

from processors.flow import Record, Source
from schemas import deferral
from schemas.topics import DEFERRED

_FIRST = (deferral.TOPIC, deferral.PARTITION, deferral.OFFSET)


def origin(record: Record) -> Source | None:
    """The source that the headers name; None where it did not wait, or somebody else wrote it there."""
    if not record.headers or not record.source.topic.endswith(DEFERRED):
        return None
    named = dict(record.headers)
    topic, partition, offset = (named.get(name) or b"" for name in _FIRST)
    if not (topic and partition.isdigit() and offset.isdigit()):
        return None
    return Source(topic.decode("utf-8", "replace"), int(partition), int(offset))
