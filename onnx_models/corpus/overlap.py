"""Intents that can't be told apart."""

# An intent split in two at random: .34 to .59 in ten trials on CLINC150 and BANKING77. The nearest two that are
# really two: .11 in both.

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onnx_models.corpus.findings import Finding
from onnx_models.corpus.messages import Message
from onnx_models.corpus.opinions import Opinions
from onnx_models.corpus.similar import brief

CONFUSED = 0.25
# Fewer than this may be chance.
LEAST = 5
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two intents, the share of their messages that were taken for the other, which ones they are."""

    one: str
    other: str
    share: float
    rows: tuple[int, ...]


def overlaps(opinions: Opinions) -> list[Overlap]:
    """The pairs of intents of whose messages too many are taken for the other, the worst first."""
    size = len(opinions.labels)
    table = np.zeros((size, size), np.intp)
    np.add.at(table, (opinions.given, opinions.chosen), 1)
    crossed = table + table.T
    stayed = table.diagonal()[:, None] + table.diagonal()[None]
    share = crossed / np.maximum(crossed + stayed, 1)
    found = np.argwhere(np.triu((share >= CONFUSED) & (crossed >= LEAST), k=1))
    pairs = [pair(opinions, int(one), int(other), float(share[one, other])) for one, other in found]
    return sorted(pairs, key=lambda each: -each.share)


def pair(opinions: Opinions, one: int, other: int, share: float) -> Overlap:
    """Two intents with the messages that crossed, the surest of them first."""
    crossed = ((opinions.given == one) & (opinions.chosen == other)) | (
        (opinions.given == other) & (opinions.chosen == one)
    )
    rows = np.flatnonzero(crossed)
    surest = rows[np.argsort(opinions.own[rows], kind="stable")]
    return Overlap(opinions.labels[one], opinions.labels[other], share, tuple(int(row) for row in surest))


def overlapping(messages: Sequence[Message], found: Sequence[Overlap]) -> list[Finding]:
    """A finding for each pair, at the message that crosses most surely."""
    return [
        Finding(
            "warning",
            "overlap",
            messages[each.rows[0]].place,
            f"{each.one}, {each.other} can't be told apart: {len(each.rows)} messages, {each.share:.0%}, "
            f"are taken for the other, such as {shown(messages, each)}",
            "join the two, or write messages that show the difference",
        )
        for each in found
    ]


def shown(messages: Sequence[Message], overlap: Overlap) -> str:
    """A few of the messages that crossed, with their places."""
    some = [messages[row] for row in overlap.rows[:EXAMPLES]]
    return ", ".join(f"{brief(message.text)} ({message.place}, {message.intent})" for message in some)
