"""Intents taught by a few messages stand on one scale with the trained ones."""

import numpy as np
import pytest

from processors.angles import Kind, angles
from processors.calibration import Evidence, probabilities
from processors.examples import Anchors, Array, Directions, Lesson, Studied, Taught, known, teach, widened

TRAINED, NEW, WIDTH = 4, 2, 24
TEMPERATURE = 0.8
# Where messages of each label, trained ones first, lie in what the head reads.
PLACES = np.random.default_rng(2).normal(0, 1, (TRAINED + NEW, WIDTH)).astype(np.float32)
HEAD = 2 * PLACES[:TRAINED].T
AXES = np.linalg.qr(PLACES[:TRAINED].T)[0].astype(np.float32)
DIRECTIONS = Directions(AXES, np.zeros(TRAINED, np.float32))


def messages(label: int, count: int, seed: int) -> Array:
    """Features of messages around their label's place."""
    noise = np.random.default_rng(seed).normal(0, 0.3, (count, WIDTH))
    found: Array = (PLACES[label] + noise).astype(np.float32)
    return found


def anchors(directions: Directions | None = DIRECTIONS) -> Anchors:
    features = np.concatenate([messages(label, 10, 50 + label) for label in range(TRAINED)])
    return Anchors(features, claims(features), np.repeat(np.arange(TRAINED), 10), directions)


def claims(features: Array) -> Array:
    return known(features @ HEAD, TEMPERATURE)


def lesson(label: int, count: int = 10) -> Lesson:
    features = messages(label, count, 70 + label)
    return Lesson(f"new.{label}", features, claims(features), count)


def taught(directions: Directions | None = DIRECTIONS) -> Taught:
    return teach(anchors(directions), [lesson(TRAINED), lesson(TRAINED + 1)], TEMPERATURE)


def studied(features: Array, distance: float = 5.0) -> Studied:
    return Studied(Evidence(features @ HEAD, np.full(len(features), distance, np.float32)), features)


def test_messages_of_taught_and_of_trained_intents_are_told_apart() -> None:
    more = taught()
    for label in range(TRAINED + NEW):
        evidence = widened(studied(messages(label, 50, 90 + label)), more)
        assert (evidence.logits.argmax(axis=1) == label).mean() >= 0.95


def test_all_labels_share_one_probability() -> None:
    evidence = widened(studied(messages(TRAINED, 20, 3)), taught())
    shares = probabilities(evidence.logits, TEMPERATURE)
    assert shares.shape == (20, TRAINED + NEW)
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.median(shares[:, TRAINED]) > 0.8


def test_the_trained_labels_logits_stay_as_they_are() -> None:
    before = studied(messages(1, 20, 4))
    assert np.array_equal(widened(before, taught()).logits[:, :TRAINED], before.evidence.logits)


def test_a_message_of_a_taught_intent_is_not_far_from_everything() -> None:
    near, far = messages(TRAINED, 30, 5), -6 * messages(0, 30, 6)
    more = taught()
    assert (widened(studied(near), more).distance < 5).all()
    assert (widened(studied(far), more).distance == 5).all()


def test_where_no_directions_are_known_the_distance_is_left_alone() -> None:
    assert (widened(studied(messages(TRAINED, 5, 5)), taught(None)).distance == 5).all()


def test_the_same_lessons_give_the_same_rows() -> None:
    first, second = taught(), taught()
    assert np.array_equal(first.weights, second.weights)
    assert np.array_equal(first.bias, second.bias)


def test_rows_grow_with_the_temperature_so_that_probabilities_do_not() -> None:
    features = messages(TRAINED, 20, 8)
    hot = Anchors(anchors().features, known(anchors().features @ HEAD, 2.0), anchors().labels, None)
    own = lesson(TRAINED)
    told = teach(hot, [Lesson(own.label, own.features, known(own.features @ HEAD, 2.0), 10)], 2.0)
    claimed = known(features @ HEAD, 2.0)
    share = 1 / (1 + np.exp(claimed - (features @ told.weights + told.bias)[:, 0] / 2.0))
    shown = probabilities(widened(studied(features), told).logits, 2.0)[:, -1]
    assert np.allclose(share, shown, atol=1e-4)


@pytest.mark.parametrize("many", [20, 40])
def test_fewer_examples_reach_as_far(many: int) -> None:
    """A row of three examples may claim no fewer messages than a row of many by much."""
    found = []
    for count in (3, many):
        more = teach(anchors(), [lesson(TRAINED, count)], TEMPERATURE)
        evidence = widened(studied(messages(TRAINED, 200, 9)), more)
        found.append((evidence.logits.argmax(axis=1) == TRAINED).mean())
    assert found[0] >= found[1] - 0.1


def test_a_description_is_said_from_four_angles() -> None:
    found = {
        each.kind: each.text for each in angles("card.limit_raise", "The customer wants their limit raised.")
    }
    assert found == {
        Kind.NAME: "card limit raise",
        Kind.TOLD: "The customer wants their limit raised.",
        Kind.GIST: "their limit raised",
        Kind.OWN: "I want my limit raised",
    }


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("The customer asks when their card expires.", "tell me when my card expires"),
        ("The customer reports a charge that they did not make.", "I report a charge that I did not make"),
        ("The customer's account is blocked.", "my account is blocked"),
        ("The customer asks the assistant what its name is.", "tell me what its name is"),
        ("Lost luggage at the airport", "Lost luggage at the airport"),
    ],
)
def test_a_description_becomes_the_customers_own_words(description: str, said: str) -> None:
    assert {each.kind: each.text for each in angles("x", description)}[Kind.OWN] == said


def test_without_a_description_there_is_only_the_name() -> None:
    assert [each.text for each in angles("order.status", "")] == ["order status"]
