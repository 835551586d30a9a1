"""The set we wrote ourselves holds to the strict profile."""

from pathlib import Path

import pytest

from onnx_models.corpus import similar
from onnx_models.corpus.findings import line
from onnx_models.corpus.lint import Terms, looked_at
from onnx_models.corpus.messages import Message, read
from onnx_models.corpus.profile import STRICT

FOLDER = Path(__file__).parents[3] / "onnx_models" / "data" / "support"


@pytest.fixture(scope="module")
def messages() -> tuple[Message, ...]:
    return read(FOLDER)


def test_the_strict_lint_finds_nothing(messages: tuple[Message, ...]) -> None:
    report = looked_at(messages, Terms(STRICT))
    assert [line(finding) for finding in report.findings] == []
    assert report.figures["share_same_start"] <= 0.01
    assert report.figures["share_long"] >= 0.15


def test_a_leak_into_the_test_messages_would_be_found(messages: tuple[Message, ...]) -> None:
    leaked = next(each for each in messages if each.split == "train" and len(each.text) > 40)
    spoilt = Message(f"{leaked.text} asap", leaked.intent, "test", "test.jsonl:1")
    found = similar.alike((*messages[:400], spoilt), STRICT)
    assert [(each.rule, each.place) for each in found] == [("too_alike", "test.jsonl:1")]
