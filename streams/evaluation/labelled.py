"""Labelled messages as they lie on disk, each with the line it stands on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

OUT_OF_SCOPE = "oos"


class LabelError(Exception):
    """Messages that can't be evaluated on; says which file or line, with the remedy."""


class Line(msgspec.Struct, frozen=True):
    """What a line has to say; whatever else it says is not looked at."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with what it means; place is its file with its line, for whoever looks it up."""

    text: str
    intent: str
    place: str


@dataclass(frozen=True, slots=True)
class Messages:
    """A split's messages, with those of the oos_ file beside it; the digest covers every byte of both."""

    source: str
    own: tuple[Labelled, ...]
    beside: tuple[Labelled, ...]
    sha256: str

    @property
    def all(self) -> tuple[Labelled, ...]:
        """Those of the split, then those beside it."""
        return self.own + self.beside


def read(path: Path, split: str) -> Messages:
    """The messages of a file, or of a split of a folder."""
    main = path / f"{split}.jsonl" if path.is_dir() else path
    beside = path / f"oos_{split}.jsonl"
    digest = hashlib.sha256()
    own = _lines(main, digest)
    extra = _lines(beside, digest) if path.is_dir() and beside.exists() else []
    if not own:
        raise LabelError(f"{main}: no message in it; write one JSON object a line, with text, intent")
    if any(each.intent != OUT_OF_SCOPE for each in extra):
        raise LabelError(f"{beside}: only messages of intent {OUT_OF_SCOPE} belong there; move the others")
    return Messages(str(main), tuple(own), tuple(extra), digest.hexdigest())


def mapped(messages: Messages, path: Path) -> Messages:
    """The messages under other names of their intents; those whose intent is mapped to null are left out."""
    try:
        raw = path.read_bytes()
        names = msgspec.json.decode(raw, type=dict[str, str | None])
    except (OSError, msgspec.DecodeError) as error:
        raise LabelError(
            f"{path}: {error}; write one JSON object from their intents to ours, or null"
        ) from None
    own, beside = (
        tuple(replace(each, intent=name) for each in part if (name := names.get(each.intent, each.intent)))
        for part in (messages.own, messages.beside)
    )
    if not own:
        raise LabelError(f"{path}: maps every message to null; keep some")
    digest = hashlib.sha256(messages.sha256.encode() + raw).hexdigest()
    return Messages(f"{messages.source} by {path}", own, beside, digest)


def intents(messages: Sequence[Labelled]) -> list[str]:
    """What the messages mean, in their order."""
    return [each.intent for each in messages]


def _lines(path: Path, digest: "hashlib._Hash") -> list[Labelled]:
    """The messages of one file, counted into the digest."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        remedy = "name a folder with SPLIT.jsonl in it, or such a file"
        raise LabelError(f"{path}: {error.strerror}; {remedy}") from None
    digest.update(raw)
    lines = enumerate(raw.split(b"\n"), start=1)
    return [_message(line, f"{path.name}:{number}") for number, line in lines if line.strip()]


def _message(line: bytes, place: str) -> Labelled:
    """The message of a line."""
    try:
        said = msgspec.json.decode(line, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LabelError(f"{place}: {error}; each line is an object with text, intent") from None
    return Labelled(said.text, said.intent, place)
