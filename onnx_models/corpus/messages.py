"""Labelled messages with the line they stand in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onnx_models.corpus import reading

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True, slots=True)
class Message:
    """A labelled message, its split, its place as file:line."""

    text: str
    intent: str
    split: str
    place: str


def read(folder: Path) -> tuple[Message, ...]:
    """Every message of the splits that the folder has; its training messages at least."""
    if not (folder / "train.jsonl").exists():
        raise reading.DataError(
            f"{folder / 'train.jsonl'} is missing; write one JSON object a line, with text, intent"
        )
    return tuple(message for split in SPLITS for message in within(folder, split))


def within(folder: Path, split: str) -> list[Message]:
    """The messages of a split, those out of scope behind the others, as training reads them."""
    return [
        Message(example.text, example.intent, split, f"{path}:{number}")
        for path in (folder / f"{split}.jsonl", folder / f"oos_{split}.jsonl")
        if path.exists()
        for number, example in enumerate(reading.lines(path, hashlib.sha256()), start=1)
    ]


def of(messages: Sequence[Message], split: str) -> tuple[Message, ...]:
    """The messages of one split."""
    return tuple(message for message in messages if message.split == split)
