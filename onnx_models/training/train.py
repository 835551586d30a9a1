"""One command from labelled messages to a bundle."""

import argparse
import hashlib
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from onnx_models.corpus import reading
from onnx_models.corpus.profile import USUAL
from onnx_models.corpus.reading import Data, Example
from onnx_models.corpus.shape import refuse_small
from onnx_models.network import encoder
from onnx_models.network.asking import reader
from onnx_models.network.encoder import Encoder
from onnx_models.network.shallow import shallower
from onnx_models.packing import pack
from onnx_models.packing.anchors import ANCHORS
from onnx_models.packing.card import card, first_stage_card
from onnx_models.packing.table import FIRST_STAGE
from onnx_models.training.making import Made, Run, make, scored
from onnx_models.training.progress import say
from onnx_models.training.stage import WISH, Stage, first_stage
from processors.text import CHARACTERS_PER_TOKEN
from schemas.manifest import Manifest, Measured, Method, Training

EXAMPLE = """examples:
  intents train --head --data onnx_models/data/support --out my-bundles/support-0.2.0
  intents train --tune --data ../shared/datasets/clinc150 --out .cache/clinc-1.0.0 --seed 1 --epochs 6"""
# In one window. Of our mails as many are right as with 256, which mix what a mail says with what is quoted below.
MAX_TOKENS = 128
# A thousand words and more: as much as a person would read before deciding.
MAX_WINDOWS = 12
# Learning from more of a long mail than this costs minutes, for nothing that could be seen on validation.
TUNED_TOKENS = 128
EPOCHS = 4
NO_TORCH = "--tune needs torch: pip install 'intent-stream[train,tune]'"


# On one thread, so that sums run in the same order on any machine and the same data gives the same bytes.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def train(
    source: Encoder,
    examples: Data,
    out: Path,
    seed: int,
    max_tokens: int = MAX_TOKENS,
    method: Method = "head",
    wish: float | None = WISH,
    epochs: int = EPOCHS,
    layers: int | None = None,
) -> str:
    """The encoder with a head fitted on top, packed into a bundle; the bundle's digest."""
    if method == "tune":
        source = learnt(source, examples, out, seed, epochs, layers)
    tokenizer = pack.bare(source.tokenizer)
    longest = max_tokens * MAX_WINDOWS * CHARACTERS_PER_TOKEN
    reading = reader(tokenizer, max_tokens, longest, MAX_WINDOWS)
    run = Run(source, examples, reading, seed)
    made = make(run)
    report(made.measured)
    stage = None if wish is None else first_stage(run, partial(says, run, made), wish)
    return bundle(run, made, tokenizer, out, described(run, made, method, epochs, layers), stage)


def says(run: Run, made: Made, texts: Sequence[str], what: str) -> NDArray[np.float64]:
    """What the finished network says of texts that need no label."""
    return scored(run, made.model, made.calibration, [Example(text, "") for text in texts], what)


def learnt(
    source: Encoder, examples: Data, out: Path, seed: int, epochs: int, layers: int | None = None
) -> Encoder:
    """The encoder fine-tuned on the training messages; what it knows after each epoch lies beside the bundle."""
    # torch takes seconds, where it is installed at all.
    try:
        from onnx_models.training import lessons, tune
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise reading.DataError(NO_TORCH) from None
    reads = reader(pack.bare(source.tokenizer), TUNED_TOKENS, TUNED_TOKENS * CHARACTERS_PER_TOKEN)
    notebook = out.with_name(f"{out.name}.notebook")
    course = lessons.Course(reads, examples.train, examples.labels, seed)
    return tune.tune(source, course, tune.Recipe(epochs), notebook, layers=layers)


def bundle(run: Run, made: Made, tokenizer: bytes, out: Path, training: Training, stage: Stage | None) -> str:
    """The model with all that explains it, in a folder named after it."""
    name, _, version = out.name.rpartition("-")
    text = card(name, version, run.data.labels, run.reader, training, made.measured)
    model = made.model.SerializeToString(deterministic=True)
    text += first_stage_card(stage.promise) if stage else ""
    files = {pack.MODEL: model, pack.TOKENIZER: tokenizer, pack.CARD: text.encode("utf-8")}
    files |= {ANCHORS: made.anchors}
    files |= {FIRST_STAGE: stage.content} if stage else {}
    manifest = Manifest(
        format=1,
        name=name,
        version=version,
        languages=("en",),
        labels=run.data.labels,
        files=pack.digests(files),
        max_tokens=run.reader.max_tokens,
        max_characters=run.reader.max_characters,
        temperature=made.calibration.temperature,
        onnxruntime=onnxruntime.__version__,
        training=training,
        measured=made.measured,
        golden=pack.golden(run.data.valid, made.valid, run.data.labels),
        scope=made.calibration.scope,
        max_windows=run.reader.max_windows,
        first_stage=stage.promise if stage else None,
    )
    return pack.write(out, files, manifest)


def described(run: Run, made: Made, method: Method, epochs: int, layers: int | None) -> Training:
    """How the model came to be."""
    weights = hashlib.sha256()
    for name in sorted(run.encoder.weights):
        weights.update(name.encode() + run.encoder.weights[name].tobytes())
    return Training(
        method=method,
        encoder=run.encoder.name,
        encoder_sha256=weights.hexdigest(),
        data_sha256=run.data.sha256,
        train=len(run.data.train),
        valid=len(run.data.valid),
        test=len(run.data.test),
        seed=run.seed,
        strength=made.fitted.strength,
        epochs=epochs if method == "tune" else 0,
        layers=layers or 0,
    )


def report(measured: Measured) -> None:
    """What was measured, a line each."""
    for field in measured.__struct_fields__:
        say(f"{field:28}{getattr(measured, field):.4f}")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """What the command was told."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("train", description=__doc__, epilog=EXAMPLE, formatter_class=plain)
    add = parser.add_argument
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--head",
        dest="method",
        action="store_const",
        const="head",
        help="keep the encoder, fit a head on top: seconds",
    )
    way.add_argument(
        "--tune",
        dest="method",
        action="store_const",
        const="tune",
        help="fine-tune the encoder too: minutes; needs torch",
    )
    add("--data", type=Path, required=True, help="folder with train, valid, test.jsonl")
    add("--out", type=bundle_folder, required=True, help="the bundle's folder, NAME-VERSION")
    add("--seed", type=int, default=7, help="the same seed gives the same bundle (default 7)")
    add("--epochs", type=int, default=EPOCHS, help=f"how often --tune reads the messages (default {EPOCHS})")
    add(
        "--layers",
        type=int,
        help="how many layers --tune leaves, which learn from all of them (default: all)",
    )
    add("--encoder", type=Path, help="folder of another encoder (default: the installed one)")
    add("--allow-small", action="store_true", help="train intents with fewer than 50 messages too")
    stage = parser.add_mutually_exclusive_group()
    stage.add_argument(
        "--first-stage-loss",
        dest="wish",
        metavar="SHARE",
        type=float,
        default=WISH,
        help=f"accuracy on valid that the first stage may cost (default {WISH})",
    )
    stage.add_argument(
        "--no-first-stage",
        dest="wish",
        action="store_const",
        const=None,
        help="leave everything to the network",
    )
    return parser.parse_args(argv)


def refuse_layers(source: Encoder, method: Method, layers: int) -> None:
    """Only what is learnt anew can do with fewer layers, and no encoder with more than it has."""
    if method != "tune":
        raise reading.DataError("--layers needs --tune: without learning anew an encoder can't spare any")
    try:
        shallower(source, layers)
    except ValueError as error:
        raise reading.DataError(f"--layers {layers}: {error}") from None


def bundle_folder(value: str) -> Path:
    """A path whose last part tells name from version."""
    path = Path(value)
    name, _, version = path.name.rpartition("-")
    if not name or not version:
        raise argparse.ArgumentTypeError(f"{value}: call the folder NAME-VERSION, such as support-0.2.0")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Train as the command line says; the exit status."""
    told = arguments(argv)
    started = time.monotonic()
    try:
        source, examples = encoder.load(told.encoder), reading.read(told.data)
        if not told.allow_small:
            refuse_small(examples.train, USUAL)
        if told.layers is not None:
            refuse_layers(source, told.method, told.layers)
        way = {"method": told.method, "wish": told.wish, "epochs": told.epochs, "layers": told.layers}
        digest = train(source, examples, told.out, told.seed, **way)
    except reading.DataError as error:
        say(str(error))
        return 1
    say(f"wrote {told.out} in {time.monotonic() - started:.0f} s")
    print(digest)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
