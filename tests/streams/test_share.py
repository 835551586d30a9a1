"""What a worker knows of its partitions: how often a place was begun, where care is needed."""

from schemas.offsets import CLEAR, OffsetNote
from streams.share import CAREFUL_STRETCH, Owned, Share

HERE = ("messages.inbound", 0)
THERE = ("messages.inbound", 1)


def begun(note: OffsetNote, offset: int = 100) -> Owned:
    """A partition that a new process settled at an offset under a note."""
    owned = Owned()
    owned.settle(offset, note)
    return owned


def ended_there(processes: int, offset: int = 100) -> OffsetNote:
    """The note left by processes that each began at the offset and ended without an answer."""
    note = CLEAR
    for _ in range(processes):
        note = begun(note, offset).mark(offset)
    return note


def test_the_first_batch_of_a_partition_is_marked_and_the_next_is_not() -> None:
    owned = begun(CLEAR)
    assert owned.must_mark(100)
    assert owned.mark(100) == OffsetNote(tries=1)
    assert owned.after(150) == CLEAR
    assert not owned.must_mark(150)


def test_a_gap_before_the_first_record_does_not_matter() -> None:
    owned = begun(CLEAR, offset=-1001)
    assert owned.must_mark(0)
    assert owned.mark(0) == OffsetNote(tries=1)


def test_a_rewind_to_a_mark_of_our_own_counts_no_further_try() -> None:
    owned = begun(CLEAR)
    note = owned.mark(100)
    owned.settle(100, note)
    assert not owned.must_mark(100)


def test_a_rewind_to_the_mark_of_another_process_counts_one() -> None:
    assert begun(OffsetNote(tries=1)).mark(100) == OffsetNote(tries=2)


def test_the_third_process_leaves_word_to_be_careful() -> None:
    assert ended_there(3) == OffsetNote(tries=1, careful_until=100 + CAREFUL_STRETCH)


def test_while_careful_each_record_is_marked_by_itself() -> None:
    owned = begun(ended_there(3))
    assert owned.must_mark(100)
    owned.mark(100)
    assert not owned.must_mark(100)
    assert owned.after(101) == OffsetNote(careful_until=100 + CAREFUL_STRETCH)
    assert owned.must_mark(101)
    assert owned.mark(101).tries == 1


def test_a_record_is_condemned_once_it_ended_the_process_alone() -> None:
    owned = begun(ended_there(4))
    owned.mark(100)
    assert owned.condemned(100)


def test_no_record_is_condemned_before_it_was_begun_alone() -> None:
    for processes in range(4):
        owned = begun(ended_there(processes))
        owned.mark(100)
        assert not owned.condemned(100), processes


def test_behind_the_careful_stretch_reading_is_as_ever() -> None:
    owned = begun(OffsetNote(careful_until=110), offset=109)
    assert owned.careful(109)
    assert owned.after(110) == CLEAR
    assert not owned.careful(110)


def test_partitions_are_settled_one_by_one() -> None:
    share = Share()
    share.take([HERE, THERE])
    assert share.unsettled() == [HERE, THERE]
    share.owned[HERE].settle(5, CLEAR)
    assert (share.settled(), share.unsettled()) == ([HERE], [THERE])
    share.unsettle()
    assert share.unsettled() == [HERE, THERE]


def test_what_is_given_away_is_forgotten() -> None:
    share = Share()
    share.take([HERE, THERE])
    share.give([HERE, ("messages.inbound", 9)])
    assert list(share.owned) == [THERE]


def test_one_partition_in_need_of_care_makes_the_worker_careful() -> None:
    share = Share()
    share.take([HERE, THERE])
    share.owned[HERE].settle(5, CLEAR)
    assert not share.careful()
    share.owned[THERE].settle(5, OffsetNote(careful_until=6))
    assert share.careful()
    share.owned[THERE].after(6)
    assert not share.careful()
