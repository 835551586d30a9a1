"""A bundle that is taught a catalog's intents when it is loaded."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from onnx_models.corpus.reading import read
from onnx_models.training.train import train
from processors.examples import Studied
from processors.flow import Scores
from schemas.catalog import Intent
from schemas.events import Target
from schemas.vocabulary import RiskClass, TargetKind
from streams.operations.checks.model import look
from streams.scoring.bundles import ANCHORS, Bundle, BundleError, load, shipped
from streams.scoring.examples import Study, taught, untrained
from streams.scoring.reading import Reader
from streams.scoring.scorer import OnnxScorer
from streams.scoring.session import Ids, Network
from streams.settings import read as settings_of
from tests.onnx_models import tiny

NEW = "weather.tell"
MESSAGES = tuple(tiny.sentence(np.random.default_rng(seed), tiny.TOPICS["oos"]) for seed in range(20))


def intent(description: str = "", *examples: str) -> Intent:
    return Intent(RiskClass.READ_ONLY, Target(TargetKind.WORKFLOW, "weather"), description, examples)


TAUGHT = {NEW: intent("", *MESSAGES)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a bundle lies that was trained on two intents; a third subject is left for a catalog to teach."""
    data = tiny.write_data(tmp_path_factory.mktemp("data"))
    for path in data.glob("*.jsonl"):
        kept = [line for line in path.read_bytes().splitlines() if b'"oos"' not in line]
        path.write_bytes(b"\n".join(kept) + b"\n")
    out = tmp_path_factory.mktemp("bundles") / "tiny-1.0"
    train(tiny.encoder(), read(data), out, seed=3, max_tokens=24, wish=None)
    return out


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Bundle:
    return load(folder)


def scored(scorer: OnnxScorer, text: str) -> Scores:
    (found,) = scorer.score([text])
    assert isinstance(found, Scores)
    return found


def test_a_taught_intent_wins_where_its_messages_are(bundle: Bundle) -> None:
    scorer = OnnxScorer(bundle, intents=TAUGHT)
    assert scorer.labels == (*bundle.manifest.labels, NEW)
    random = np.random.default_rng(4)
    for label, words in (
        (NEW, tiny.TOPICS["oos"]),
        *((each, tiny.TOPICS[each]) for each in scorer.labels[:2]),
    ):
        texts = [tiny.sentence(random, words) for _ in range(40)]
        right = [scored(scorer, text).ranked[0].intent == label for text in texts]
        assert sum(right) >= 30, label


def test_all_probabilities_are_one_distribution(bundle: Bundle) -> None:
    found = scored(OnnxScorer(bundle, intents=TAUGHT), "the weather")
    assert len(found.shares) == len(bundle.manifest.labels) + 1
    assert abs(sum(found.shares) - 1) < 1e-9


def test_a_text_gets_the_same_alone_or_in_a_batch(bundle: Bundle) -> None:
    scorer = OnnxScorer(bundle, intents=TAUGHT)
    texts = [*MESSAGES, "where is my parcel", "money back please my refund"]
    for text, together in zip(texts, scorer.score(texts), strict=True):
        assert isinstance(together, Scores)
        assert np.allclose(scored(scorer, text).shares, together.shares, atol=1e-5)


def test_trained_intents_are_not_taught_again(bundle: Bundle) -> None:
    label = bundle.manifest.labels[0]
    assert (
        untrained({label: intent("", "hello"), "x": intent(), NEW: TAUGHT[NEW]}, bundle.manifest.labels)
        == TAUGHT
    )


def test_a_description_alone_teaches_too(bundle: Bundle) -> None:
    scorer = OnnxScorer(bundle, intents={NEW: intent("The customer wants the weather.")})
    assert scored(scorer, "the weather").ranked[0].intent == NEW


@pytest.mark.parametrize(
    ("more", "states"),
    [("examples: [the weather, moon weather]", ["ok", "ok"]), ("description: ''", ["ok", "wrong"])],
)
def test_a_worker_is_taught_by_its_catalog(
    folder: Path, tmp_path: Path, more: str, states: list[str]
) -> None:
    served = "risk_class: read_only, target: {kind: workflow, name: any}"
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text(
        "tenant: default\nsink_label: refund.request\nintents:\n"
        f"  order.status: {{{served}}}\n  {NEW}: {{{served}, {more}}}\n"
    )
    settings = settings_of({"INTENTS_BUNDLE": str(folder), "INTENTS_CATALOG": str(catalog)})
    findings = look(settings)
    assert [each.state for each in findings] == states
    assert states[1] == "ok" or "give each 5 to 10 examples" in findings[1].text


def test_a_text_is_studied_once(bundle: Bundle) -> None:
    study = Study(Network(bundle), Reader(bundle))
    first = study(["the weather", "the moon"])
    again = study(["the moon"])
    assert np.array_equal(first.features[1], again.features[0])
    assert len(study._kept) == 2
    assert taught(bundle, TAUGHT, study).labels == (NEW,)


def test_a_bundle_without_anchors_says_what_it_can_not_be_taught(bundle: Bundle) -> None:
    files = {name: content for name, content in bundle.files.items() if name != ANCHORS}
    bare = Bundle(bundle.manifest, bundle.digest, files)
    with pytest.raises(BundleError, match=rf"can't be taught {NEW}.*train it again"):
        OnnxScorer(bare, intents=TAUGHT)


def test_the_anchors_are_hashed_like_every_file(bundle: Bundle) -> None:
    assert ANCHORS in bundle.manifest.files


def test_a_catalog_with_nothing_new_changes_nothing() -> None:
    whole = load(shipped())
    known = {label: intent("", "hello there") for label in whole.manifest.labels}
    plain, told = OnnxScorer(whole), OnnxScorer(whole, intents=known)
    assert told.labels == plain.labels
    assert msgspec.json.encode(told.score(["where is my order?"])) == msgspec.json.encode(
        plain.score(["where is my order?"])
    )


def test_a_network_without_sentence_vectors_compares_nothing(bundle: Bundle) -> None:
    network = Network(bundle)
    study = Study(network, Reader(bundle))
    assert study.likeness(MESSAGES[0], {NEW: MESSAGES}, alone=True)[0].likeness == pytest.approx(1, abs=1e-5)
    network.studies = False
    assert study.likeness(MESSAGES[0], {NEW: MESSAGES}, alone=True) == ()


def test_what_was_scored_is_compared_without_being_read_by_the_network_again(bundle: Bundle) -> None:
    scorer = OnnxScorer(bundle, intents=TAUGHT)
    examples = {NEW: MESSAGES}
    alone = [scorer.likeness(text, examples, alone=True)[0] for text in MESSAGES]
    scorer.score(MESSAGES)
    studied = Counting(scorer)
    for text, each in zip(MESSAGES, alone, strict=True):
        (found,) = scorer.likeness(text, examples)
        assert (found.intent, found.example) == (each.intent, each.example)
        assert found.likeness == pytest.approx(each.likeness, abs=1e-5)
    assert studied.texts == 0
    scorer.likeness(MESSAGES[0], examples, alone=True)
    assert studied.texts == 1


def test_of_the_messages_only_those_of_the_last_batch_are_remembered(bundle: Bundle) -> None:
    scorer = OnnxScorer(bundle, intents=TAUGHT)
    scorer.score(MESSAGES)
    scorer.score(["the weather", "the moon"])
    assert len(scorer._study._lately) == 2
    for text in MESSAGES:
        scorer.score([text])
    assert len(scorer._study._lately) == 1


def test_a_message_that_is_scored_again_alone_leaves_the_others_of_its_batch_remembered(
    bundle: Bundle,
) -> None:
    scorer = OnnxScorer(bundle, intents=TAUGHT)
    scorer.score(MESSAGES)
    scorer.score(MESSAGES[:1])
    studied = Counting(scorer)
    for text in MESSAGES:
        scorer.likeness(text, {})
    assert studied.texts == 0


class Counting:
    """Counts what a scorer's network studies."""

    def __init__(self, scorer: OnnxScorer) -> None:
        self.texts = 0
        self._study = scorer._bare.study
        scorer._bare.study = self  # type: ignore[method-assign]

    def __call__(self, group: Sequence[Ids]) -> Studied:
        self.texts += len(group)
        return self._study(group)


def test_a_scorer_is_taught_anew_without_being_loaded_again(bundle: Bundle) -> None:
    plain = OnnxScorer(bundle)
    told = plain.retaught(TAUGHT)
    assert (plain.labels, told.labels) == (bundle.manifest.labels, (*bundle.manifest.labels, NEW))
    assert (told._bare, told._study) == (plain._bare, plain._study)
    whole = OnnxScorer(bundle, intents=TAUGHT)
    for text in ("the weather", "where is my parcel"):
        assert scored(told, text) == scored(whole, text)
        assert scored(told.retaught({}), text) == scored(plain, text)


def test_a_scorer_that_is_taught_nothing_else_stays_itself(bundle: Bundle) -> None:
    scorer = OnnxScorer(bundle, intents=TAUGHT)
    served = {**TAUGHT, "other": intent()}
    assert scorer.retaught(TAUGHT) is scorer
    assert scorer.retaught({NEW: msgspec.structs.replace(TAUGHT[NEW], priority=3)}) is scorer
    label = bundle.manifest.labels[0]
    plain = OnnxScorer(bundle)
    assert plain.retaught({label: intent("says something", "hello")}) is plain
    assert scorer.retaught({NEW: intent("", *MESSAGES[:5])}) is not scorer
    assert scorer.retaught(served).labels == scorer.labels
