"""`intents ask` with the shipped bundle."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from streams.cli import intents
from streams.settings import SettingsError


def told(*arguments: str, spoken: str | bytes | None = None) -> Result:
    """What the command answers."""
    return CliRunner().invoke(intents, ["ask", *arguments], input=spoken)


def test_a_plain_wish_is_routed_with_its_five_best_labels() -> None:
    found = json.loads(told("where is my order?", "--json").stdout)
    assert (found["kind"], found["reason"], found["intent"]) == ("routed", "above_threshold", "order.status")
    assert found["target"] == {"kind": "workflow", "name": "order.status"}
    confidences = [each["confidence"] for each in found["scores"]]
    assert len(confidences) == 5
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[0] == found["confidence"] >= 0.85
    assert found["flags"] == []


def test_every_stage_tells_its_time() -> None:
    stages = json.loads(told("where is my order?", "--json").stdout)["milliseconds"]
    assert set(stages) == {"tokenise", "network", "decide"}
    assert min(stages.values()) >= 0
    assert stages["network"] > 0


def test_what_is_out_of_scope_goes_to_a_person() -> None:
    found = json.loads(told("What's the weather in Paris?", "--json").stdout)
    assert (found["kind"], found["reason"]) == ("escalated", "sink_intent")
    assert found["target"] is None


def test_an_automatic_reply_is_ignored_where_mail_is_read() -> None:
    text = "I am out of the office until Monday. This is an automatic reply."
    assert json.loads(told(text, "--channel", "email", "--json").stdout)["reason"] == "noise"
    assert json.loads(told(text, "--channel", "chat", "--json").stdout)["reason"] != "noise"


def test_a_blank_message_asks_no_model() -> None:
    found = json.loads(told("  ", "--json").stdout)
    assert (found["reason"], found["model"], found["scores"]) == ("empty_message", None, [])


def test_standard_input_is_read_whatever_its_bytes() -> None:
    found = json.loads(told("-", "--json", spoken=b"where is my order\xff?\n").stdout)
    assert found["intent"] == "order.status"
    assert "\ufffd" in found["text"]


def test_a_pipe_gets_plain_lines_without_bars() -> None:
    result = told("where is my order?")
    assert result.exit_code == 0
    assert re.search(r"^decision +routed, above_threshold, by classifier$", result.stdout, re.MULTILINE)
    assert re.search(r"^order\.status +0\.\d{6}$", result.stdout, re.MULTILINE)
    assert not re.search("[\x1b\u2588]", result.stdout)


def test_what_is_no_message_is_refused_in_words() -> None:
    error = told("hello", "--locale", "e\nn").exception
    assert isinstance(error, SettingsError)
    assert "this is no message: wrong_type" in str(error)


@pytest.mark.parametrize(
    "words", ['intents ask "my parcel', "intents ask --channel email --json - < mail.txt"]
)
def test_help_shows_an_example(words: str) -> None:
    assert words in told("--help").output
