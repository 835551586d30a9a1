"""A log line is one JSON object, whatever is in it."""

import json
import logging
import sys
from typing import Any

from streams.logs import JsonLines


def line(message: str, *args: object, **extra: object) -> dict[str, Any]:
    record = logging.getLogger("intents.test").makeRecord(
        "intents.test", logging.WARNING, __file__, 1, message, args, None, extra=extra
    )
    written = JsonLines().format(record)
    assert "\n" not in written
    said: dict[str, Any] = json.loads(written)
    return said


def test_a_line_says_when_how_bad_who_what() -> None:
    said = line("undone: %s", "by the broker")
    assert said["message"] == "undone: by the broker"
    assert (said["level"], said["logger"]) == ("warning", "intents.test")
    assert said["time"].endswith("Z")
    assert len(said["time"]) == len("2026-11-21T10:00:00.000Z")


def test_extra_fields_stand_beside_the_message() -> None:
    said = line("partitions assigned", partitions=["a/0"], trace_id="0af7651916cd43dd8448eb211c80319c")
    assert (said["partitions"], said["trace_id"]) == (["a/0"], "0af7651916cd43dd8448eb211c80319c")


def test_line_breaks_and_values_that_are_not_json_do_not_break_a_line() -> None:
    said = line("one\ntwo", path=logging)
    assert said["message"] == "one\ntwo"
    assert "logging" in said["path"]


def test_an_error_comes_with_its_traceback() -> None:
    try:
        raise LookupError("gone")
    except LookupError:
        record = logging.LogRecord("intents", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    said = json.loads(JsonLines().format(record))
    assert said["error"].endswith("LookupError: gone")
