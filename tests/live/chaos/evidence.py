"""What lies on the topics after a run."""

from collections.abc import Collection, Iterator

import msgspec
from confluent_kafka import Message

from schemas.dead import OFFSET, PARTITION, TOPIC
from schemas.topics import ANSWERS, AUDIT, DEAD, INBOUND
from tests.ground.reading import committed, ends
from tests.ground.topics import Topics
from tests.live.chaos.verify import Findings, Seen, Source, verify

READ_S = 300.0


class _Named(msgspec.Struct):
    topic: str
    partition: int
    offset: int


class _Output(msgspec.Struct):
    source: _Named


_decode = msgspec.json.Decoder(_Output).decode


def closed(topics: Topics) -> bool:
    """Whether no transaction is open on what was answered."""
    names = sorted({topics.name(base) for base in (*ANSWERS.values(), AUDIT)})
    seen, written = (
        ends(topics.bootstrap, names, isolation) for isolation in ("read_committed", "read_uncommitted")
    )
    return seen == written


def asked(topics: Topics) -> dict[Source, bytes]:
    """Every inbound record with the key of its conversation."""
    inbound = committed(topics.bootstrap, [topics.name(INBOUND)], READ_S)
    return {_position(message): message.key() or b"" for message in inbound}


def answers(topics: Topics, questions: dict[Source, bytes]) -> Findings:
    """What is wrong with the answers, dead letters among them."""
    names = sorted({topics.name(base) for base in ANSWERS.values()})
    return verify(questions, (_seen(message) for message in committed(topics.bootstrap, names, READ_S)))


def audit(topics: Topics, questions: dict[Source, bytes]) -> Findings:
    """What is wrong with the audit: it promises more, the order of the whole source partition in its own."""
    lines = committed(topics.bootstrap, [topics.name(AUDIT)], READ_S)
    partitions = {source: str(source.partition).encode() for source in questions}
    findings = verify(partitions, strays := _Strays(_seen(message) for message in lines))
    findings.astray += strays.found
    return findings


def copies(topics: Topics, wanted: Collection[Source]) -> list[str]:
    """Where what was said of these sources lies, and when the broker was given it: which transaction it came with."""
    if not wanted:
        return []
    names = sorted({topics.name(base) for base in (*ANSWERS.values(), AUDIT)})
    return [
        f"{seen.source.topic}/{seen.source.partition}@{seen.source.offset}: "
        f"{seen.topic}/{seen.partition}@{message.offset()} at {message.timestamp()[1]}"
        for message in committed(topics.bootstrap, names, READ_S)
        if (seen := _seen(message)).source in wanted
    ]


class _Strays:
    """Passes audit lines on, keeps those that lie in another partition than their source."""

    def __init__(self, lines: Iterator[Seen]) -> None:
        self._lines = lines
        self.found: list[Source] = []

    def __iter__(self) -> Iterator[Seen]:
        for line in self._lines:
            if line.partition != line.source.partition:
                self.found.append(line.source)
            yield line


def _seen(message: Message) -> Seen:
    topic, partition, _ = _position(message)
    return Seen(topic, partition, _of_dead(message) if topic.endswith(DEAD) else _of_json(message))


def _of_json(message: Message) -> Source:
    named = _decode(message.value() or b"").source
    return Source(named.topic, named.partition, named.offset)


def _of_dead(message: Message) -> Source:
    """A dead letter keeps its own bytes; where it comes from stands in its headers."""
    headers = dict(message.headers() or [])
    return Source(_word(headers[TOPIC]), int(_word(headers[PARTITION])), int(_word(headers[OFFSET])))


def _word(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _position(message: Message) -> Source:
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None
    assert partition is not None
    assert offset is not None
    return Source(topic, partition, offset)
