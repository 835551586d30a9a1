"""A bundle made ready for other hardware."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
import numpy as np
import onnx
import onnxruntime

from onnx_models.network.asking import CPU, Where, evidence, grouped, reader
from onnx_models.packing import pack
from onnx_models.packing.halves import dequantised, halved
from onnx_models.packing.plain import plain
from processors.calibration import Floats, best, calibration, honest, rounded, together
from schemas.events import Opinion
from schemas.manifest import Golden, Manifest

Provider: TypeAlias = Literal["openvino", "cuda"]
CARD = """
## Exported for {provider}
{what} Of {texts} golden texts, scored on {where}, {flips} get another label than from the bundle that this one
was made of ({name} {version}); no probability is off by more than {off:.4f}, the median text by {median:.5f}. The
figures above are that bundle's. {unmeasured}
"""
WHAT = {
    "openvino": "The same int8 in plainer steps; no text leaves the network early.",
    "cuda": "The int8 weights as float16, nothing rounded between them; no text leaves the network early.",
}
UNMEASURED = {
    "openvino": "",
    "cuda": "**Unmeasured on a GPU**: neither its speed nor its answers there are known; the golden texts are "
    "scored at every start.",
}


# Where the golden texts are scored that a worker scores at its start. OpenVINO rounds inside its int8 products in its
# own way: of CLINC150's test messages none gets another label by it, 4 % a probability that is off by over .01.
OPENVINO: Where = (
    "OpenVINOExecutionProvider",
    {"device_type": "CPU", "precision": "FP32", "num_of_threads": "1"},
)
SCORED: dict[str, Where] = {"openvino": OPENVINO, "cuda": CPU}


class ExportError(Exception):
    """A bundle that can't be exported; says why."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far an exported network's probabilities are from the original's, golden text by golden text."""

    off: Floats
    flips: int


def export(folder: Path, provider: Provider, out: Path) -> Agreement:
    """The bundle for a provider, in a folder of its own, with golden texts as its own network scores them."""
    if SCORED[provider][0] not in onnxruntime.get_available_providers():
        raise ExportError(
            f"the golden texts have to be scored on {provider}, which this onnxruntime has not; "
            f"`pip uninstall onnxruntime`, then `pip install onnxruntime-{provider}`"
        )
    manifest, files = opened(folder)
    model = onnx.load_model_from_string(files[pack.MODEL])
    if not any(output.name == "features" for output in model.graph.output):
        raise ExportError(f"{folder}: its network is of an older kind; train the bundle again")
    made = WRITTEN[provider](plain(model))
    texts = [each.text for each in manifest.golden]
    shares = probabilities(made, manifest, files[pack.TOKENIZER], texts, SCORED[provider])
    found = agreement(manifest, shares)
    files[pack.MODEL] = made.SerializeToString(deterministic=True)
    files[pack.CARD] = files.get(pack.CARD, b"") + card(manifest, provider, found).encode("utf-8")
    changes = {"golden": promised(manifest, shares), "files": pack.digests(files)}
    told = msgspec.structs.replace(
        manifest, version=f"{manifest.version}-{provider}", onnxruntime=onnxruntime.__version__, **changes
    )
    pack.write(out, files, told)
    return found


WRITTEN: dict[Provider, Callable[[onnx.ModelProto], onnx.ModelProto]] = {
    "openvino": lambda model: model,
    "cuda": lambda model: halved(dequantised(model)),
}


def opened(folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    """A bundle's manifest with its files, every one of them the one that the manifest speaks of."""
    try:
        manifest = msgspec.json.decode((folder / pack.MANIFEST).read_bytes(), type=Manifest)
        files = {name: (folder / name).read_bytes() for name in manifest.files}
    except (OSError, msgspec.DecodeError) as error:
        raise ExportError(f"{folder} is no bundle: {error}") from None
    wrong = [name for name, digest in pack.digests(files).items() if digest != manifest.files[name]]
    if wrong:
        raise ExportError(f"{folder / wrong[0]}: its SHA-256 is not the manifest's; copy the bundle again")
    return manifest, files


def agreement(manifest: Manifest, shares: Floats) -> Agreement:
    """How far probabilities are from those that the manifest promises for the golden texts."""
    places = {label: place for place, label in enumerate(manifest.labels)}
    off, flips = np.zeros(len(shares)), 0
    for row, each in enumerate(manifest.golden):
        apart = [abs(float(shares[row, places[own.intent]]) - own.confidence) for own in each.expected]
        off[row] = max(apart, default=0.0)
        flips += bool(each.expected) and places[each.expected[0].intent] != int(shares[row].argmax())
    return Agreement(off, flips)


def probabilities(
    model: onnx.ModelProto, manifest: Manifest, tokenizer: bytes, texts: list[str], where: Where
) -> Floats:
    """What a network makes of texts, all their windows together."""
    reading = reader(tokenizer, manifest.max_tokens, manifest.max_characters, manifest.max_windows)
    split = [reading.split(text) for text in texts]
    said = evidence(model, grouped([window for each in split for window in each]), where)
    whole = together(said, [[len(window) for window in each] for each in split])
    return honest(whole, calibration(manifest.labels, manifest.temperature, manifest.scope))


def promised(manifest: Manifest, shares: Floats) -> tuple[Golden, ...]:
    """The golden texts with what the exported network makes of them."""
    order, numbers = best(shares, pack.GOLDEN_OPINIONS), rounded(shares)
    return tuple(
        Golden(
            each.text,
            tuple(Opinion(manifest.labels[label], float(numbers[place, label])) for label in order[place]),
        )
        for place, each in enumerate(manifest.golden)
    )


def card(manifest: Manifest, provider: Provider, found: Agreement) -> str:
    """What the card of an exported bundle says of it."""
    return CARD.format(
        provider=provider,
        where=SCORED[provider][0],
        what=WHAT[provider],
        unmeasured=UNMEASURED[provider],
        texts=len(found.off),
        flips=found.flips,
        name=manifest.name,
        version=manifest.version,
        off=found.off.max(),
        median=np.median(found.off),
    )
