"""What an intent is about, said from several angles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# How a description speaks of the customer, with what the customer would say; the first that fits is taken.
OWN_WORDS = (
    (re.compile(r"^(?:the|a) customer wants\b", re.I), "I want"),
    (re.compile(r"^(?:the|a) customer asks (?:the assistant )?", re.I), "tell me "),
    (re.compile(r"^(?:the|a) customer has\b", re.I), "I have"),
    (re.compile(r"^(?:the|a) customer is\b", re.I), "I am"),
    (re.compile(r"^(?:the|a) customer's\b", re.I), "my"),
    (re.compile(r"^(?:the|a) customer (\w+?)s\b", re.I), r"I \1"),
)
PERSONS = (
    (re.compile(r"\btheir\b"), "my"),
    (re.compile(r"\bthey are\b"), "I am"),
    (re.compile(r"\bthey\b"), "I"),
    (re.compile(r"\bthem\b"), "me"),
    (re.compile(r"\bthe customer\b"), "I"),
    (re.compile(r"\bthe assistant\b"), "you"),
)
OPENING = re.compile(r"^(?:the|a) customer (?:wants to |asks |wants |has |)", re.I)
SEPARATORS = re.compile(r"[._\-/]+")


class Kind(StrEnum):
    """From where an intent is looked at."""

    NAME = "name"
    TOLD = "told"
    GIST = "gist"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Angle:
    """One way to say what an intent is about."""

    kind: Kind
    text: str


def angles(label: str, description: str) -> Iterator[Angle]:
    """The label in words; the description as it is, without how it opens, as the customer would say it."""
    yield Angle(Kind.NAME, in_words(label))
    if description:
        yield Angle(Kind.TOLD, description)
        yield Angle(Kind.GIST, OPENING.sub("", description).rstrip("."))
        yield Angle(Kind.OWN, own_words(description))


def in_words(label: str) -> str:
    """A label as a person would read it out."""
    return SEPARATORS.sub(" ", label).strip()


def own_words(description: str) -> str:
    """A sentence about the customer as the customer's own; another sentence stays as it is."""
    said = description.rstrip(".")
    for pattern, words in OWN_WORDS:
        changed, count = pattern.subn(words, said)
        if count:
            for person, mine in PERSONS:
                changed = person.sub(mine, changed)
            return changed
    return said
