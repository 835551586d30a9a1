"""What of a message's text the model reads."""

import re
import unicodedata
from collections.abc import Collection, Sequence

# Tokens are rarely longer than this, so what lies beyond can't reach the model either way.
CHARACTERS_PER_TOKEN = 8
# Runs of white space fold into one, so a cut has to look at more than it keeps; how much more is bounded.
SLACK = 8

# The tokens that end a sentence, in every vocabulary there is.
SENTENCE_ENDS = (".", "!", "?")

GAPS = re.compile(r"[\x00-\x20\x7f-\xa0\s]+")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
HALVES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text composed (NFC), with control characters and repeated white space folded into single spaces."""
    if not text.isascii():
        text = INVISIBLE.sub("", HALVES.sub("\ufffd", text))
        text = unicodedata.normalize("NFC", text)
    return GAPS.sub(" ", text).strip()


def cut(text: str, characters: int) -> str:
    """The beginning of a text."""
    return text[:characters]


def excerpt(text: str, characters: int) -> tuple[str, bool]:
    """The cleaned beginning of a text, with whether any was left out; 256 KiB cost little more than 16."""
    begun = text.lstrip()
    looked_at = cut(begun, SLACK * characters)
    cleaned = clean(looked_at)
    beyond = len(begun) > len(looked_at) and bool(begun[len(looked_at) :].strip())
    return cut(cleaned, characters), beyond or len(cleaned) > characters


def windows(ids: Sequence[int], most: int, ends: Collection[int]) -> list[Sequence[int]]:
    """The tokens in windows of at most so many, each between the text's first token and its last.

    A window ends with a sentence where one ends in its second half; ends are the tokens that end one.
    """
    if len(ids) <= most:
        return [ids]
    body, room = ids[1:-1], most - 2
    found: list[Sequence[int]] = []
    begin = 0
    while begin < len(body):
        end = begin + room
        if end < len(body):
            after = [at for at in range(begin + room // 2, end) if body[at] in ends]
            end = after[-1] + 1 if after else end
        found.append([ids[0], *body[begin:end], ids[-1]])
        begin = end
    return found
