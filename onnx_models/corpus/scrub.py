"""A message without the personal data in it."""

import re

from onnx_models.corpus.patterns import SHAPES, Shape
from onnx_models.corpus.people import parts, people

ADDRESSEE = re.compile(r"([\w.+'-]+)@")
CAPITALS = r"(?:\b[A-Z\u00c0-\u00dd][\w'\u2019-]+ )*"


def scrub(text: str) -> str:
    """The text with what is personal replaced by what it was, in brackets, so that it still reads."""
    owners = {part for found in ADDRESSEE.findall(text) for part in re.findall(r"[^\W\d_]{4,}", found)}
    for shape in SHAPES:
        text = without(text, shape)
    return nameless(unsigned(text, owners))


def without(text: str, shape: Shape) -> str:
    """The text with all of one shape replaced."""

    def placed(found: re.Match[str]) -> str:
        if not shape.check(found):
            return found[0]
        start, end = found.start("it") - found.start(), found.end("it") - found.start()
        return f"{found[0][:start]}[{shape.kind}]{found[0][end:]}"

    return shape.pattern.sub(placed, text)


def unsigned(text: str, owners: set[str]) -> str:
    """The text with those replaced, with the names before theirs, that an e-mail address in it is named after."""
    for owner in sorted(owners):
        name = owner[:1].upper() + owner[1:].lower()
        text = re.sub(rf"{CAPITALS}\b{re.escape(name)}\b", "[name]", text)
    return text


def nameless(text: str) -> str:
    """The text with names replaced, those too that stand somewhere else once more."""
    found = list(people(text))
    known = {part for start, end in found for part in parts(text[start:end])}
    for start, end in reversed(found):
        text = f"{text[:start]}[name]{text[end:]}"
    for part in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<![\w\[]){re.escape(part)}(?![\w\]])", "[name]", text)
    return text
