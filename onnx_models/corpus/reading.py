"""Labelled messages as they lie on disk."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

OUT_OF_SCOPE = "oos"


class DataError(Exception):
    """Data that can't be trained on; says which file or intent, with the remedy."""


class Example(msgspec.Struct, frozen=True):
    """A message with what it means."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Data:
    """The three splits; sha256 covers every byte of them."""

    train: tuple[Example, ...]
    valid: tuple[Example, ...]
    test: tuple[Example, ...]
    sha256: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Every intent there is, in order."""
        return tuple(sorted({example.intent for example in self.train}))


def read(folder: Path) -> Data:
    """The splits of a folder: train, valid, test.jsonl, each with an oos_ file beside it where there is one."""
    digest = hashlib.sha256()
    train, valid, test = (tuple(split(folder, name, digest)) for name in ("train", "valid", "test"))
    data = Data(train, valid, test, digest.hexdigest())
    unknown = {example.intent for part in (data.valid, data.test) for example in part} - set(data.labels)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise DataError(
            f"{folder / 'train.jsonl'}: no message for {names}; add some, or remove them elsewhere"
        )
    if len(data.labels) < 2:
        raise DataError(f"{folder / 'train.jsonl'}: at least two intents are needed")
    return data


def split(folder: Path, name: str, digest: "hashlib._Hash") -> list[Example]:
    """The messages of one split, its files counted into the digest."""
    main = folder / f"{name}.jsonl"
    if not main.exists():
        raise DataError(f"{main} is missing; write one JSON object a line, with text, intent")
    beside = folder / f"oos_{name}.jsonl"
    return [example for path in (main, beside) if path.exists() for example in lines(path, digest)]


def lines(path: Path, digest: "hashlib._Hash") -> list[Example]:
    """The messages of one file, or the number of the line that is none."""
    raw = path.read_bytes()
    digest.update(raw)
    examples = []
    for number, line in enumerate(raw.splitlines(), start=1):
        try:
            examples.append(msgspec.json.decode(line, type=Example))
        except msgspec.DecodeError as error:
            raise DataError(f"{path}:{number}: {error}; each line is an object with text, intent") from error
    return examples


def sink(labels: Sequence[str]) -> int:
    """The place of the label of what is out of scope, -1 where there is none."""
    return labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else -1
