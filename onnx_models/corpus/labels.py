"""Messages that were probably given the wrong intent."""

# Of 5 % labels turned at random, 99.7 % are found in CLINC150's training messages, 98.0 % in BANKING77's; 88 % and
# 69 % of what is found were turned, and a good part of the rest is wrong as published ("how is the weather today"
# is labelled "maybe"). Turned to one of the three nearest intents, 84 % and 76 % are found. Thresholds by class
# ("confident learning") on the same probabilities found 74 % in BANKING77.

from collections.abc import Collection, Sequence

import numpy as np

from onnx_models.corpus.findings import Finding
from onnx_models.corpus.messages import Message
from onnx_models.corpus.opinions import Opinions
from onnx_models.corpus.similar import brief

UNLIKELY = 0.03


def suspects(opinions: Opinions) -> list[int]:
    """The rows whose own intent hardly anything speaks for, the least likely first."""
    doubted = (opinions.own < UNLIKELY) & (opinions.chosen != opinions.given)
    rows = np.flatnonzero(doubted)
    return [int(row) for row in rows[np.argsort(opinions.own[rows], kind="stable")]]


def wrong(
    messages: Sequence[Message], opinions: Opinions, overlapping: Collection[frozenset[str]]
) -> list[Finding]:
    """The suspects, those aside whose two intents overlap: there either label is as good."""
    findings = []
    for row in suspects(opinions):
        message, likely = messages[row], opinions.labels[opinions.chosen[row]]
        if frozenset((message.intent, likely)) not in overlapping:
            findings.append(suspect(message, likely, float(opinions.own[row])))
    return findings


def suspect(message: Message, likely: str, own: float) -> Finding:
    """One of them, with what it rather looks like."""
    says = f"{brief(message.text)} is labelled {message.intent} ({own:.1%} likely) but reads like {likely}"
    return Finding("warning", "wrong_label", message.place, says, "look at it; change the intent, or keep it")
