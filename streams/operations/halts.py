"""The partitions that stand still because too many of their records were rejected."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from confluent_kafka import Producer, TopicPartition

from schemas import offsets
from schemas.topics import DEAD
from streams import librdkafka
from streams.lanes import LANES, Lane, lane_of
from streams.operations.admin import ANSWER_S, QUIET
from streams.operations.group import committed, stranger
from streams.operations.letters import Letter, headers_of, letter
from streams.operations.scanning import scan, starts
from streams.settings import Settings

BEGIN_S = 15.0
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Halt:
    """A stopped partition: at which offset, since when."""

    topic: str
    partition: int
    offset: int
    since: str


def halts(settings: Settings) -> list[Halt]:
    """Every partition of the lanes whose committed offset carries the note that it was stopped."""
    found = [each for lane in LANES for each in committed(settings, lane)]
    noted = [(each, offsets.read(each.metadata)) for each in found]
    return [Halt(each.topic, each.partition, each.offset, note.halted) for each, note in noted if note.halted]


def lift(settings: Settings, found: list[Halt]) -> None:
    """Take the notes away; the offsets stay where they are."""
    for lane in LANES:
        if own := [halt for halt in found if lane_of(halt.topic, settings.topic_prefix) is lane]:
            _lift(settings, lane, own)


def _lift(settings: Settings, lane: Lane, found: list[Halt]) -> None:
    """Take the notes of one lane away.

    A group with members takes offsets from them alone, but a transaction's from anybody who does not claim to
    be one; so this works while workers restart again and again.
    """
    note = offsets.written(offsets.CLEAR)
    clear = [TopicPartition(halt.topic, halt.partition, halt.offset, metadata=note) for halt in found]
    producer = Producer({**librdkafka.sender(settings, f"{settings.group}-accept"), **QUIET})
    producer.init_transactions(BEGIN_S)
    producer.begin_transaction()
    with stranger(settings, lane) as outsider:
        producer.send_offsets_to_transaction(clear, outsider.consumer_group_metadata(), ANSWER_S)
        producer.commit_transaction(ANSWER_S)


def rejected_before(settings: Settings, found: list[Halt]) -> Counter[Halt]:
    """How many records of these partitions became dead letters within the day before each was stopped."""
    counts = Counter(dict.fromkeys(found, 0))
    topic = settings.topic_prefix + DEAD
    since = min(datetime.fromisoformat(halt.since) for halt in found) - DAY
    for message in scan(settings, topic, starts(settings, topic, int(since.timestamp() * 1000))):
        dead = letter(message.partition() or 0, message.offset() or 0, headers_of(message))
        counts.update(halt for halt in found if dead is not None and _led_to(halt, dead))
    return counts


def _led_to(halt: Halt, dead: Letter) -> bool:
    source = dead.source
    return (source.topic, source.partition) == (halt.topic, halt.partition) and (
        source.offset < halt.offset and dead.rejected_at >= datetime.fromisoformat(halt.since) - DAY
    )
