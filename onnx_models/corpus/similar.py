"""Messages that are there twice, or nearly twice."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from onnx_models.corpus.findings import Finding
from onnx_models.corpus.messages import SPLITS, Message
from onnx_models.corpus.profile import Profile
from onnx_models.training.progress import shown

WORD = re.compile(r"\w+")
LONG_WORD = re.compile(r"[\w']+")
# Rows of the big product that are looked at together: 256 by 22,500 messages are 23 MB.
BLOCK = 256
START = 4
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages with the share of their trigrams that both have."""

    one: Message
    other: Message
    shared: float


def repeated(messages: Sequence[Message], profile: Profile) -> list[Finding]:
    """Messages with the same words as an earlier one: between splits and between intents it is an error."""
    first: dict[str, Message] = {}
    findings = []
    for message in messages:
        earlier = first.setdefault(words(message.text), message)
        if earlier is not message:
            findings.append(twice(message, earlier, profile))
    return findings


def twice(message: Message, earlier: Message, profile: Profile) -> Finding:
    """How bad it is that a message is there again."""
    says = f"{brief(message.text)} is also at {earlier.place}"
    if message.split == earlier.split and message.intent != earlier.intent:
        says = f"{says} as {earlier.intent}, here {message.intent}"
        return Finding("error", "contradiction", message.place, says, "keep the one intent that is right")
    if message.split != earlier.split:
        return Finding("error", "duplicate", message.place, says, f"remove it from {earlier.split}")
    return Finding(profile.doubtful, "duplicate", message.place, says, "remove one of the two")


def alike(messages: Sequence[Message], profile: Profile) -> list[Finding]:
    """Messages that share too much with one of another split, the same words aside: that is said once already."""
    return [
        Finding(
            profile.doubtful,
            "too_alike",
            pair.one.place,
            f"{brief(pair.one.text)} shares {pair.shared:.0%} of its trigrams with {pair.other.place}",
            "write one of the two anew",
        )
        for pair in nearest(messages, profile.alike)
        if words(pair.one.text) != words(pair.other.text)
    ]


def nearest(messages: Sequence[Message], limit: float) -> Iterator[Pair]:
    """Each message with the most like it of the splits before its own, where their likeness is over the limit.

    Likeness is the Dice coefficient of sets of trigrams: twice what both have, by what each has.
    """
    table = trigram_table([message.text for message in messages])
    sizes = np.asarray(table.sum(axis=1)).ravel()
    splits = np.array([SPLITS.index(message.split) for message in messages])
    turned = table.T.tocsc()
    for start in shown(range(0, len(messages), BLOCK), "comparing messages, in blocks"):
        rows = slice(start, start + BLOCK)
        shared = 2 * (table[rows] @ turned).toarray() / np.maximum(sizes[rows, None] + sizes[None], 1)
        shared[splits[rows, None] <= splits[None]] = 0
        for row, other in enumerate(shared.argmax(axis=1)):
            if shared[row, other] > limit:
                yield Pair(messages[start + row], messages[other], float(shared[row, other]))


def trigram_table(texts: Sequence[str]) -> sparse.csr_matrix:
    """One row a text, one column a trigram, 1 where the text has it."""
    known: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns += [known.setdefault(each, len(known)) for each in sorted(trigrams(text))]
        ends.append(len(columns))
    ones: NDArray[np.float32] = np.ones(len(columns), np.float32)
    return sparse.csr_matrix((ones, columns, ends), shape=(len(texts), len(known)))


def trigrams(text: str) -> set[str]:
    """Every three characters that follow each other in the words of a text, blanks between them counted."""
    padded = f" {words(text)} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def same_starts(messages: Sequence[Message]) -> dict[str, list[Message]]:
    """The first four words that more than one message begins with; shorter messages have none."""
    begun = defaultdict(list)
    for message in messages:
        found = LONG_WORD.findall(message.text.lower())
        if len(found) >= START:
            begun[" ".join(found[:START])].append(message)
    return {start: found for start, found in begun.items() if len(found) > 1}


def words(text: str) -> str:
    """The words of a text alone: case, marks, spaces don't count."""
    return " ".join(WORD.findall(text.lower()))


def brief(text: str) -> str:
    """Enough of a text to know it by."""
    return repr(text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}...")
