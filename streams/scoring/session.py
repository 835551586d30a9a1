"""The network of a bundle as onnxruntime runs it."""

from collections.abc import Mapping, Sequence
from threading import get_ident
from typing import TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from processors.calibration import Evidence
from processors.examples import Studied
from streams.scoring.bundles import MODEL, Bundle, BundleError
from streams.scoring.providers import CPU, Provider, opened

# How far a text is beyond the way out after the first layers; below zero it went through all of them.
EARLY = "early"
# The lead that a text needs to leave early, a number that a run may set.
GAP = "early_gap"
FEATURES = "features"
OUTPUTS = ("logits", "distance", EARLY)
# Logits move by about 1e-5 with the shape of the batch.
NEAR = 1e-3
Ids: TypeAlias = Sequence[int]
Floats: TypeAlias = NDArray[np.float32]
NOTHING: Mapping[str, Floats] = {}


class Network:
    """A bundle's network on one thread."""

    def __init__(self, bundle: Bundle, provider: Provider = CPU) -> None:
        """Load it; refused where it is not what the manifest says.

        The products beside it are numpy's, whose threads wait for each other: where another process has one of two
        cores, a product of the first stage takes 29 ms instead of .2. So these are on one thread too.
        """
        threadpool_limits(1, user_api="blas")
        self._session = _session(bundle, provider)
        # Networks from before there was a distance, or a way out after the first layers, have none.
        found = [each.name for each in self._session.get_outputs()]
        self._outputs = [name for name in found if name in OUTPUTS]
        self.studies = FEATURES in found
        self._begun: tuple[int, onnxruntime.RunOptions] = (0, onnxruntime.RunOptions())
        self._no_way_out = {GAP: np.array(np.inf, np.float32)} if EARLY in found else NOTHING

    def ask(self, group: Sequence[Ids]) -> Studied:
        """What is known of texts of about one length after one run; raises whatever onnxruntime raises.

        What the head reads is no number where a text left early.
        """
        said = self._run(group, (FEATURES,) if self.studies else ())
        features = _in_rows(said)
        if len(group) > 1 and EARLY in said:
            self._again_alone(group, said)
        return Studied(_evidence(said), features)

    def study(self, group: Sequence[Ids]) -> Studied:
        """The same of texts that all go through every layer."""
        said = self._run(group, (FEATURES,), self._no_way_out)
        return Studied(_evidence(said), said[FEATURES])

    def begin(self) -> None:
        """The runs of this thread from here on can be given up."""
        self._begun = get_ident(), onnxruntime.RunOptions()

    def give_up(self) -> None:
        """Break off the run of the thread that last began, at its next operator; its later ones fail at once."""
        self._begun[1].terminate = True

    def _again_alone(self, group: Sequence[Ids], said: dict[str, Floats]) -> None:
        """Put in place what a text gets alone, wherever the shape of the batch may decide if it leaves early."""
        for row in np.flatnonzero(np.abs(said[EARLY][:, 0]) < NEAR).tolist():
            for name, values in self._run([group[row]]).items():
                said[name][row] = values[0]

    def _run(
        self, group: Sequence[Ids], more: Sequence[str] = (), told: Mapping[str, Floats] = NOTHING
    ) -> dict[str, Floats]:
        """The outputs of one run, by their names."""
        ids = np.zeros((len(group), max(map(len, group))), np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(group):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        outputs = [*self._outputs, *more]
        thread, options = self._begun
        feeds = {"input_ids": ids, "attention_mask": mask, **told}
        found = self._session.run(outputs, feeds, options if thread == get_ident() else None)
        return dict(zip(outputs, found, strict=True))


def _evidence(said: Mapping[str, Floats]) -> Evidence:
    """The logits, with no distance where the network works out none."""
    distance = said["distance"][:, 0] if "distance" in said else np.zeros(len(said["logits"]), np.float32)
    return Evidence(said["logits"], distance)


def _in_rows(said: Mapping[str, Floats]) -> Floats:
    """What the head reads of each text, in a row of its own; the network tells it of those alone that stayed."""
    features = said.get(FEATURES, np.zeros((0, 0), np.float32))
    rows: Floats = np.full((len(said["logits"]), features.shape[1]), np.nan, np.float32)
    stayed = said[EARLY][:, 0] < 0 if EARLY in said else np.ones(len(rows), np.bool_)
    if stayed.sum() == len(features):
        rows[stayed] = features
    return rows


def _session(bundle: Bundle, provider: Provider) -> onnxruntime.InferenceSession:
    """The network where it should run, if it is what the manifest says."""
    session = opened(bundle, bundle.files[MODEL], provider)
    outputs = {output.name: output.shape for output in session.get_outputs()}
    if outputs.get("logits", [0])[-1] != len(bundle.manifest.labels):
        raise BundleError(
            f"{bundle.name}: model.onnx has not one logit for each label; train the bundle again"
        )
    if bundle.manifest.scope is not None and "distance" not in outputs:
        raise BundleError(
            f"{bundle.name}: the manifest judges scope by distance, model.onnx works out no distance; "
            "train the bundle again"
        )
    return session
