"""Which offsets are committed for which records, under which notes."""

from confluent_kafka import TopicPartition

from schemas.offsets import CLEAR, OffsetNote
from streams.reading import commitment, first_offsets, offsets_after
from tests.streams.ground import LANE, reading, record

BOTH = {(LANE, 0): CLEAR, (LANE, 1): OffsetNote(careful_until=90)}


def plain(offsets: list[TopicPartition]) -> list[tuple[int, int, str | None]]:
    return [(each.partition, each.offset, each.metadata) for each in offsets]


def test_the_offset_behind_the_last_record_of_each_partition_is_committed() -> None:
    records = [record(5), record(80, partition=1), record(6), record(8)]
    assert plain(offsets_after(records, BOTH)) == [(0, 9, ""), (1, 81, '{"carefulUntil":90}')]


def test_a_part_of_a_batch_moves_only_the_partitions_it_has_records_of() -> None:
    assert plain(offsets_after([record(5)], BOTH)) == [(0, 6, "")]


def test_a_batch_begins_in_each_partition_at_its_first_record_there() -> None:
    records = [record(5), record(80, partition=1), record(6), record(81, partition=1)]
    assert first_offsets(records) == {(LANE, 0): 5, (LANE, 1): 80}


def test_a_mark_is_committed_where_it_stands_not_behind_it() -> None:
    assert plain([commitment((LANE, 0), 7, OffsetNote(tries=1))]) == [(0, 7, '{"tries":1}')]


def test_a_halted_batch_leaves_word_in_every_partition_it_was_read_from() -> None:
    halted = reading(5, 6, note=OffsetNote(careful_until=90)).halted("10:00")
    assert halted.notes == {(LANE, 0): OffsetNote(halted="10:00")}


def test_a_mark_taken_back_counts_one_try_less_and_keeps_the_care() -> None:
    begun = reading(5, mark=OffsetNote(tries=1, careful_until=90))
    assert begun.unbegun().marks == {(LANE, 0): (5, OffsetNote(careful_until=90))}
    assert begun.unbegun().batch is begun.batch
