"""The demonstration: every kind of message, each answered once, first answer soon, nothing left behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest
from rich.cells import cell_len

from processors.decode import decode
from processors.desk import Limits
from processors.flow import Batch, Message, Record, Rejection, Source
from schemas.vocabulary import Cause, Channel
from streams.commands.demo_messages import Sample, samples, typed
from streams.commands.demo_screen import cells, line, summed_up
from streams.demo.demonstration import Seen

FIRST_S = 20.0
Running: TypeAlias = "subprocess.Popen[str]"


def read(sample: Sample) -> Message | Rejection:
    """A sample as the worker reads it."""
    record = Record(Source("messages.inbound", 0, 0), sample.key.encode(), sample.value, sample.headers, 0)
    (item,) = decode(Batch((record,), 0.0), Limits()).items
    return item


def test_the_samples_are_of_every_channel_and_of_many_ways_to_be_unreadable() -> None:
    items = [read(sample) for sample in samples()]
    assert {item.inbound.channel for item in items if isinstance(item, Message)} == set(Channel)
    causes = {item.cause for item in items if isinstance(item, Rejection)}
    assert causes >= {Cause.BAD_JSON, Cause.MISSING_TEXT, Cause.WRONG_TYPE, Cause.NOT_UTF8, Cause.TOMBSTONE}
    assert len(items) >= 40


def test_what_is_shown_of_a_sample_is_what_the_customer_wrote() -> None:
    for sample in samples():
        item = read(sample)
        if isinstance(item, Message) and item.inbound.text.strip():
            assert sample.shown == item.inbound.text


def test_what_is_typed_becomes_a_message() -> None:
    item = read(typed("where is it?", 3))
    assert isinstance(item, Message)
    assert item.inbound.text == "where is it?"


def test_a_line_is_aligned_whatever_is_in_it() -> None:
    seen = Seen(
        typed("an answer\nwith a break " + "🙃" * 40, 0),
        "routed",
        "order.status",
        0.91,
        "above_threshold",
        "orders",
        12.3,
    )
    shown = line(cells(seen))
    assert "\n" not in shown
    assert "…" in shown
    assert shown.endswith("   12")
    assert "0.910" in shown
    assert "orders" in shown
    assert cell_len(shown) == 120


def test_the_summary_counts_by_kind() -> None:
    seen = [
        Seen(typed("x", 0), kind, "", None, "", "", ms)
        for kind, ms in (("routed", 1), ("routed", 3), ("ignored", 8))
    ]
    assert summed_up(seen, 4, 2.5) == (
        "4 messages, 3 answers: 2 routed, 1 ignored; the first 2.5 s after the start, a usual one in 3 ms"
    )


@contextlib.contextmanager
def demo(**settings: str) -> Iterator[Running]:
    """The command in a pipe; where its environment says otherwise, it must not listen."""
    misleading = {"INTENTS_BROKERS": "nowhere:1", "INTENTS_GROUP": "g", "INTENTS_KAFKA__ACKS": "0"}
    environment = {**os.environ, **misleading, **settings, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "streams.cli", "demo"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=pipe, text=True, preexec_fn=_heed_interrupts
    ) as started:
        yield started
        started.kill()


def _heed_interrupts() -> None:
    """A shell that runs the tests in the background has its children ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_every_message_gets_one_answer_the_first_within_twenty_seconds() -> None:
    with demo() as running:
        out, err = running.communicate(timeout=90)
    assert (running.returncode, err) == (0, "")
    header, *rows, summary = out.splitlines()
    assert header.split() == ["TEXT", "INTENT", "SURE", "ANSWER", "REASON", "TARGET", "MS"]
    assert len(rows) == len(samples())
    found = re.match(r"(\d+) messages, (\d+) answers: .*; the first ([\d.]+) s after the start", summary)
    assert found is not None
    assert int(found[1]) == int(found[2]) == len(samples())
    assert float(found[3]) < FIRST_S
    assert "5 rejected" in summary
    assert "routed" in summary
    shown = [row for row in rows if row.startswith("how do i reset my password")]
    assert len(shown) == 3
    assert "  refused " in shown[1], "its caller allows reading only"
    assert "  it.reset_password  " in shown[2], "the internal tenant's desk, not the shop's"
    assert "  refused " in one_of(rows, "please delete my account")
    assert "  escalated  always_human " in one_of(rows, "let me talk to a real person")
    assert "  declared " in one_of(rows, "4711, the one with the lamp")


def one_of(rows: list[str], beginning: str) -> str:
    """The row whose text begins so."""
    (row,) = [row for row in rows if row.startswith(beginning)]
    return row


def test_a_worker_that_does_not_come_up_is_told_with_its_last_words(tmp_path: Path) -> None:
    with demo(INTENTS_CATALOG=str(tmp_path / "none.yaml"), INTENTS_SCORER="constant") as running:
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (1, "")
    assert "none.yaml can't be read" in err


# A shell says 130 of -2 too: so Python ends when the interrupt came while it was making a class, caught or not.
ENDS = {signal.SIGINT: (130, -2), signal.SIGTERM: (130, -2), signal.SIGKILL: (-9,)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("busy", [False, True], ids=["starting", "busy"])
def test_however_it_is_ended_no_process_stays(number: signal.Signals, busy: bool) -> None:
    with demo(INTENTS_SCORER="constant") as running:
        assert running.stdout is not None
        if busy:
            assert running.stdout.readline()
        children = await_children(running.pid)
        running.send_signal(number)
        assert running.wait(20) in ENDS[number]
    _, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []


def await_children(pid: int) -> list[psutil.Process]:
    """The worker and its leash, once they are there."""
    end = time.monotonic() + 20
    while len(children := psutil.Process(pid).children(recursive=True)) < 2:
        assert time.monotonic() < end, "no worker was started"
        time.sleep(0.05)
    return children
