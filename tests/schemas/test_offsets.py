"""The note that rides in the metadata of an offset."""

from hypothesis import given
from hypothesis import strategies as some

from schemas.offsets import CLEAR, METADATA_LIMIT, OffsetNote, read, written

notes = some.builds(
    OffsetNote,
    tries=some.integers(0, 2**62),
    careful_until=some.integers(0, 2**62),
    halted=some.text(max_size=20),
)


@given(notes)
def test_what_was_written_is_read_the_same(note: OffsetNote) -> None:
    assert read(written(note)) == note


@given(notes)
def test_a_note_fits_into_the_metadata_that_a_broker_keeps(note: OffsetNote) -> None:
    assert len(written(note).encode()) < METADATA_LIMIT


def test_nothing_to_know_is_written_as_nothing() -> None:
    assert written(CLEAR) == ""
    assert read("") == read(None) == CLEAR


@given(some.text())
def test_metadata_of_others_counts_as_nothing(metadata: str) -> None:
    assert isinstance(read(metadata), OffsetNote)


def test_a_note_of_a_later_version_is_read_as_far_as_we_know_it() -> None:
    assert read('{"tries": 2, "chain": "abc"}') == OffsetNote(tries=2)


def test_a_note_with_wrong_types_counts_as_nothing() -> None:
    assert read('{"tries": "two"}') == CLEAR
    assert read("[1, 2]") == CLEAR
