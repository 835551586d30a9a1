"""Folders of labelled messages written anew."""

import hashlib
import shutil
from pathlib import Path

import msgspec

from onnx_models.corpus import reading
from onnx_models.corpus.augment import augmented
from onnx_models.corpus.reading import DataError, Example
from onnx_models.corpus.scrub import scrub
from onnx_models.training.progress import shown

TRAIN = "train.jsonl"
# Whatever else a line says of its text by position is wrong once the text is another.
POSITIONAL = "slots"


def enlarged(source: Path, out: Path, seed: int, copies: int) -> int:
    """A folder whose training messages are joined by copies said anew; how many. Its other files: byte for byte."""
    if not (source / TRAIN).exists():
        raise DataError(f"{source / TRAIN} is missing; write one JSON object a line, with text, intent")
    absent(out)
    shutil.copytree(source, out)
    known = {example.text for path in sorted(source.glob("*.jsonl")) for example in lines(path)}
    added = unknown(lines(source / TRAIN), known, seed, copies)
    with (out / TRAIN).open("ab") as file:
        if not (source / TRAIN).read_bytes().endswith(b"\n"):
            file.write(b"\n")
        file.writelines(msgspec.json.encode(example) + b"\n" for example in added)
    return len(added)


def unknown(train: list[Example], known: set[str], seed: int, copies: int) -> list[Example]:
    """Copies said anew that are not there yet: neither twice, nor as a message of another split."""
    added: dict[str, Example] = {}
    for copy in range(copies):
        for example in augmented(train, seed, copy):
            if example.text not in known:
                added.setdefault(example.text, example)
    return list(added.values())


def scrubbed(source: Path, out: Path) -> int:
    """A file, or every JSON Lines file of a folder, with no personal data in its texts; how many were changed."""
    if source.is_dir():
        absent(out)
        out.mkdir(parents=True)
        return sum(scrubbed(path, out / path.name) for path in sorted(source.glob("*.jsonl")))
    absent(out)
    rows = source.read_bytes().splitlines()
    rewritten = [
        without(row, f"{source}:{number}")
        for number, row in enumerate(shown(rows, f"reading {source.name}"), 1)
    ]
    out.write_bytes(b"".join(row + b"\n" for row in rewritten))
    return sum(row != before for row, before in zip(rewritten, rows, strict=True))


def without(row: bytes, place: str) -> bytes:
    """A line with its text scrubbed; one with nothing to scrub stays as it is, byte for byte."""
    try:
        text = msgspec.json.decode(row, type=Example).text
        fields = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise DataError(f"{place}: {error}; each line is an object with text, intent") from error
    said = scrub(text)
    if said == text:
        return row
    fields.pop(POSITIONAL, None)
    return msgspec.json.encode(fields | {"text": msgspec.Raw(msgspec.json.encode(said))})


def lines(path: Path) -> list[Example]:
    """The messages of one file."""
    return reading.lines(path, hashlib.sha256())


def absent(out: Path) -> None:
    """Nothing is written over what is there."""
    if out.exists():
        raise DataError(f"{out} exists already; name one that doesn't, or remove it")
