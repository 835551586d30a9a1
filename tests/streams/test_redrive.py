"""What a dead letter says, which ones are chosen, what goes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.book import book
from processors.desk import Desk
from processors.flow import Event, Record, Source
from processors.reject import reject
from schemas.catalog import Catalog, Intent, Snapshot
from schemas.events import Target
from schemas.vocabulary import Cause, RiskClass, TargetKind
from streams.commands.moment import Moment
from streams.operations.letters import Choice, Letter, letter, note, noted, original

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SOURCE = Source("messages.inbound", 3, 812)
LETTER = Letter(0, 7, Cause.BAD_JSON, "truncated", SOURCE, NOW)


def rejected(headers: tuple[tuple[str, bytes | None], ...], cause: Cause = Cause.BAD_JSON) -> Event:
    """The dead letter that a worker writes of a record with these headers."""
    intents = {"a.b": Intent(RiskClass.READ_ONLY, Target(TargetKind.WORKFLOW, "a.b"))}
    desk = Desk({"default": book(Snapshot(Catalog("default", intents), "hash"))}, now=NOW.timestamp())
    return reject(Record(SOURCE, b"c-1", b"{", headers, 0), cause, "truncated", desk)[0]


def test_a_letter_says_where_it_came_from_and_why() -> None:
    found = letter(0, 7, rejected((("origin", b"web"),)).headers)
    assert found == LETTER


headers = st.lists(st.tuples(st.text(max_size=8), st.none() | st.binary(max_size=8)), max_size=6).map(tuple)


@given(headers)
def test_the_headers_of_a_record_come_back_byte_for_byte(own: tuple[tuple[str, bytes | None], ...]) -> None:
    assert original(rejected(own).headers) == [*own, ("intent_redriven", b"1")]


def test_a_record_rejected_twice_is_marked_once_and_keeps_its_own_headers() -> None:
    once = original(rejected((("intent_kind", b"the customer's own"),)).headers)
    twice = original(rejected(tuple(once)).headers)
    assert twice == once == [("intent_kind", b"the customer's own"), ("intent_redriven", b"1")]


@pytest.mark.parametrize(
    "headers", [[], [("intent_kind", b"bad_json")], [("origin", b"x")] * 6, note([1, 2])]
)
def test_what_is_no_letter_is_none(headers: list[tuple[str, bytes | None]]) -> None:
    assert letter(0, 7, headers) is None


@given(st.frozensets(st.integers(0, 2**40), min_size=1, max_size=300))
def test_a_note_names_what_was_sent_back(offsets: frozenset[int]) -> None:
    assert noted(note(offsets)) == offsets


def test_a_letter_is_no_note() -> None:
    assert noted(rejected(()).headers) == frozenset()
    assert noted([]) == frozenset()


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Choice(), True),
        (Choice(causes=frozenset({"bad_json", "tombstone"})), True),
        (Choice(causes=frozenset({"tombstone"})), False),
        (Choice(since=NOW), True),
        (Choice(since=NOW + timedelta(microseconds=1)), False),
        (Choice(topic="messages.inbound", partition=3, offset=812), True),
        (Choice(topic="messages.priority"), False),
        (Choice(partition=2), False),
        (Choice(partition=0), False),
        (Choice(offset=0), False),
    ],
)
def test_a_letter_is_meant_where_nothing_excludes_it(choice: Choice, meant: bool) -> None:
    assert choice.takes(LETTER) is meant


def test_a_letter_whose_value_stayed_at_its_source_is_not_whole() -> None:
    left = replace(
        LETTER, cause=Cause.UNDELIVERABLE, detail="too large; its value of 9 bytes is left at its source"
    )
    assert not left.whole
    assert LETTER.whole
    assert replace(left, cause=Cause.BAD_JSON).whole


@pytest.mark.parametrize(
    ("text", "ago"),
    [("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)), ("1.5d", timedelta(hours=36))],
)
def test_a_moment_may_be_told_by_how_long_ago_it_was(text: str, ago: timedelta) -> None:
    moment = Moment().convert(text, None, None)
    assert abs(datetime.now(UTC) - ago - moment) < timedelta(seconds=5)


def test_a_moment_without_a_zone_is_in_utc() -> None:
    assert Moment().convert("2026-11-21T10:00:00", None, None) == NOW
    assert Moment().convert("2026-11-21T11:00:00+01:00", None, None) == NOW


@pytest.mark.parametrize("text", ["yesterday", "h", "xd", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Moment().convert(text, None, None)
