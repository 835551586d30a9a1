"""Long texts with the bundle that ships, made to read them in small windows."""

import msgspec
import numpy as np
import onnx
import pytest

from processors.calibration import Evidence, calibration, honest, together
from processors.flow import ScoreFailed, Scores
from schemas.manifest import Scope
from schemas.vocabulary import Reason
from streams.scoring.bundles import Bundle, BundleError, load, shipped
from streams.scoring.reading import Read, Reader
from streams.scoring.scorer import OnnxScorer
from streams.scoring.session import Network

WINDOW, WINDOWS = 24, 4
MAIL = (
    "Hello, I ordered a blue kettle on Monday and it arrived with a big crack in the handle. "
    "I would like to send it back and get my money back, please tell me how to do that. "
    "My neighbour bought the same one last year and is very happy with it, so I am a bit sad."
)
FOOTER = " This message and its attachments are confidential and meant for the addressee alone."


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    whole = load(shipped())
    short = tuple(each for each in whole.manifest.golden if len(each.text) < 60)
    changes = {"max_tokens": WINDOW, "max_windows": WINDOWS, "max_characters": 4000, "golden": short}
    return Bundle(msgspec.structs.replace(whole.manifest, **changes), whole.digest, whole.files)


@pytest.fixture(scope="module")
def scorer(bundle: Bundle) -> OnnxScorer:
    return OnnxScorer(bundle, first_stage=False)


def scored(scorer: OnnxScorer, *texts: str) -> list[Scores]:
    """The scores of texts that can all be scored."""
    results = scorer.score(texts)
    assert all(isinstance(result, Scores) for result in results)
    return [result for result in results if isinstance(result, Scores)]


def test_a_long_text_gets_what_its_windows_say_put_together(bundle: Bundle, scorer: OnnxScorer) -> None:
    (read,) = Reader(bundle).read([MAIL])
    assert isinstance(read, Read)
    assert 1 < len(read.windows) <= WINDOWS
    network = Network(bundle)
    said = [network.ask([window]).evidence for window in read.windows]
    evidence = Evidence(
        np.concatenate([each.logits for each in said]), np.concatenate([each.distance for each in said])
    )
    manifest = bundle.manifest
    known = calibration(manifest.labels, manifest.temperature, manifest.scope)
    expected = honest(together(evidence, [read.lengths]), known)
    (found,) = scored(scorer, MAIL)
    np.testing.assert_allclose(found.shares, expected[0], atol=1e-5)


def test_only_what_lies_beyond_the_last_window_is_cut(scorer: OnnxScorer) -> None:
    texts = ("where is my order?", MAIL, MAIL * 3)
    assert [each.truncated for each in scored(scorer, *texts)] == [False, False, True]


def test_what_is_beyond_the_first_window_counts(scorer: OnnxScorer) -> None:
    begun = "Hello, I hope that you are well and that the weather is fine over there this week. "
    ends = ("Please cancel my order.", "The app keeps crashing.")
    cancel, crash = scored(scorer, *(begun * 2 + end * 3 for end in ends))
    assert cancel.shares != crash.shares


def test_what_is_printed_below_every_mail_changes_little(scorer: OnnxScorer) -> None:
    plain, with_footer = scored(scorer, MAIL, MAIL + FOOTER)
    assert plain.ranked[0].intent == with_footer.ranked[0].intent


def test_long_texts_in_a_batch_get_what_they_get_alone(scorer: OnnxScorer) -> None:
    texts = [MAIL, "where is my order?", MAIL + FOOTER, "I want my money back", MAIL * 3, ""]
    for text, in_batch in zip(texts, scored(scorer, *texts), strict=True):
        (alone,) = scored(scorer, text)
        np.testing.assert_allclose(in_batch.shares, alone.shares, atol=1e-5)
        assert in_batch.truncated == alone.truncated


def test_a_text_in_another_language_is_not_guessed(scorer: OnnxScorer) -> None:
    english, german = scorer.score(
        ["where is my order?", "Wo bleibt meine Bestellung? Ich warte seit Tagen."]
    )
    assert isinstance(english, Scores)
    assert isinstance(german, ScoreFailed)
    assert german.reason is Reason.LANGUAGE_UNSUPPORTED
    assert "Bestellung" not in german.detail


def test_a_network_without_the_distance_that_its_manifest_judges_by_is_refused(bundle: Bundle) -> None:
    scope = Scope("oos", bias=0.0, odds=1.0, peak=0.0, distance=1.0)
    graph = onnx.load_from_string(bundle.files["model.onnx"])
    for output in [each for each in graph.graph.output if each.name == "distance"]:
        graph.graph.output.remove(output)
    files = {**bundle.files, "model.onnx": graph.SerializeToString()}
    manifest = msgspec.structs.replace(bundle.manifest, scope=scope)
    with pytest.raises(BundleError, match="works out no distance"):
        OnnxScorer(Bundle(manifest, bundle.digest, files))
