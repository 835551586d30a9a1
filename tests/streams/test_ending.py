"""An end is an end: with its status, whatever state the process is in."""

import os
import subprocess
import sys
from pathlib import Path

from streams.ending import BROKEN, HALTED

ROOT = Path(__file__).parents[2]


def run(script: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", f"import threading, time\nfrom streams.ending import *\n{script}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


def test_a_crash_says_why_and_ends_with_its_status() -> None:
    ended = run(f"crash('the guard tripped', status={HALTED})")
    assert (ended.returncode, "the guard tripped" in ended.stderr) == (HALTED, True)


def test_a_crash_in_any_thread_ends_the_whole_process() -> None:
    assert run("threading.Thread(target=crash, args=('x',)).start(); time.sleep(15)").returncode == BROKEN


def test_a_crash_ends_the_process_even_where_nobody_reads_its_log_any_more() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    script = (
        "import logging, threading, time\n"
        "from streams.ending import crash\n"
        "logging.basicConfig()\n"
        "threading.Thread(target=crash, args=('x',)).start()\n"
        "time.sleep(15)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stderr=writer)
    os.close(writer)
    assert process.wait(10) == BROKEN


def test_a_stop_that_takes_too_long_ends_in_time_with_the_status_of_a_stop() -> None:
    ended = run("end_within(0.1, 'stopping took too long'); threading.Event().wait(15)")
    assert (ended.returncode, "stopping took too long" in ended.stderr) == (0, True)


def test_a_stop_in_time_is_not_cut_short() -> None:
    assert run("end_within(5, 'too long').cancel()").stderr == ""


def test_a_worker_that_is_told_to_stop_while_it_starts_ends_at_once() -> None:
    """As process 1 of a container too, to which a signal without a listener does nothing."""
    script = (
        "import streams.wiring, time\n"
        "streams.wiring.wire = lambda settings: (print('starting', flush=True), time.sleep(60))\n"
        "from streams.commands.run import run\n"
        "run.main([])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "starting\n"
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()
