"""The scorer with the bundle that ships."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from onnx_models.corpus.reading import OUT_OF_SCOPE, read
from onnx_models.network.encoder import Encoder
from onnx_models.network.transformer import Head, build, features
from onnx_models.packing.pack import digests
from processors.flow import ScoreFailed, Scores
from processors.opinions import OPINIONS
from processors.score import ModelDown
from schemas.events import Opinion
from schemas.manifest import Golden
from streams.scoring.bundles import MODEL, Bundle, BundleError, load, shipped
from streams.scoring.runs import BUDGET, ROWS, runs
from streams.scoring.scorer import OnnxScorer
from tests.onnx_models import tiny

ROOT = Path(__file__).parents[3]
# Some of those in scope: among the others is German, which is not scored.
TEXTS = [
    each.text for each in read(ROOT / "onnx_models" / "data" / "support").test if each.intent != OUT_OF_SCOPE
][::5]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load(shipped())


@pytest.fixture(scope="module")
def scorer(bundle: Bundle) -> OnnxScorer:
    return OnnxScorer(bundle)


def scored(scorer: OnnxScorer, *texts: str) -> list[Scores]:
    """The scores of texts that can all be scored."""
    results = scorer.score(texts)
    assert all(isinstance(result, Scores) for result in results)
    return [result for result in results if isinstance(result, Scores)]


def expecting(bundle: Bundle, change: Callable[[Opinion], Opinion]) -> Bundle:
    """The bundle with other expectations of its golden texts."""
    golden = tuple(Golden(each.text, tuple(map(change, each.expected))) for each in bundle.manifest.golden)
    manifest = msgspec.structs.replace(bundle.manifest, golden=golden)
    return Bundle(manifest, bundle.digest, bundle.files)


def as_here(bundle: Bundle) -> Bundle:
    """The bundle as if it had been made on this processor: others move a golden text by up to .0023."""
    texts = [each.text for each in bundle.manifest.golden]
    said = scored(OnnxScorer(bundle, first_stage=False), *texts)
    golden = tuple(Golden(text, each.ranked) for text, each in zip(texts, said, strict=True))
    return Bundle(msgspec.structs.replace(bundle.manifest, golden=golden), bundle.digest, bundle.files)


def knowing(bundle: Bundle, words: int) -> Bundle:
    """A tiny bundle that reads only the first so many words of its tokenizer; others break the run."""
    made = tiny.encoder()
    table = made.weights["embeddings.word_embeddings.weight"][:words]
    short = Encoder(
        "short", 1, 2, 1e-12, {**made.weights, "embeddings.word_embeddings.weight": table}, made.tokenizer
    )
    width = features(short)
    head = Head(np.eye(width, 3, dtype=np.float32), np.zeros(3, np.float32))
    files = {MODEL: build(short, head, 24).SerializeToString(), "tokenizer.json": made.tokenizer}
    changes = {"labels": ("a", "b", "c"), "max_tokens": 24, "files": digests(files), "temperature": 1.0}
    plain = {"golden": (Golden("the", ()),), "scope": None, "first_stage": None}
    return Bundle(msgspec.structs.replace(bundle.manifest, **plain, **changes), bundle.digest, files)


def test_plain_messages_are_understood_with_confidence(scorer: OnnxScorer) -> None:
    expected = {
        "where is my order?": "order.status",
        "I want my money back": "refund.request",
        "the app keeps crashing": "technical.bug_report",
        "don't refund it, just send a new one": "return.exchange",
        "What's the weather in Paris?": "oos",
    }
    for text, scores in zip(expected, scored(scorer, *expected), strict=True):
        assert scores.ranked[0].intent == expected[text]
        assert scores.ranked[0].confidence >= 0.85


def test_every_text_gets_its_own_scores_in_its_place(scorer: OnnxScorer) -> None:
    together = scored(scorer, *TEXTS)
    backwards = scored(scorer, *reversed(TEXTS))
    assert [each.ranked[0].intent for each in together] == [
        each.ranked[0].intent for each in reversed(backwards)
    ]


def test_a_batch_says_what_each_text_alone_says(scorer: OnnxScorer) -> None:
    for text, in_batch in zip(TEXTS, scored(scorer, *TEXTS), strict=True):
        (alone,) = scored(scorer, text)
        assert in_batch.ranked[0].intent == alone.ranked[0].intent
        assert abs(in_batch.ranked[0].confidence - alone.ranked[0].confidence) <= 1e-5


def test_opinions_are_ranked_rounded_with_the_lead_as_margin(scorer: OnnxScorer) -> None:
    for scores in scored(scorer, *TEXTS[:50]):
        confidences = [opinion.confidence for opinion in scores.ranked]
        assert len(confidences) == OPINIONS
        assert confidences == sorted(confidences, reverse=True)
        assert [round(confidence, 6) for confidence in confidences] == confidences
        assert scores.margin == round(confidences[0] - confidences[1], 6)
        assert sum(confidences) <= 1 + 1e-5, "the best are cut from all, never made to add up"


def test_a_text_beyond_the_limit_is_flagged_and_costs_no_more(scorer: OnnxScorer) -> None:
    said = "where is my order? "
    short, mail, long, longest = said, said * 60, said * 600, said * 14_000
    truncated = [each.truncated for each in scored(scorer, short, mail, long, longest)]
    assert truncated == [False, False, True, True], "a mail is read in windows"
    assert spent(scorer, longest) < 2 * spent(scorer, long), "256 KiB are cut before anything else is done"


def spent(scorer: OnnxScorer, text: str) -> float:
    """Seconds of this process that scoring a text takes, the least of three tries."""
    tries = []
    for _ in range(3):
        began = time.process_time()
        scored(scorer, text)
        tries.append(time.process_time() - began)
    return min(tries)


def test_a_text_of_blanks_and_broken_characters_is_scored(scorer: OnnxScorer) -> None:
    assert len(scored(scorer, "", " \n ", "\ud83d", "\x00\x01", "😀" * 3000, "a" * 5000, "[SEP] [CLS]")) == 7


def test_no_text_gives_no_scores(scorer: OnnxScorer) -> None:
    assert scorer.score([]) == []


def test_a_bundle_that_computes_otherwise_here_is_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match=r"a golden text gets .* computes otherwise than onnxruntime"):
        OnnxScorer(expecting(bundle, lambda each: Opinion(each.intent, each.confidence - 0.02)))


def test_a_hundredth_is_not_held_against_a_bundle(bundle: Bundle) -> None:
    OnnxScorer(expecting(as_here(bundle), lambda each: Opinion(each.intent, each.confidence - 0.009)))


def test_one_text_that_breaks_the_run_spares_its_neighbours(bundle: Bundle) -> None:
    scorer = OnnxScorer(knowing(bundle, tiny.WORDS.index("weather")))
    fine, broken, also_fine = scorer.score(["the parcel", "the weather", "my money"])
    assert isinstance(broken, ScoreFailed)
    assert "weather" not in broken.detail
    assert isinstance(fine, Scores)
    assert isinstance(also_fine, Scores)


def test_a_network_that_answers_nothing_is_refused_at_start(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="the network does not run") as refused:
        OnnxScorer(knowing(bundle, 1))
    assert isinstance(refused.value.__cause__, ModelDown)


def test_runs_hold_every_text_once_within_the_budget() -> None:
    random = np.random.default_rng(1)
    lengths = [int(length) for length in random.integers(2, 256, 400)]
    found = list(runs(lengths))
    assert sorted(place for run in found for place in run) == list(range(400))
    for run in found:
        assert len(run) <= ROWS
        assert len(run) == 1 or len(run) * max(lengths[place] for place in run) <= BUDGET


def test_serving_loads_nothing_of_training() -> None:
    code = (
        "import sys; from streams.scoring.scorer import OnnxScorer; from streams.scoring.bundles import load, shipped;"
        "OnnxScorer(load(shipped())).score(['hello']);"
        "print([m for m in ('onnx', 'onnx_models', 'sklearn', 'scipy', 'torch') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
