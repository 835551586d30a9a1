"""The scorer that asks a bundle's network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from processors.calibration import best, probabilities, rounded
from processors.flow import Opinion, ScoreFailed, Scores
from processors.score import ModelDown
from processors.text import excerpt
from streams.scoring.bundles import AGAIN, MODEL, TOKENIZER, Bundle, BundleError

PROVIDER = "CPUExecutionProvider"
# Padded tokens in one run.
BUDGET = 512
ROWS = 16
OPINIONS = 5
DECIMALS = 6
GOLDEN_TOLERANCE = 0.01
# Probabilities move by about 1e-6 with the shape of the batch, so this near to a threshold shape must not count.
NEAR = 1e-5

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the network takes it."""

    ids: Sequence[int]
    truncated: bool


class OnnxScorer:
    """Scores texts with a bundle on one thread; the same text gets the same opinions alone or in any batch."""

    def __init__(self, bundle: Bundle, near: float = 0.85) -> None:
        """Load the network; its golden texts are scored before anything else is."""
        self.name = bundle.name
        self.labels = bundle.manifest.labels
        self._manifest = bundle.manifest
        self._near = near
        self._tokenizer = _tokenizer(bundle)
        self._session = _session(bundle)
        self.verify_golden()

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """The opinions of every text, in their order."""
        results: dict[int, Scores | ScoreFailed] = {}
        read: dict[int, Read] = {}
        for place, text in enumerate(texts):
            try:
                read[place] = self._read(text)
            except Exception as error:  # the tokenizer's are bare Exceptions
                results[place] = ScoreFailed(f"the text has no tokens: {type(error).__name__}")
        for places in runs({place: len(each.ids) for place, each in read.items()}):
            group = [read[place] for place in places]
            results.update(zip(places, self._opinions(group), strict=True))
        return [results[place] for place in range(len(texts))]

    def verify_golden(self) -> None:
        """Score the golden texts: a CPU or a library that computes otherwise must not decide anything."""
        golden = self._manifest.golden
        try:
            results = self.score([each.text for each in golden])
        except ModelDown as error:
            raise BundleError(f"{self.name}: the network does not run: {error}; {AGAIN}") from error
        for text, result in zip(golden, results, strict=True):
            if isinstance(result, ScoreFailed):
                raise BundleError(f"{self.name}: a golden text can't be scored: {result.detail}")
            found = {opinion.intent: opinion.confidence for opinion in result.ranked}
            for opinion in text.expected:
                self._compare(opinion, found.get(opinion.intent, 0.0))

    def _compare(self, expected: Opinion, confidence: float) -> None:
        """Refuse a confidence that is not the promised one."""
        if abs(confidence - expected.confidence) > GOLDEN_TOLERANCE:
            raise BundleError(
                f"{self.name}: a golden text gets {expected.intent} at {confidence}, not {expected.confidence}; "
                f"this CPU or onnxruntime {onnxruntime.__version__} computes otherwise than onnxruntime "
                f"{self._manifest.onnxruntime} did where the bundle was made: install that version, or train the "
                "bundle here with `make bundle`"
            )

    def _read(self, text: str) -> Read:
        """The tokens of a text, as many as the network takes, the last one always the sentence's end."""
        begun, cut = excerpt(text, self._manifest.max_characters)
        ids = self._tokenizer.encode(begun).ids
        most = self._manifest.max_tokens
        return Read(ids, cut) if len(ids) <= most else Read([*ids[: most - 1], ids[-1]], True)

    def _opinions(self, group: Sequence[Read]) -> list[Scores | ScoreFailed]:
        """The opinions of texts of about one length; where the run fails, of each alone."""
        try:
            shares = self._shares(group)
        except Exception as error:  # onnxruntime's errors share no base class
            if len(group) == 1:
                return [self._failed(group[0], error)]
            return [result for each in group for result in self._opinions([each])]
        if len(group) > 1:
            self._again_alone(group, shares)
        return [self._scores(*row) for row in zip(shares, best(shares, OPINIONS), group, strict=True)]

    def _again_alone(self, group: Sequence[Read], shares: Shares) -> None:
        """Put in place what a text is scored alone, wherever its best lies next to the threshold."""
        for row in np.flatnonzero(np.abs(shares.max(axis=1) - self._near) < NEAR).tolist():
            shares[row] = self._shares([group[row]])[0]

    def _failed(self, text: Read, error: Exception) -> ScoreFailed:
        """This text's failure, if the network still answers to an empty one."""
        try:
            self._shares([Read([text.ids[0], text.ids[-1]], False)])
        except Exception as again:
            raise ModelDown(f"{self.name}: {again}") from again
        return ScoreFailed(f"the model failed on this text: {type(error).__name__}")

    def _shares(self, group: Sequence[Read]) -> Shares:
        """The probability of every label for every text."""
        ids = np.zeros((len(group), max(len(each.ids) for each in group)), np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(group):
            ids[row, : len(each.ids)] = each.ids
            mask[row, : len(each.ids)] = 1
        (logits,) = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})
        return probabilities(logits, self._manifest.temperature)

    def _scores(self, shares: Shares, order: NDArray[np.intp], text: Read) -> Scores | ScoreFailed:
        """One text's opinions, best first."""
        if not np.isfinite(shares).all():
            return ScoreFailed("the model gave no finite probabilities")
        numbers = rounded(shares[order]).tolist()
        ranked = tuple(
            Opinion(self.labels[place], number) for place, number in zip(order, numbers, strict=True)
        )
        return Scores(ranked, round(numbers[0] - numbers[1], DECIMALS), text.truncated)


def runs(lengths: dict[int, int]) -> Iterator[list[int]]:
    """The places of texts in runs of about one length, shortest first, none over the budget of padded tokens."""
    run: list[int] = []
    for place in sorted(lengths, key=lambda place: lengths[place]):
        if run and (len(run) == ROWS or (len(run) + 1) * lengths[place] > BUDGET):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _tokenizer(bundle: Bundle) -> Tokenizer:
    """The bundle's tokenizer; a customer who writes [SEP] means these five characters."""
    tokenizer = Tokenizer.from_str(bundle.files[TOKENIZER].decode("utf-8"))
    tokenizer.encode_special_tokens = True
    return tokenizer


def _session(bundle: Bundle) -> onnxruntime.InferenceSession:
    """The network on one thread of the CPU, nowhere else."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Batches come in any shape; a plan of memory for each of them would only pile up.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(bundle.files[MODEL], options, providers=[PROVIDER])
    session.disable_fallback()
    if session.get_providers() != [PROVIDER]:
        raise BundleError(
            f"{bundle.name}: onnxruntime runs it on {session.get_providers()}, not on {PROVIDER}"
        )
    outputs = {output.name: output.shape for output in session.get_outputs()}
    if outputs.get("logits", [0])[-1] != len(bundle.manifest.labels):
        raise BundleError(
            f"{bundle.name}: model.onnx has not one logit for each label; train the bundle again"
        )
    return session
