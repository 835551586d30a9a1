"""What a graph answers to texts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onnx_models.network.encoder import Array
from processors.calibration import Evidence
from processors.text import SENTENCE_ENDS, excerpt, windows

ROWS = 16
Ids = NDArray[np.int64]
# One of onnxruntime's providers, with what it has to be told.
Where: TypeAlias = tuple[str, dict[str, str]]
CPU: Where = ("CPUExecutionProvider", {})
# A processor without VNNI adds in 32 bits what would overflow in 16, as a worker lets it.
NO_OVERFLOW = "session.x64quantprecision"


@dataclass(frozen=True, slots=True)
class Packed:
    """Texts of about one length as the graph takes them; places says which they were."""

    places: list[int]
    ids: Ids
    mask: Ids


@dataclass(frozen=True, slots=True)
class Reader:
    """How texts become tokens: the way the scorer does it, so that training sees what serving sees."""

    tokenizer: Tokenizer
    max_tokens: int
    max_characters: int
    max_windows: int
    ends: frozenset[int]

    def pack(self, texts: Sequence[str]) -> Iterator[Packed]:
        """The first windows of the texts in small groups, shortest first, so that hardly anything is padding."""
        return grouped([self.read(text) for text in texts])

    def read(self, text: str) -> Sequence[int]:
        """The tokens of a text's first window."""
        return self.split(text)[0]

    def split(self, text: str) -> list[Sequence[int]]:
        """The tokens of a text in windows, as many as are allowed."""
        ids: list[int] = self.tokenizer.encode(excerpt(text, self.max_characters)[0]).ids
        return windows(ids, self.max_tokens, self.ends)[: self.max_windows]


def reader(tokenizer: bytes, max_tokens: int, max_characters: int, max_windows: int = 1) -> Reader:
    """A reader with the tokenizer of a bundle."""
    parsed = Tokenizer.from_str(tokenizer.decode("utf-8"))
    parsed.encode_special_tokens = True
    vocabulary = parsed.get_vocab()
    ends = frozenset(vocabulary[end] for end in SENTENCE_ENDS if end in vocabulary)
    return Reader(parsed, max_tokens, max_characters, max_windows, ends)


def grouped(tokens: Sequence[Sequence[int]]) -> Iterator[Packed]:
    """Windows in small groups, shortest first."""
    order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
    for start in range(0, len(order), ROWS):
        yield pack(tokens, order[start : start + ROWS])


def pack(tokens: Sequence[Sequence[int]], places: list[int]) -> Packed:
    """The texts at some places, padded to the longest of them, which is the last."""
    ids = np.zeros((len(places), len(tokens[places[-1]])), np.int64)
    mask = np.zeros_like(ids)
    for row, place in enumerate(places):
        ids[row, : len(tokens[place])] = tokens[place]
        mask[row, : len(tokens[place])] = 1
    return Packed(places, ids, mask)


def session(model: onnx.ModelProto, where: Where = CPU) -> onnxruntime.InferenceSession:
    """The graph ready to run on one thread, which makes its sums the same every time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry(NO_OVERFLOW, "1")
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=[where])


def ask(model: onnx.ModelProto, output: str, groups: Iterable[Packed]) -> Array:
    """One output of the graph for every text, in the order of the texts."""
    (values,) = answers(model, [output], groups)
    return values


def answers(
    model: onnx.ModelProto, outputs: Sequence[str], groups: Iterable[Packed], where: Where = CPU
) -> list[Array]:
    """Some outputs of the graph for every text, in the order of the texts."""
    running = session(model, where)
    rows: dict[int, tuple[Array, ...]] = {}
    for group in groups:
        values = running.run(list(outputs), {"input_ids": group.ids, "attention_mask": group.mask})
        rows.update(zip(group.places, zip(*values, strict=True), strict=True))
    return [np.stack([rows[place][each] for place in range(len(rows))]) for each in range(len(outputs))]


def evidence(model: onnx.ModelProto, groups: Iterable[Packed], where: Where = CPU) -> Evidence:
    """What the graph says of every text; no distance where it works out none."""
    if any(output.name == "distance" for output in model.graph.output):
        logits, distance = answers(model, ["logits", "distance"], groups, where)
        return Evidence(logits, distance[:, 0])
    (logits,) = answers(model, ["logits"], groups, where)
    return Evidence(logits, np.zeros(len(logits), np.float32))
