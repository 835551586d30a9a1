"""The verifier finds what is planted, so that its silence means something."""

import random

import pytest

from tests.live.chaos.plan import ALWAYS, Kind, draw
from tests.live.chaos.samples import Sample, recovery, standstill
from tests.live.chaos.verify import Findings, Seen, Source, verify

KEYS = [b"anna", b"ben", b"carla"]


def source(offset: int, partition: int = 0) -> Source:
    return Source("in", partition, offset)


ASKED = {source(offset): KEYS[offset % 3] for offset in range(30)}
# Two output topics; a conversation keeps to one partition.
SEEN = [Seen(f"out-{offset % 2}", offset % 3, source(offset)) for offset in range(30)]


def test_a_faultless_run_is_clean() -> None:
    assert verify(ASKED, SEEN).clean


def test_topics_may_be_read_in_any_order() -> None:
    assert verify(ASKED, sorted(SEEN, key=lambda seen: (seen.topic, seen.partition))).clean


def test_a_loss_is_found() -> None:
    findings = verify(ASKED, [each for each in SEEN if each.source.offset != 7])
    assert (findings.missing, findings.clean) == ([source(7)], False)


def test_a_loss_at_the_very_end_is_found() -> None:
    assert verify(ASKED, SEEN[:-1]).missing == [source(29)]


def test_a_double_is_found_in_the_same_topic() -> None:
    findings = verify(ASKED, [*SEEN, SEEN[4]])
    assert (findings.twice, findings.clean) == ([source(4)], False)


def test_a_double_is_found_across_topics() -> None:
    assert verify(ASKED, [*SEEN, Seen("dead", 0, source(4))]).twice == [source(4)]


def test_a_loss_made_up_for_by_a_double_is_still_both() -> None:
    findings = verify(ASKED, [*SEEN[:7], SEEN[6], *SEEN[8:]])
    assert (findings.missing, findings.twice) == ([source(7)], [source(6)])


def test_a_disorder_within_a_conversation_is_found() -> None:
    swapped = [*SEEN[:6], SEEN[12], *SEEN[7:12], SEEN[6], *SEEN[13:]]
    assert verify(ASKED, swapped).disordered == [source(6)]


def test_conversations_may_overtake_each_other() -> None:
    assert verify(ASKED, [SEEN[1], SEEN[0], *SEEN[2:]]).clean


def test_a_conversation_that_changes_its_partition_is_found() -> None:
    moved = [*SEEN[:-1], SEEN[-1]._replace(partition=9)]
    assert verify(ASKED, moved).astray == [source(29)]


def test_an_answer_nobody_asked_for_is_found() -> None:
    findings = verify(ASKED, [*SEEN, Seen("out-0", 0, source(99))])
    assert (findings.astray, findings.clean) == ([source(99)], False)


@pytest.mark.parametrize("seed", range(20))
def test_any_single_change_is_found(seed: int) -> None:
    dice = random.Random(seed)
    changed = list(SEEN)
    victim = dice.randrange(len(changed))
    match seed % 3:
        case 0:
            del changed[victim]
        case 1:
            changed.insert(dice.randrange(len(changed)), changed[victim])
        case 2:
            other = (victim + 6) % len(changed)
            changed[victim], changed[other] = changed[other], changed[victim]
    assert not verify(ASKED, changed).clean


def test_what_is_wrong_is_said_with_examples() -> None:
    said = Findings(asked=3, missing=[source(1), source(2)]).lines()
    assert said == [f"missing: 2, such as {[source(1), source(2)]}"]


def sample(at: float, *committed: int, end: int = 100) -> Sample:
    return Sample(at, dict(enumerate(committed)), dict.fromkeys(range(len(committed)), end))


def test_recovery_is_the_time_of_the_slowest_partition() -> None:
    samples = [sample(0, 5, 5), sample(1, 5, 5), sample(3, 6, 5), sample(7, 9, 6)]
    assert recovery(samples, 1, [0, 1]) == 6
    assert recovery(samples, 1, [0]) == 2


def test_a_partition_that_never_commits_again_has_no_recovery() -> None:
    assert recovery([sample(1, 5), sample(60, 5)], 1, [0]) is None


def test_an_idle_partition_needs_no_recovery() -> None:
    assert recovery([sample(1, 100), sample(9, 100)], 1, [0]) == 0


def test_a_commit_during_an_outage_counts_as_recovery() -> None:
    assert recovery([sample(0, 5), sample(8, 9), sample(9, 12)], 1, [0]) == 7


def test_a_standstill_is_found_with_its_place() -> None:
    samples = [sample(at, at, 7 if at > 10 else at) for at in range(50)]
    worst = standstill(samples)
    assert (worst.partition, worst.seconds, worst.since) == (1, 38, 11)


def test_nothing_waiting_is_no_standstill() -> None:
    assert standstill([sample(at, 100) for at in range(50)]).seconds == 0


def test_an_outage_of_the_broker_is_no_standstill() -> None:
    assert standstill([sample(0, 5), sample(1, 5), sample(40, 5), sample(41, 5)]).seconds == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_draws_the_same_faults_again(seed: int) -> None:
    faults = draw(seed, 8, 3)
    assert draw(seed, 8, 3) == faults
    assert set(ALWAYS) <= {fault.kind for fault in faults}
    assert all(fault.hold > 10 for fault in faults if fault.kind is Kind.FREEZE)
    assert sorted(faults, key=lambda fault: fault.at) == list(faults)


def test_one_kind_alone_can_be_drawn_again_and_again() -> None:
    assert [fault.kind for fault in draw(1, 20, 3, Kind.BROKER)] == [Kind.BROKER] * 20
