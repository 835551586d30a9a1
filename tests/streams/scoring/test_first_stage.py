"""The first stage decides what it is sure of, the network all else."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from onnx_models.corpus.reading import Data, read
from onnx_models.network.asking import reader
from onnx_models.packing.pack import bare, digests
from onnx_models.training.train import train
from onnx_models.training.wording import parts, wording
from processors.flow import Scores
from schemas.vocabulary import Stage
from streams.scoring.bundles import FIRST_STAGE, Bundle, BundleError, load
from streams.scoring.first_stage import FirstStage
from streams.scoring.reading import Read, Reader
from streams.scoring.scorer import OnnxScorer
from tests.onnx_models import tiny


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return read(tiny.write_data(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, data: Data) -> Path:
    """A bundle with a first stage, trained on three intents."""
    out = tmp_path_factory.mktemp("bundle") / "tiny-0.1.0"
    train(tiny.encoder(), data, out, seed=7, max_tokens=tiny.POSITIONS, wish=0.02)
    return out


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Bundle:
    return load(folder)


@pytest.fixture(scope="module")
def texts(data: Data) -> list[str]:
    return [each.text for each in data.test]


def scored(scorer: OnnxScorer, texts: list[str]) -> list[Scores]:
    """The scores of texts that can all be scored."""
    return [each for each in scorer.score(texts) if isinstance(each, Scores)]


def decided(bundle: Bundle, texts: list[str]) -> dict[int, Scores]:
    """What the first stage says, by the places of the texts."""
    return asked(FirstStage(bundle), Reader(bundle), texts)


def asked(first: FirstStage, reader: Reader, texts: list[str]) -> dict[int, Scores]:
    """What a first stage says, by the places of the texts."""
    reads = {place: each for place, each in enumerate(reader.read(texts)) if isinstance(each, Read)}
    return first.decided(texts, reads)


def limited(bundle: Bundle, **limits: float) -> Bundle:
    """The bundle with other limits of its first stage."""
    assert bundle.manifest.first_stage is not None
    promise = msgspec.structs.replace(bundle.manifest.first_stage, **limits)
    manifest = msgspec.structs.replace(bundle.manifest, first_stage=promise)
    return Bundle(manifest, bundle.digest, bundle.files)


def test_scores_say_which_stage_they_come_from(bundle: Bundle, texts: list[str]) -> None:
    places = decided(bundle, texts)
    found = scored(OnnxScorer(bundle), texts)
    assert 0 < len(places) < len(texts)
    assert {place for place, each in enumerate(found) if each.stage is Stage.FIRST} == set(places)


def test_what_the_first_stage_leaves_is_what_the_network_says(bundle: Bundle, texts: list[str]) -> None:
    both, network = scored(OnnxScorer(bundle), texts), scored(OnnxScorer(bundle, first_stage=False), texts)
    assert {each.stage for each in network} == {Stage.NETWORK}
    left = [(one, other) for one, other in zip(both, network, strict=True) if one.stage is Stage.NETWORK]
    assert left
    for one, other in left:
        assert one.ranked[0].intent == other.ranked[0].intent
        assert one.ranked[0].confidence == pytest.approx(other.ranked[0].confidence, abs=1e-5)


def test_what_the_first_stage_decides_is_right_about_as_often_as_it_says(bundle: Bundle, data: Data) -> None:
    found = decided(bundle, [each.text for each in data.test])
    right = [data.test[place].intent == each.ranked[0].intent for place, each in found.items()]
    said = [each.ranked[0].confidence for each in found.values()]
    assert np.mean(right) == pytest.approx(np.mean(said), abs=0.1)


def test_company_changes_neither_who_decides_nor_what(bundle: Bundle, texts: list[str]) -> None:
    first, reader = FirstStage(bundle), Reader(bundle)
    together = asked(first, reader, texts)
    for place, text in enumerate(texts):
        alone = asked(first, reader, [text]).get(0)
        assert (alone is None) == (place not in together)
        if alone is not None:
            assert alone.ranked[0].intent == together[place].ranked[0].intent
            assert alone.shares == pytest.approx(together[place].shares, abs=1e-5)


def test_a_text_on_the_very_limit_is_decided_alike_in_any_company(bundle: Bundle, texts: list[str]) -> None:
    first, reader = FirstStage(bundle), Reader(bundle)
    alone = {place: asked(first, reader, [text]).get(0) for place, text in enumerate(texts)}
    sure = [(place, max(each.shares)) for place, each in alone.items() if each is not None]
    for place, confidence in sure[:10]:
        edge = FirstStage(limited(bundle, sure=confidence))
        for company in range(0, len(texts), 7):
            assert 0 in asked(edge, reader, [texts[place], *texts[:company]])


def test_a_text_that_takes_something_back_goes_to_the_network(bundle: Bundle) -> None:
    eager = limited(bundle, sure=0.0, outside=1.0)
    plain, turned = "the money back refund", "don't refund the money, where is the parcel"
    assert set(decided(eager, [plain, turned])) == {0}


def test_a_text_that_is_cut_or_too_long_or_empty_goes_to_the_network(bundle: Bundle) -> None:
    eager = limited(bundle, sure=0.0, outside=1.0, longest=6)
    first = FirstStage(eager)
    ids = [2, 4, 10, 3]
    reads = {
        0: Read([ids], truncated=False),
        1: Read([ids], truncated=True),
        2: Read([ids, ids], truncated=False),
        3: Read([[2, *[4] * 5, 3]], truncated=False),
        4: Read([[2, 3]], truncated=False),
    }
    assert set(first.decided(["where"] * 5, reads)) <= {0}


def test_what_may_be_out_of_scope_goes_to_the_network(bundle: Bundle, texts: list[str]) -> None:
    assert decided(limited(bundle, sure=0.0, outside=0.0), texts) == {}
    for each in decided(limited(bundle, sure=0.0, outside=1.0), texts).values():
        assert each.ranked[0].intent != "oos"


def test_training_reads_a_text_as_serving_does(bundle: Bundle, data: Data) -> None:
    read = reader(bare(tiny.encoder().tokenizer), tiny.POSITIONS, 1000)
    known = wording([read.read(each.text) for each in data.train])
    first = FirstStage(bundle)
    unseen = [2, 1, 1, 999, 3]
    some = [*[read.read(each.text) for each in data.test], unseen]
    expected = parts(some, known) @ first._table
    assert first._middle(some) == pytest.approx(expected, abs=1e-5)


def test_a_changed_first_stage_is_refused(folder: Path, tmp_path: Path) -> None:
    for each in folder.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    content = bytearray((tmp_path / FIRST_STAGE).read_bytes())
    content[-100] ^= 1
    (tmp_path / FIRST_STAGE).write_bytes(bytes(content))
    with pytest.raises(BundleError, match=FIRST_STAGE):
        load(tmp_path)


def test_the_manifest_names_the_file(bundle: Bundle) -> None:
    assert (
        digests({FIRST_STAGE: bundle.files[FIRST_STAGE]})[FIRST_STAGE] == bundle.manifest.files[FIRST_STAGE]
    )


def test_in_haste_what_it_is_not_sure_of_is_its_guess_that_says_so(bundle: Bundle, texts: list[str]) -> None:
    whole = OnnxScorer(bundle)
    hasty = whole.in_haste(whole)
    assert hasty is not None
    calm, quick = scored(whole, texts), [each for each in hasty.score(texts) if isinstance(each, Scores)]
    assert {each.stage for each in quick} == {Stage.FIRST, Stage.STEPPED_DOWN}
    for one, other in zip(calm, quick, strict=True):
        assert (one.stage is Stage.FIRST) == (other.stage is Stage.FIRST)
        assert one == other or other.stage is Stage.STEPPED_DOWN


def test_in_haste_what_it_can_not_read_is_left_to_the_network(bundle: Bundle, texts: list[str]) -> None:
    short = limited(bundle, longest=2)
    whole = OnnxScorer(short)
    hasty = whole.in_haste(whole)
    assert hasty is not None
    assert hasty.score(texts) == whole.score(texts)


def test_without_a_first_stage_there_is_nothing_to_step_down_to(bundle: Bundle) -> None:
    whole = OnnxScorer(bundle, first_stage=False)
    assert whole.in_haste(whole) is None
