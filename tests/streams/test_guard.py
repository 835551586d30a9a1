"""The guard trips on too large a share of rejected records, each counted once."""

import pytest

from processors.flow import Record
from streams.guard import Guard
from tests.streams.ground import record


def records(*offsets: int, partition: int = 0) -> list[Record]:
    return [record(offset, partition) for offset in offsets]


def test_a_share_at_the_limit_does_not_trip_and_one_more_does() -> None:
    guard = Guard(share=0.5, window=10)
    assert not guard.trips(records(*range(5)), [True] * 5)
    assert guard.trips(records(5), [True])


@pytest.mark.parametrize("size", [1, 7, 64, 700])
def test_what_counts_are_the_last_records_of_the_window_however_they_are_batched(size: int) -> None:
    guard = Guard(share=0.5, window=100)
    flags = [offset % 2 == 0 for offset in range(700)]
    tripped = [
        guard.trips(records(*range(at, min(at + size, 700))), flags[at : at + size])
        for at in range(0, 700, size)
    ]
    assert (any(tripped), guard.rejected) == (False, 50)


def test_old_rejections_leave_the_window() -> None:
    guard = Guard(share=0.5, window=10)
    guard.trips(records(*range(5)), [True] * 5)
    guard.trips(records(*range(5, 15)), [False] * 10)
    assert not guard.trips(records(*range(15, 20)), [True] * 5)


def test_a_batch_read_again_after_an_undone_transaction_counts_once() -> None:
    guard = Guard(share=0.5, window=10)
    for _ in range(5):
        assert not guard.trips(records(0, 1, 2, 3), [True, True, True, False])
    assert guard.rejected == 3


def test_a_batch_that_trips_trips_again_when_it_is_read_again() -> None:
    guard = Guard(share=0.5, window=4)
    assert guard.trips(records(0, 1, 2), [True] * 3)
    assert guard.trips(records(0, 1, 2), [True] * 3)


def test_the_same_offset_of_another_partition_is_another_record() -> None:
    guard = Guard(share=0.5, window=4)
    guard.trips(records(0, 1), [True] * 2)
    assert guard.trips(records(0, 1, partition=1), [True] * 2)


def test_a_share_of_one_never_trips() -> None:
    guard = Guard(share=1, window=10)
    assert not guard.trips(records(*range(50)), [True] * 50)
