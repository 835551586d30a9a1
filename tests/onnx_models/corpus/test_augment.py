"""Messages said anew keep their meaning, and only training messages are."""

import random
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from onnx_models.corpus import phrasing, typos
from onnx_models.corpus.augment import augmented
from onnx_models.corpus.commands import data
from onnx_models.corpus.reading import Example, read
from tests.onnx_models import tiny

EXAMPLES = (
    Example("Hello, how do I cancel my order? I don't want it any more.", "order.cancel"),
    Example("I want to change the card, please tell me where", "payment.change_method"),
    Example("ok", "oos"),
    Example("don't refund it, just send a new one", "return.exchange"),
)


def test_labels_are_kept_in_order() -> None:
    said = augmented(EXAMPLES, seed=1, epoch=0)
    assert [each.intent for each in said] == [each.intent for each in EXAMPLES]


def test_seed_and_epoch_fix_every_letter() -> None:
    assert augmented(EXAMPLES, 1, 2) == augmented(EXAMPLES, 1, 2)
    assert len({augmented(EXAMPLES, seed, epoch) for seed in (1, 2) for epoch in (0, 1, 2)}) == 6


def test_an_example_is_said_anew_in_the_same_way_whatever_stands_beside_it() -> None:
    assert augmented(EXAMPLES[::-1], 1, 0) == augmented(EXAMPLES, 1, 0)[::-1]


def test_nothing_is_ever_empty() -> None:
    examples = [Example(text, "a") for text in ("a", "please", "hi", "?", "Hello!", "the", "🙂")]
    assert all(each.text.strip() for epoch in range(200) for each in augmented(examples, 3, epoch))


def test_a_negation_is_never_lost_nor_made() -> None:
    """Slips aside, which spoil letters: what rewords or shortens may not turn a wish round."""
    texts = [example.text for example in EXAMPLES]
    for number in range(300):
        chance = random.Random(number)
        for text in texts:
            said = phrasing.shortened(phrasing.rephrased(text, chance), chance)
            assert negated(said) == negated(text), said


def negated(text: str) -> bool:
    return any(word in text.lower().replace("'", "") for word in ("dont", "do not", "not "))


@pytest.mark.parametrize("line", phrasing.SAME, ids=lambda line: line[0])
def test_a_phrase_becomes_another_of_its_line(line: tuple[str, ...]) -> None:
    said = {phrasing.other(line[0], random.Random(number)) for number in range(200)}
    assert said == set(line[1:])


def test_a_swap_for_every_twenty_characters() -> None:
    text = "where on earth is the parcel that was promised for monday"
    said = typos.swapped(text, 5)
    assert said != text
    assert sorted(said) == sorted(text), "the same letters"
    assert sum(one != other for one, other in zip(said, text, strict=True)) <= 2 * (len(text) // 20)
    assert typos.swapped("short one", 5) == "short one"
    assert typos.swapped(text, 5) == said


@pytest.mark.parametrize(
    ("slip", "said"),
    [(typos.swap, "crad"), (typos.drop, "crd"), (typos.double, "caard")],
    ids=["swap", "drop", "double"],
)
def test_each_slip_is_what_it_is_called(slip: typos.Slip, said: str) -> None:
    assert slip("card", 1, random.Random(0)) == said


def test_a_neighbour_is_beside_on_the_keyboard() -> None:
    assert set("qwsz") == set(typos.BESIDE["a"])
    assert {typos.neighbour("a", 0, random.Random(number)) for number in range(99)} == set("qwsz")


def test_the_command_adds_to_train_and_touches_nothing_else(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    tiny.write_data(source)
    result = CliRunner().invoke(data, ["augment", str(source), str(out), "--seed", "3"])
    assert result.exit_code == 0, result.output
    for name in ("valid.jsonl", "test.jsonl"):
        assert (out / name).read_bytes() == (source / name).read_bytes()
    before, after = (source / "train.jsonl").read_bytes(), (out / "train.jsonl").read_bytes()
    assert after.startswith(before)
    assert len(after) > 2 * len(before)
    texts = {each.text for each in (*read(source).valid, *read(source).test)}
    added = [msgspec.json.decode(line, type=Example) for line in after[len(before) :].splitlines()]
    assert not texts & {each.text for each in added}


def test_the_same_seed_writes_the_same_file(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    tiny.write_data(source)
    for name in ("one", "other"):
        CliRunner().invoke(data, ["augment", str(source), str(tmp_path / name), "--seed", "3"])
    assert (tmp_path / "one" / "train.jsonl").read_bytes() == (
        tmp_path / "other" / "train.jsonl"
    ).read_bytes()


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    tiny.write_data(source)
    result = CliRunner().invoke(data, ["scrub", str(source / "train.jsonl"), str(source / "test.jsonl")])
    assert result.exit_code == 1
    assert "exists already" in result.stderr


def test_a_folder_is_scrubbed_file_by_file(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    tiny.write_data(source)
    with (source / "test.jsonl").open("a") as file:
        file.write('{"text": "write to a.b@example.com", "intent": "oos"}\n')
    result = CliRunner().invoke(data, ["scrub", str(source), str(out)])
    assert "taken out of 1 messages" in result.output
    assert read(out).test[-1].text == "write to [email]"
    assert read(out).train == read(source).train
