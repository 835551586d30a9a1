"""What leaves by the outbox leaves in order, whole, once; what was undone is not passed by."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from processors.flow import Answers, Event
from schemas.offsets import OffsetNote
from streams.ending import BROKEN, HALTED
from streams.flight import Flight
from streams.lanes import PRIORITY
from streams.outbox import FAILURES_BEFORE_THE_END, SMALL, UNDELIVERABLE, Outbox, Parcel
from streams.reading import Reading
from tests.streams.ground import Ledger, answers, await_true, bury, reading

ROOT = Path(__file__).parents[2]
Start = Callable[[Ledger], Outbox]


@pytest.fixture
def flight() -> Flight:
    return Flight()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts an outbox over a ledger; ends it with the test."""
    started: list[Outbox] = []

    def over(ledger: Ledger) -> Outbox:
        outbox = Outbox(ledger, bury, lambda answers, seconds: None)
        outbox.start()
        started.append(outbox)
        return outbox

    yield over
    for outbox in started:
        outbox.stop()
        outbox.join()


def parcel(flight: Flight, of: Reading) -> Parcel:
    flight.take_off()
    return Parcel(replace(of, flight=flight), answers(of.batch))


def sent(numbers: range) -> list[str]:
    return [f"out:{number}" for number in numbers]


def test_parcels_leave_in_their_order_with_the_offset_behind_them(flight: Flight, start: Start) -> None:
    ledger = Ledger()
    outbox = start(ledger)
    outbox.put(parcel(flight, reading(0, 1, 2)))
    outbox.put(parcel(flight, reading(3, 4)))
    assert flight.wait_empty(5)
    assert (ledger.events, ledger.position()) == (sent(range(5)), 5)


@pytest.mark.parametrize(("records", "goes_on"), [(1, False), (SMALL - 1, False), (SMALL, True)])
def test_only_while_a_large_parcel_is_committed_the_next_batch_is_read(
    flight: Flight, start: Start, records: int, goes_on: bool
) -> None:
    begun, go = threading.Event(), threading.Event()

    def commit() -> None:
        begun.set()
        _wait(go)

    ledger = Ledger(before=commit)
    assert flight.wait_turn(0)
    start(ledger).put(parcel(flight, reading(*range(records))))
    assert begun.wait(5)
    assert flight.wait_turn(0.1) is goes_on
    go.set()
    assert goes_on or flight.wait_turn(5)


def test_a_parcel_of_an_older_epoch_is_dropped(flight: Flight, start: Start) -> None:
    ledger = Ledger()
    waiting = parcel(flight, reading(0, 1))
    flight.raise_epoch()
    start(ledger).put(waiting)
    assert flight.wait_empty(5)
    assert ledger.committed == []


def test_an_undone_transaction_makes_void_what_was_read_behind_it(flight: Flight, start: Start) -> None:
    ledger = Ledger(undoes=["the coordinator moved"])
    outbox = start(ledger)
    outbox.put(parcel(flight, reading(0)))
    outbox.put(parcel(flight, reading(1)))
    assert flight.wait_empty(5)
    assert (ledger.committed, flight.epoch, flight.failures) == ([], 1, 1)


def test_a_mark_behind_an_undone_transaction_is_not_written(flight: Flight, start: Start) -> None:
    go = threading.Event()
    ledger = Ledger(undoes=["the coordinator moved"], before=lambda: _wait(go))
    outbox = start(ledger)
    outbox.put(parcel(flight, reading(10)))
    went: list[bool] = []
    behind = reading(11, mark=OffsetNote(tries=1, careful_until=500), flight=flight)
    marking = threading.Thread(target=lambda: went.append(outbox.mark(behind)))
    marking.start()
    go.set()
    marking.join(5)
    assert (went, ledger.position()) == ([False], -1)


def test_a_mark_that_counts_is_written_where_the_batch_begins(flight: Flight, start: Start) -> None:
    ledger = Ledger()
    assert start(ledger).mark(reading(7, 8, mark=OffsetNote(tries=1)))
    assert ledger.committed == [((), {0: (7, '{"tries":1}')})]


@pytest.mark.parametrize("culprits", [{0}, {4}, {2, 3}, {0, 1, 2, 3, 4}])
def test_refused_outputs_are_buried_while_the_others_go_out_once_in_order(
    flight: Flight, start: Start, culprits: set[int]
) -> None:
    refused = {f"out:{number}" for number in culprits}
    ledger = Ledger(refuses=lambda events: any(_said(event) in refused for event in events))
    start(ledger).put(parcel(flight, reading(*range(5))))
    assert flight.wait_empty(5)
    assert ledger.events == [f"{'dead' if n in culprits else 'out'}:{n}" for n in range(5)]
    assert ledger.position() == 5


def test_a_dead_letter_that_is_refused_too_leaves_behind_what_is_too_large(
    flight: Flight, start: Start
) -> None:
    ledger = Ledger(refuses=lambda events: any(event.value for event in events))
    start(ledger).put(parcel(flight, reading(0)))
    assert flight.wait_empty(5)
    assert (ledger.events, ledger.position()) == (["dead:"], 1)


def test_a_dead_letter_with_too_much_key_and_headers_leaves_these_behind(
    flight: Flight, start: Start
) -> None:
    ledger = Ledger(refuses=lambda events: any(event.key for event in events))
    start(ledger).put(parcel(flight, reading(0)))
    assert flight.wait_empty(5)
    assert (ledger.events, ledger.position()) == (["dead:"], 1)


def test_what_a_part_of_a_batch_committed_stays_when_a_later_part_is_undone(
    flight: Flight, start: Start
) -> None:
    ledger = Ledger(refuses=lambda events: len(events) > 1)

    def undo_the_second() -> None:
        if ledger.position() == 1 and not flight.failures:
            ledger.undoes = ["the coordinator moved"]

    ledger.before = undo_the_second
    start(ledger).put(parcel(flight, reading(0, 1)))
    assert flight.wait_empty(5)
    assert (ledger.events, ledger.position(), flight.epoch) == (["out:0"], 1, 1)


def test_an_undone_transaction_of_one_lane_leaves_the_others_as_they_are(start: Start) -> None:
    normal, urgent = Flight(), Flight(PRIORITY)
    ledger = Ledger(undoes=["the coordinator moved"])
    outbox = start(ledger)
    outbox.put(parcel(normal, reading(0)))
    outbox.put(parcel(urgent, reading(1)))
    assert normal.wait_empty(5)
    assert urgent.wait_empty(5)
    assert (ledger.events, normal.epoch, urgent.epoch) == (["out:1"], 1, 0)


def test_the_outbox_shows_since_when_it_is_busy(flight: Flight, start: Start) -> None:
    go = threading.Event()
    outbox = start(Ledger(before=lambda: _wait(go)))
    outbox.put(parcel(flight, reading(0)))
    await_true(lambda: outbox.busy_since > 0)
    go.set()
    assert flight.wait_empty(5)
    await_true(lambda: outbox.busy_since == 0)


def test_what_waits_is_sent_before_the_end(flight: Flight, start: Start) -> None:
    ledger = Ledger()
    outbox = start(ledger)
    for number in range(20):
        outbox.put(parcel(flight, reading(number)))
    outbox.stop()
    outbox.join(5)
    assert ledger.events == sent(range(20))


def test_commits_are_counted_once_they_count(flight: Flight) -> None:
    counted: list[Answers] = []
    outbox = Outbox(Ledger(undoes=["once"]), bury, lambda answers, _: counted.append(answers))
    outbox.start()
    outbox.put(parcel(flight, reading(0)))
    assert flight.wait_empty(5)
    again = parcel(flight, reading(0, epoch=1))
    outbox.put(again)
    assert flight.wait_empty(5)
    outbox.stop()
    outbox.join()
    assert counted == [again.answers]


def test_a_buried_record_is_counted_as_what_became_of_it(flight: Flight) -> None:
    counted: list[tuple[object, object]] = []
    ledger = Ledger(refuses=lambda events: any(event.value == b"1" for event in events))
    outbox = Outbox(ledger, bury, lambda answers, _: counted.extend(answers.outcomes))
    outbox.start()
    outbox.put(parcel(flight, reading(0, 1, 2)))
    assert flight.wait_empty(5)
    outbox.stop()
    outbox.join()
    assert [outcome == UNDELIVERABLE for outcome in counted] == [False, True, False]


def test_transactions_undone_again_and_again_end_the_process() -> None:
    ended = _in_a_process(
        f"ledger = Ledger(undoes=['the broker refuses'] * {FAILURES_BEFORE_THE_END})",
        f"for epoch in range({FAILURES_BEFORE_THE_END}): put(reading(0, epoch=epoch)); flight.wait_empty(5)",
    )
    assert (ended.returncode, "in a row were undone" in ended.stderr) == (BROKEN, True)


def test_a_failure_that_nobody_expected_ends_the_process() -> None:
    ended = _in_a_process("ledger = Ledger(refuses=lambda events: 1 / 0 > 1)", "put(reading(0))")
    assert (ended.returncode, "sending failed" in ended.stderr) == (BROKEN, True)


def test_a_parcel_that_halts_ends_the_process_after_its_notes_are_surely_written() -> None:
    ended = _in_a_process(
        "ledger = Ledger(before=lambda: print(ledger.committed, flush=True))",
        "put(reading(0).halted('10:00'), halts='too many')",
    )
    assert (ended.returncode, "too many" in ended.stderr) == (HALTED, True)
    assert ended.stdout.splitlines()[-1] == """[(('out:0',), {0: (1, '{"halted":"10:00"}')})]"""


def _in_a_process(*script: str) -> "subprocess.CompletedProcess[str]":
    """Runs the lines with a started outbox over `ledger`, whose end may end the process."""
    lines = [
        "import time",
        "from dataclasses import replace",
        "from streams.flight import Flight",
        "from streams.outbox import Outbox, Parcel",
        "from tests.streams.ground import Ledger, answers, bury, reading",
        script[0],
        "flight = Flight()",
        "outbox = Outbox(ledger, bury, lambda answers, seconds: None)",
        "outbox.start()",
        "def put(of, halts=''):",
        "    flight.take_off()",
        "    outbox.put(Parcel(replace(of, flight=flight), answers(of.batch), halts))",
        *script[1:],
        "time.sleep(5)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def _wait(go: threading.Event) -> None:
    go.wait(5)


def _said(event: Event) -> str:
    return f"{event.topic}:{(event.value or b'').decode()}"
