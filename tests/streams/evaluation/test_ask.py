"""`intents ask` with the shipped bundle."""

import json
import re
from pathlib import Path

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


@pytest.fixture
def catalog(tmp_path: Path) -> str:
    """A catalog that looks at everything that can be supposed of a message."""
    path = tmp_path / "catalog.yaml"
    path.write_text(
        """
tenant: acme
ceiling: network
trusted_sources: [crm]
facts: {system: [agents], stock: ["4711"]}
rules:
  - {name: vip, intent: service.human, when: ['has(signals.vip) && signals.vip == true']}
intents:
  service.human: {risk_class: network, target: {kind: agent_pool, name: care}}
  refund.request:
    risk_class: delegated
    target: {kind: agent_pool, name: billing}
    detours:
      - when: 'has(context.system.agents) && context.system.agents == false'
        target: {kind: workflow, name: callback}
      - when: 'has(context.customer.tier) && context.customer.tier == "gold"'
        target: {kind: agent_pool, name: gold}
"""
    )
    return str(path)


def supposed(catalog: str, *arguments: str) -> dict[str, object]:
    """What becomes of a wish for a refund, with what is supposed of it."""
    options = ("--tenant", "acme", "--catalog", catalog, "--json", *arguments)
    found: dict[str, object] = json.loads(told("I want my money back for order 4711", *options).stdout)
    return found


def test_a_permission_counts_from_a_trusted_sender_only(catalog: str) -> None:
    permission = ("--permission", "refund.request")
    assert supposed(catalog)["reason"] == "risk_exceeds_safety_mode"
    assert supposed(catalog, *permission)["kind"] == "refused"
    assert supposed(catalog, *permission, "--sender", "web")["kind"] == "refused"
    assert supposed(catalog, *permission, "--sender", "crm")["kind"] == "routed"


@pytest.mark.parametrize(
    ("fact", "target"),
    [("system.agents=false", "callback"), ("system.agents=true", "billing"), ("customer.tier=gold", "gold")],
)
def test_a_fact_that_is_supposed_decides(catalog: str, fact: str, target: str) -> None:
    permitted = ("--permission", "delegated", "--sender", "crm")
    found = supposed(catalog, *permitted, "--fact", fact)
    assert isinstance(found["target"], dict)
    assert found["target"]["name"] == target


def test_a_signal_a_declared_intent_a_safety_mode_are_heard(catalog: str) -> None:
    assert supposed(catalog, "--signal", "vip=true")["decided_by"] == "rule"
    assert supposed(catalog, "--declared", "service.human")["decided_by"] == "declared"
    refused = supposed(catalog, "--declared", "service.human", "--safety-mode", "read_only")
    assert refused["reason"] == "risk_exceeds_safety_mode"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--fact", "system.weather=1"), "name it in the catalog of acme as facts: {system: [weather]}"),
        (("--fact", "agents=false"), "it begins with customer., system. or stock."),
        (("--fact", "system.agents"), "is not NAME=VALUE"),
        (("--signal", 'vip={"a": 1}'), "signal 'vip' is neither"),
    ],
)
def test_what_can_not_be_supposed_is_said_with_the_remedy(
    catalog: str, arguments: tuple[str, str], words: str
) -> None:
    error = told("hello", "--tenant", "acme", "--catalog", catalog, *arguments).exception
    assert isinstance(error, SettingsError)
    assert words in str(error)


def test_an_explanation_follows_where_it_is_wanted(catalog: str) -> None:
    plain = told("call me", "--tenant", "acme", "--catalog", catalog, "--signal", "vip=true")
    explained = told("call me", "--tenant", "acme", "--catalog", catalog, "--signal", "vip=true", "--explain")
    assert "1. noise" not in plain.stdout
    assert re.search(r"^3\. rules +vip held, for service\.human$", explained.stdout, re.MULTILINE)
    found = supposed(catalog, "--signal", "vip=true")["explanation"]
    assert isinstance(found, list)
    assert {"about": "3. rules", "words": "vip held, for service.human"} in found


def test_what_is_no_message_is_refused_in_words() -> None:
    error = told("hello", "--locale", "e\nn").exception
    assert isinstance(error, SettingsError)
    assert "this is no message: wrong_type" in str(error)


@pytest.mark.parametrize(
    "words", ['intents ask "my parcel', "intents ask --channel email --json - < mail.txt"]
)
def test_help_shows_an_example(words: str) -> None:
    assert words in told("--help").output
