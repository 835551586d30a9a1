"""`intents redrive` on a real broker: chosen dead letters go back, each at most once."""

import contextlib
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition

from schemas import topics as wanted
from schemas.dead import CAUSE_HEADERS
from tests.ground import redis
from tests.ground.process import wait_until
from tests.ground.reading import ends
from tests.ground.topics import Topics
from tests.live.command import Ran, intents
from tests.live.stand import Stand, body, headers_of

MANY = 10_000
BROKEN = b'{"text": "no end"'
LONG = b'{"text": "where is my parcel, it was to come on monday, and today is friday, so where is it"}'


@pytest.fixture
def stand(topics: Topics, redis_server: redis.Server, tmp_path: Path) -> Iterator[Stand]:
    topics.create(partitions=2)
    stand = Stand(topics, redis_server.url, tmp_path, {"INTENTS_GUARD_SHARE": "1"})
    yield stand
    stand.end()


def test_a_letter_goes_back_as_it_came_and_may_go_again_once_rejected_again(stand: Stand) -> None:
    stand.worker()
    stand.send([BROKEN], key="c-1", headers=[("origin", b"\x00\xff"), ("origin", None)])
    wait_until(lambda: len(letters(stand)) == 1, 40, "the dead letter")
    assert redrive(stand).out.endswith("1 in all: 1 bad_json\n1 went back\n")
    (original, again) = inbound(stand)
    assert (again.key(), again.value(), again.partition()) == (b"c-1", BROKEN, original.partition())
    assert headers(again) == [*headers(original), ("intent_redriven", b"1")]
    wait_until(lambda: len(letters(stand)) == 2, 40, "the second letter")
    assert redrive(stand).out.endswith("1 went back\n")
    assert headers(inbound(stand)[-1]) == headers(again)


def test_what_can_be_read_by_now_is_answered_and_flagged(stand: Stand) -> None:
    """Here it is the limit that was raised in the meantime."""
    worker = stand.worker(INTENTS_RECORD_BYTES="60")
    stand.send([LONG])
    wait_until(lambda: len(letters(stand)) == 1, 40, "the dead letter")
    worker.process.kill()
    assert redrive(stand, "--cause", "too_large").status == 0
    stand.worker()
    wait_until(lambda: len(stand.audits()) == 2, 40, "the answer")
    assert ["redriven" in body(audit)["flags"] for audit in by_offset(stand.audits())] == [False, True]


def test_what_went_back_does_not_go_again(stand: Stand) -> None:
    lay_down(stand, [("bad_json", BROKEN)] * 5)
    assert redrive(stand).out.endswith("5 went back\n")
    assert redrive(stand).out == "no dead letters to send back\n"
    assert len(inbound(stand)) == 5


def test_what_was_not_chosen_can_be_chosen_later(stand: Stand) -> None:
    lay_down(stand, [("bad_json", b"1"), ("wrong_type", b"2"), ("tombstone", None), ("bad_json", b"3")])
    assert redrive(stand, "--cause", "wrong_type").out.endswith("1 went back\n")
    assert redrive(stand, "--cause", "bad_json", "--limit", "1").out.endswith("1 went back\n")
    assert redrive(stand, "--since", "2099-01-01T00:00:00Z").out == "no dead letters to send back\n"
    assert redrive(stand).out.endswith("2 went back\n")
    assert values(inbound(stand)) == [b"", b"1", b"2", b"3"]


def test_one_record_is_chosen_by_the_place_it_came_from(stand: Stand) -> None:
    lay_down(stand, [("bad_json", b"1"), ("wrong_type", b"2"), ("bad_json", b"3")])
    place = ("--topic", stand.topics.name(wanted.INBOUND), "--partition", "0")
    assert redrive(stand, *place, "--offset", "1").out.endswith("1 in all: 1 wrong_type\n1 went back\n")
    assert redrive(stand, "--topic", "elsewhere").out == "no dead letters to send back\n"
    assert values(inbound(stand)) == [b"2"]


def test_a_dry_run_and_a_pipe_without_consent_send_nothing(stand: Stand) -> None:
    lay_down(stand, [("bad_json", BROKEN)])
    assert redrive(stand, "--dry-run").out.endswith("1 in all: 1 bad_json\n")
    ran = intents(stand.environment("operator", 6066), "redrive")
    assert ran.status == 1
    assert "add --yes" in ran.err
    assert inbound(stand) == []


def test_letters_that_can_not_go_back_are_told_and_stay(stand: Stand) -> None:
    """One too large even for a dead letter is whole only where it came from."""
    left = "too large; its value of 9 bytes is left at its source"
    lay_down(stand, [("undeliverable", None)], left)
    lay_down(stand, [("bad_json", BROKEN)], topic="gone.inbound")
    ran = redrive(stand)
    assert ran.out == "no dead letters to send back\n"
    assert "1 can't be sent back: the record was too large for a letter" in ran.err
    assert "1 can't be sent back: topic gone.inbound is gone" in ran.err


def test_a_letter_that_no_topic_takes_holds_up_no_other(stand: Stand) -> None:
    """The inbound topic takes a mebibyte; the dead letters, with what they carry beside, take two."""
    large = random.Random(0).randbytes(1_500_000)
    lay_down(stand, [("bad_json", b"1"), ("too_large", large), ("bad_json", b"2")])
    ran = redrive(stand)
    assert ran.status == 1
    assert ran.out.endswith("2 went back\n")
    assert ran.err.startswith(f"intents: {stand.topics.name(wanted.INBOUND)}/0/1: ")
    assert values(inbound(stand)) == [b"1", b"2"]


def test_killed_in_the_middle_and_run_again_each_goes_back_exactly_once(stand: Stand) -> None:
    lay_down(stand, [("step_failed", b"%d" % number) for number in range(MANY)])
    for _ in range(3):
        with at_the_end_of_inbound(stand) as consumer:
            process = start(stand)
            assert consumer.poll(30) is not None
            process.kill()
            process.wait()
    went = len(inbound(stand))
    assert redrive(stand).status == 0
    assert 0 < went < MANY, "no kill came in the middle"
    assert values(inbound(stand)) == sorted(b"%d" % number for number in range(MANY))


def test_of_two_runs_at_once_the_later_goes_on_where_it_ends_the_earlier(stand: Stand) -> None:
    lay_down(stand, [("step_failed", b"%d" % number) for number in range(MANY)])
    with at_the_end_of_inbound(stand) as consumer:
        # Paused for longer than a commit may take, as a busy machine does it.
        first = start(stand, INTENTS_COMMIT_DEADLINE_MS="1000")
        assert consumer.poll(30) is not None
        first.send_signal(signal.SIGSTOP)
    second = redrive(stand)
    first.send_signal(signal.SIGCONT)
    _, said = first.communicate(timeout=30)
    assert second.status == 0, second.err
    assert first.returncode == 1
    assert "another run of this command took over" in said
    assert values(inbound(stand)) == sorted(b"%d" % number for number in range(MANY))


def redrive(stand: Stand, *words: str) -> Ran:
    """The command, with consent."""
    return intents(stand.environment("operator", 6066), "redrive", "--yes", *words)


def start(stand: Stand, **more: str) -> "subprocess.Popen[str]":
    """The same as a process that may be killed."""
    command = [sys.executable, "-m", "streams.cli", "redrive", "--yes"]
    environment = {**stand.environment("operator", 6066), **more}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=pipe, text=True)


def inbound(stand: Stand) -> list[Message]:
    """Everything that lies on the inbound topic."""
    return stand.answers_on(wanted.INBOUND)


def letters(stand: Stand) -> list[Message]:
    """The dead letters, without the notes of what was sent back."""
    return [each for each in stand.answers_on(wanted.DEAD) if "intent_kind" in headers_of(each)]


@contextlib.contextmanager
def at_the_end_of_inbound(stand: Stand) -> Iterator[Consumer]:
    """Sees what comes to the inbound topic from now on."""
    settings = {"group.id": "look", "isolation.level": "read_committed", "fetch.wait.max.ms": 10}
    consumer = Consumer({"bootstrap.servers": stand.topics.bootstrap, **settings})
    lane = stand.topics.name(wanted.INBOUND)
    found = ends(stand.topics.bootstrap, [lane], "read_committed")
    consumer.assign([TopicPartition(*place, end) for place, end in found.items()])
    yield consumer
    consumer.close()


def lay_down(
    stand: Stand, causes: Sequence[tuple[str, bytes | None]], detail: str = "", topic: str | None = None
) -> None:
    """Dead letters as a worker would write them, of records from offset 0 on in partition 0."""
    options = {"bootstrap.servers": stand.topics.bootstrap, "linger.ms": 50, "message.max.bytes": 2_000_000}
    producer = Producer(options)
    source = topic or stand.topics.name(wanted.INBOUND)
    for offset, (cause, value) in enumerate(causes):
        said = [cause, detail, source, "0", str(offset), "2026-11-21T10:00:00.000000Z"]
        named: list[tuple[str, str | bytes | None]] = list(zip(CAUSE_HEADERS, said, strict=True))
        producer.produce(stand.topics.name(wanted.DEAD), value, headers=named)
        producer.poll(0)
    assert producer.flush(30) == 0


def headers(message: Message) -> list[tuple[str, bytes | None]]:
    """The headers of a record in their order."""
    found: list[tuple[str, Any]] = list(message.headers() or [])  # type: ignore[arg-type]
    return found


def values(messages: list[Message]) -> list[bytes]:
    """What these records hold, sorted."""
    return sorted(message.value() or b"" for message in messages)


def by_offset(messages: list[Message]) -> list[Message]:
    """In the order in which they were written."""
    return sorted(messages, key=lambda message: message.offset() or 0)
