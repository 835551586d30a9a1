"""A first stage learns from the network, with limits that keep the network's refusals."""

import numpy as np
import pytest

from onnx_models.packing.table import packed, rounded, whole
from onnx_models.training.limits import Exam, choose, cut, farthest, outcome
from onnx_models.training.student import Lesson, answers, learn, softmax
from onnx_models.training.variants import ROUNDS, variants
from onnx_models.training.wording import parts, table, wording
from tests.onnx_models import tiny

TEXTS = [[0, number % 4 + 1, 9] for number in range(80)]
TRUTH = np.array([number % 4 for number in range(80)])
EMBEDDINGS = np.random.default_rng(1).normal(size=(10, 16)).astype(np.float32)


def exam(student: list[list[float]], network: list[list[float]], targets: list[int]) -> Exam:
    """An exam whose last label is out of scope."""
    return Exam(np.array(student), np.array(network), np.array(targets), len(student[0]) - 1)


def test_a_student_learns_what_it_is_told() -> None:
    known = wording(TEXTS)
    exact = np.eye(4, dtype=np.float32)[TRUTH]
    weights = learn(Lesson(parts(TEXTS, known), exact), table(known, EMBEDDINGS, 16), 7)
    assert (answers(weights, parts(TEXTS, known)).argmax(axis=1) == TRUTH).all()


def test_the_same_seed_gives_the_same_file() -> None:
    known = wording(TEXTS)
    lesson = Lesson(parts(TEXTS, known), np.eye(4, dtype=np.float32)[TRUTH])
    files = [packed(rounded(learn(lesson, table(known, EMBEDDINGS, 16), 7)), known) for _ in range(2)]
    assert files[0] == files[1]


def test_a_pair_is_known_where_its_tokens_follow_each_other_only() -> None:
    known = wording([[1, 2, 3], [1, 2, 3]])
    both, turned = parts([[1, 2], [2, 1]], known).toarray()
    assert len(known.pairs) == 2
    assert (both[:4] == turned[:4]).all()
    assert both[4] > 0
    assert turned[4:6].sum() == 0


def test_what_was_seen_once_is_as_good_as_unknown() -> None:
    known = wording([[1, 2], [1, 5], [1, 2]])
    once, never = parts([[1, 5], [1, 6]], known).toarray()
    assert known.tokens.tolist() == [1, 2]
    assert (once == never).all()


def test_a_row_in_int8_is_off_by_half_a_step_at_most() -> None:
    values = np.random.default_rng(2).normal(size=(50, 16)).astype(np.float32)
    found = whole(rounded({"table": values}))["table"]
    step = np.abs(values).max(axis=1, keepdims=True) / 127
    assert (np.abs(found - values) <= step * 0.501).all()


def test_variants_are_the_texts_many_times_over_the_same_every_time() -> None:
    texts = ["where is my parcel", "money back please", "a song"]
    made = list(variants(texts, tiny.encoder(), 3))
    assert [len(each) for each in made] == [3] * 3 * ROUNDS
    assert made[:3] != made[3:6], "the second round says them another way"
    assert made == list(variants(texts, tiny.encoder(), 3))
    assert all(text for each in made for text in each)


def test_limits_stop_before_the_first_harm() -> None:
    sure = [0.99, 0.97, 0.95, 0.93, 0.91]
    student = [[p, 1 - p, 0.0] for p in sure]
    network = [[0.9, 0.1, 0.0]] * 3 + [[0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    given = exam(student, network, [0, 0, 0, 1, 0])
    limits = choose(given, wish=0.0, floor=0.5)
    assert 0.93 < limits.sure <= 0.95
    assert outcome(given, limits, cut(given)).coverage == pytest.approx(3 / 5)
    assert choose(given, wish=0.2, floor=0.5).sure == 0.5


def test_what_only_the_student_knows_makes_up_for_a_harm() -> None:
    sure = [0.99, 0.97, 0.95, 0.93]
    student = [[p, 1 - p, 0.0] for p in sure]
    network = [[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    harmed_first = exam(student, network, [0, 1, 0, 0])
    assert choose(harmed_first, wish=0.0, floor=0.5).sure == 0.5
    never_made_up = exam(student, network, [0, 1, 1, 0])
    assert choose(never_made_up, wish=0.0, floor=0.5).sure > 0.97


def test_limits_lose_no_refusal_of_the_network() -> None:
    inside = [[0.95, 0.049, 0.001]] * 20
    student = [*inside, [0.97, 0.029, 0.001]]
    network = [[0.95, 0.0, 0.05]] * 20 + [[0.2, 0.0, 0.8]]
    given = exam(student, network, [0] * 20 + [2])
    found = outcome(given, choose(given, wish=0.0, floor=0.5), cut(given))
    assert found.refusals_lost == 0
    assert found.coverage == 0


def test_one_refusal_in_a_hundred_may_be_lost_not_two() -> None:
    inside = [[0.95, 0.049, 0.001]] * 20
    refused, ordinary = [[0.05, 0.05, 0.9]], [[0.97, 0.029, 0.001]]
    network = [[0.95, 0.0, 0.05]] * 20 + [[0.2, 0.0, 0.8]] * 100
    one = exam([*inside, *ordinary, *refused * 99], network, [0] * 20 + [2] * 100)
    two = exam([*inside, *ordinary * 2, *refused * 98], network, [0] * 20 + [2] * 100)
    lost = [outcome(each, choose(each, wish=0.0, floor=0.5), cut(each)) for each in (one, two)]
    assert [each.coverage for each in lost] == [1, 0]
    assert [each.refusals_lost for each in lost] == [pytest.approx(0.01), 0]


def test_refusals_nobody_has_counted_are_kept_too() -> None:
    random = np.random.default_rng(4)
    odds = random.normal(1.0, 1.5, 4000)
    outside = 1 / (1 + np.exp(-odds))
    student = [[0.99, 0.01, 0.0]] * 200 + [[1 - share, 0.0, share] for share in outside]
    network = [[0.9, 0.05, 0.05]] * 200 + [[0.1, 0.0, 0.9]] * 4000
    given = exam(student, network, [0] * 200 + [2] * 4000)
    few = exam(student[:260], network[:260], [0] * 200 + [2] * 60)
    beyond = outside <= farthest(few)
    assert beyond[60:].mean() < 0.015
    assert 0.003 < (outside <= farthest(given)).mean() < 0.007


def test_a_stage_that_only_does_harm_decides_nothing() -> None:
    given = exam([[0.9, 0.1, 0.0]] * 4, [[0.1, 0.9, 0.0]] * 4, [1] * 4)
    limits = choose(given, wish=0.0, floor=0.5)
    assert outcome(given, limits, cut(given)).coverage == 0


def test_softmax_sums_to_one_however_large_the_logits() -> None:
    assert softmax(np.array([[1000.0, 999.0], [-1000.0, 0.0]], np.float32)).sum(axis=1) == pytest.approx(1)
