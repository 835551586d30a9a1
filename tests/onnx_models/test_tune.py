"""Tuning the encoder, where torch is installed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch, which --tune needs, is not installed: pip install -e '.[tune]'")

import torch

from onnx_models.corpus.reading import read
from onnx_models.network.asking import Reader, ask, reader
from onnx_models.network.encoder import Encoder
from onnx_models.network.shallow import shallower
from onnx_models.network.transformer import Head, build, features
from onnx_models.training import tune
from onnx_models.training.bert import Bert
from onnx_models.training.lessons import Course, Lesson, padded
from onnx_models.training.tune import Recipe
from tests.onnx_models import tiny

RECIPE = Recipe(epochs=3, rows=8, rate=1e-2)
TEXTS = ["where is my parcel", "please the money back", "hello", "a song the weather my film please"]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny data to learn from."""
    data = read(tiny.write_data(tmp_path_factory.mktemp("data")))
    return Course(reading(), data.train, data.labels, seed=1)


def reading() -> Reader:
    """The tiny tokenizer, as much of a text as the tiny encoder takes."""
    return reader(tiny.encoder().tokenizer, tiny.POSITIONS, 200)


def same(one: Encoder, other: Encoder) -> bool:
    """Whether two encoders are the same to the last bit."""
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


def test_the_learner_is_the_network_that_is_packed() -> None:
    encoder = tiny.encoder(layers=3)
    width = features(encoder)
    graph = build(encoder, Head(np.eye(width, dtype=np.float32), np.zeros(width, np.float32)), tiny.POSITIONS)
    packed = list(reading().pack(TEXTS))
    expected = ask(graph, "logits", packed)
    learner = Bert(encoder, 3, dropout=0.5).eval()
    for group in packed:
        ids, mask = torch.from_numpy(group.ids), torch.from_numpy(group.mask)
        found = learner.features(ids, mask).detach().numpy()
        assert np.abs(found - expected[group.places]).max() < 1e-5


def test_tuning_makes_the_messages_easier_to_tell_apart(course: Course, tmp_path: Path) -> None:
    before = tiny.encoder()
    after = tune.tune(before, course, RECIPE, tmp_path / "notebook")
    assert spread(after, course.written()) > 1.1 * spread(before, course.written())


def spread(encoder: Encoder, lesson: Lesson) -> float:
    """How far apart the means of the intents lie, beside how far the messages lie from their means."""
    learner = Bert(encoder, 3, 0.0).eval()
    vectors = learner.features(*padded(lesson, range(len(lesson.tokens)))).detach().numpy()
    means = np.stack([vectors[lesson.targets == each].mean(axis=0) for each in range(3)])
    within = np.linalg.norm(vectors - means[lesson.targets], axis=1).mean()
    return float(np.linalg.norm(means - means.mean(axis=0), axis=1).mean() / within)


def test_fewer_layers_learn_what_all_of_them_say(course: Course, tmp_path: Path) -> None:
    told: list[str] = []
    heard = tune.tune(tiny.encoder(layers=3), course, RECIPE, tmp_path / "notebook", told.append, layers=2)
    assert (heard.layers, heard.name) == (2, "tiny, 2 of 3 layers, tuned")
    assert sum(line.startswith("wrote down") for line in told) == 2 * RECIPE.epochs, "a teacher, then a pupil"
    assert spread(heard, course.written()) > 1.1 * spread(
        shallower(tiny.encoder(layers=3), 2), course.written()
    )


def test_a_pupil_is_pulled_towards_what_its_teacher_says() -> None:
    lesson = Lesson([[2, 5, 3]], np.array([0]), np.array([[0.0, 9.0, 0.0]], np.float32))
    torn = {
        label: float(tune.wrongness(torch.tensor([logits]), lesson, [0], RECIPE))
        for label, logits in (("its own", [9.0, 0.0, 0.0]), ("the teacher's", [0.0, 9.0, 0.0]))
    }
    assert torn["the teacher's"] < torn["its own"]
    alone = replace(lesson, heard=None)
    assert float(tune.wrongness(torch.tensor([[9.0, 0.0, 0.0]]), alone, [0], RECIPE)) < 0.01


def test_the_same_seed_gives_the_same_encoder(course: Course, tmp_path: Path) -> None:
    one, two, other = (
        tune.tune(tiny.encoder(), replace(course, seed=seed), RECIPE, tmp_path / name)
        for name, seed in (("one", 1), ("two", 1), ("other", 2))
    )
    assert same(one, two)
    assert not same(one, other)


def test_an_interrupted_training_goes_on_where_it_was(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tune.tune(tiny.encoder(), course, RECIPE, tmp_path / "whole")
    epochs = iter(range(2))

    class Interrupted(Exception):
        """The power went."""

    def until_the_power_goes(line: str) -> None:
        if line.startswith("wrote down") and next(epochs, None) == 1:
            raise Interrupted

    with pytest.raises(Interrupted):
        tune.tune(tiny.encoder(), course, RECIPE, tmp_path / "broken", tell=until_the_power_goes)
    resumed = tune.tune(tiny.encoder(), course, RECIPE, tmp_path / "broken")
    assert "going on after epoch 2" in capsys.readouterr().err
    assert same(resumed, whole)


def test_a_notebook_of_another_training_is_not_gone_on_with(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tune.tune(tiny.encoder(), course, RECIPE, tmp_path / "notebook")
    tune.tune(tiny.encoder(), course, replace(RECIPE, rate=1e-3), tmp_path / "notebook")
    assert "of another training" in capsys.readouterr().err


def test_tables_of_words_stay_as_they_were(course: Course, tmp_path: Path) -> None:
    before = tiny.encoder()
    after = tune.tune(before, course, RECIPE, tmp_path / "notebook")
    changed = {
        name for name in before.weights if not np.array_equal(before.weights[name], after.weights[name])
    }
    assert "encoder.layer.0.intermediate.dense.weight" in changed
    assert not changed & set(tune.FROZEN)


def test_every_epoch_says_the_messages_anew(course: Course) -> None:
    first, second = course.anew(0), course.anew(1)
    assert first.tokens != second.tokens
    assert first.tokens == course.anew(0).tokens
    assert np.array_equal(first.targets, course.written().targets)
