"""The way of chosen dead letters back to the topics they came from."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from confluent_kafka import Consumer, KafkaException, Message

from processors.flow import Event
from schemas.topics import DEAD
from streams import librdkafka
from streams.operations.admin import QUIET, BrokerError
from streams.operations.letters import Choice, Letter, headers_of, letter, note, noted, original
from streams.operations.scanning import scan, starts
from streams.settings import Settings
from streams.transaction import FENCED, Aborted, Refused, Stuck, Transactions

BATCH = 200
BATCH_BYTES = 4 * 1024 * 1024
TRIES = 5
# A letter's own time is the worker's, the one it is found by may be the broker's.
SKEW = timedelta(hours=1)

Place = tuple[int, int]


class Redrive:
    """Sends dead letters back, each at most once, however often and with whatever choice it is run.

    A letter and the note that it was sent back are one transaction, so that a kill leaves both or neither.
    The note lies behind the letter in the same partition, so it lives as long as the letter does. Committed
    offsets could not serve: they can't express holes, and the broker forgets them in days while letters stay
    for weeks.
    """

    def __init__(self, settings: Settings, topics: Mapping[str, int]) -> None:
        """Ready to look; nothing is sent yet. `topics` says how many partitions each topic has."""
        self._topics = topics
        self._settings = settings
        self._topic = settings.topic_prefix + DEAD
        options = {**librdkafka.sender(settings, f"{settings.group}-redrive"), **QUIET}
        self._transactions = Transactions(options, settings.commit_deadline_ms / 1000, lambda: False)
        self._looker = Consumer({**librdkafka.onlooker(settings), **QUIET})

    def begin(self) -> None:
        """End another run of this command, wait for what it had open: only then do the notes tell all."""
        self._transactions.begin_with_the_broker(lambda: False)

    def choose(self, choice: Choice) -> list[Letter]:
        """The letters that are meant and were not yet sent back, in the order they lie in."""
        chosen: dict[Place, Letter] = {}
        sent: set[Place] = set()
        begin = starts(self._settings, self._topic, _since(choice.since))
        for message in scan(self._settings, self._topic, begin):
            partition, offset = _place(message)
            headers = headers_of(message)
            sent.update((partition, each) for each in noted(headers))
            found = letter(partition, offset, headers)
            if found is not None and choice.takes(found):
                chosen[partition, offset] = found
        return [each for place, each in sorted(chosen.items()) if place not in sent]

    def hindrance(self, each: Letter) -> str:
        """Why a letter can't go back, or nothing where it can."""
        if each.source.topic not in self._topics:
            return f"topic {each.source.topic} is gone"
        return "" if each.whole else "the record was too large for a letter; it is whole only at its source"

    def send(self, letters: Sequence[Letter], told: Callable[[int], None]) -> list[tuple[Letter, str]]:
        """Send these letters back, telling how many after each transaction; what no topic takes, with why."""
        refused: list[tuple[Letter, str]] = []
        for batch in _batches(self._read(letters)):
            refused += self._commit(batch)
            told(len(batch))
        return refused

    def _read(self, letters: Sequence[Letter]) -> Iterator[tuple[Letter, Message]]:
        """The letters with what they hold."""
        wanted = {(each.partition, each.offset): each for each in letters}
        firsts: dict[int, int] = {}
        for each in letters:
            firsts.setdefault(each.partition, each.offset)
        for message in scan(self._settings, self._topic, firsts):
            found = wanted.get(_place(message))
            if found is not None:
                yield found, message

    def _commit(self, batch: Sequence[tuple[Letter, Message]]) -> list[tuple[Letter, str]]:
        """Send a batch; where an output is refused, find it by halving, leave it where it is."""
        try:
            self._insist([self._back(*each) for each in batch] + self._notes(each for each, _ in batch))
        except Refused as refusal:
            half = len(batch) // 2
            if half == 0:
                return [(batch[0][0], str(refusal))]
            return self._commit(batch[:half]) + self._commit(batch[half:])
        return []

    def _insist(self, events: Sequence[Event]) -> None:
        """Commit; what was undone has left nothing behind and may be tried again."""
        for attempt in range(TRIES):
            try:
                return self._transactions.commit(events, [], self._looker.consumer_group_metadata())
            except Aborted as aborted:
                if attempt == TRIES - 1:
                    raise BrokerError(f"gave up, nothing is half sent ({aborted}); run it again") from None
            except KafkaException as error:
                if error.args[0].code() in FENCED:
                    raise BrokerError("another run of this command took over; it sends the rest") from None
                raise
            except Stuck as stuck:
                raise BrokerError(
                    f"the broker does not end the transaction ({stuck}); run it again"
                ) from None

    def _back(self, each: Letter, message: Message) -> Event:
        """The record as it came, to the partition it came from, where its neighbours by key are."""
        source = each.source
        partition = source.partition if source.partition < self._topics[source.topic] else None
        return Event(source.topic, message.key(), message.value(), original(headers_of(message)), partition)

    def _notes(self, letters: Iterable[Letter]) -> list[Event]:
        offsets = defaultdict(list)
        for each in letters:
            offsets[each.partition].append(each.offset)
        return [Event(self._topic, None, None, note(those), number) for number, those in offsets.items()]


def _place(message: Message) -> Place:
    return message.partition() or 0, message.offset() or 0


def _since(since: datetime | None) -> int | None:
    return None if since is None else int((since - SKEW).timestamp() * 1000)


def _batches(each: Iterable[tuple[Letter, Message]]) -> Iterator[list[tuple[Letter, Message]]]:
    """As many as fit into one transaction by count and by bytes."""
    batch: list[tuple[Letter, Message]] = []
    size = 0
    for one, message in each:
        batch.append((one, message))
        size += len(message.value() or b"")
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
