"""A finished model as the folder that a worker loads."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from onnx_models.corpus.reading import Example
from processors.calibration import best, rounded
from schemas.events import Opinion
from schemas.manifest import Golden, Manifest

MODEL, TOKENIZER, CARD, MANIFEST = "model.onnx", "tokenizer.json", "README.md", "manifest.json"
GOLDEN_TEXTS = 64
GOLDEN_OPINIONS = 3


def golden(
    examples: Sequence[Example], shares: NDArray[np.float64], labels: Sequence[str]
) -> tuple[Golden, ...]:
    """The first message of every label, then some of every length, with what the model says of them.

    A worker waits for them each time it starts, so that not all of these are long.
    """
    firsts = {example.intent: place for place, example in reversed(list(enumerate(examples)))}
    others = sorted(
        set(range(len(examples))) - set(firsts.values()), key=lambda place: len(examples[place].text)
    )
    some = np.linspace(0, len(others) - 1, min(len(others), max(0, GOLDEN_TEXTS - len(firsts))), dtype=int)
    places = [*sorted(firsts.values()), *(others[step] for step in some)][:GOLDEN_TEXTS]
    order, numbers = best(shares, GOLDEN_OPINIONS), rounded(shares)
    return tuple(
        Golden(
            examples[place].text,
            tuple(Opinion(labels[label], float(numbers[place, label])) for label in order[place]),
        )
        for place in places
    )


def bare(tokenizer: bytes) -> bytes:
    """The tokenizer without cutting or padding of its own; both are the scorer's business."""
    content = json.loads(tokenizer) | {"truncation": None, "padding": None}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of every file, by its name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def write(folder: Path, files: Mapping[str, bytes], manifest: Manifest) -> str:
    """The files with their manifest in a folder; the digest of the bundle, which is the manifest's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    listed = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    (folder / MANIFEST).write_bytes(listed)
    return hashlib.sha256(listed).hexdigest()
