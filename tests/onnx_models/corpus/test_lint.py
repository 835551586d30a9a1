"""What is wrong with labelled messages is found, what is right is left alone."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result

from onnx_models.corpus import easy, labels, overlap, similar
from onnx_models.corpus.commands import data
from onnx_models.corpus.findings import Finding, Report
from onnx_models.corpus.lint import Terms, lint, looked_at
from onnx_models.corpus.messages import Message, read
from onnx_models.corpus.opinions import Opinions, Vectors, opinions
from onnx_models.corpus.profile import STRICT, USUAL
from onnx_models.training.train import main as train
from tests.onnx_models import tiny
from tests.onnx_models.test_train import write_encoder

LONG_MAIL = " ".join(f"word{number}" for number in range(70))


def message(text: str, intent: str = "a", split: str = "train", line: int = 1) -> Message:
    return Message(text, intent, split, f"{split}.jsonl:{line}")


def rules(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    """Level, rule, place of each."""
    return [(each.level, each.rule, each.place) for each in findings]


def cloud(intents: int, each: int) -> tuple[Vectors, list[str]]:
    """Vectors of messages that lie about the middle of their intent, some far enough out to be mistaken."""
    chance = np.random.default_rng(4)
    middles = chance.normal(0, 1, (intents, 24))
    vectors = np.repeat(middles, each, axis=0) + chance.normal(0, 0.75, (intents * each, 24))
    return vectors.astype(np.float32), [f"i{number // each}" for number in range(intents * each)]


def write(folder: Path, split: str, rows: Sequence[tuple[str, str]]) -> None:
    lines = [msgspec.json.encode({"text": text, "intent": intent}) for text, intent in rows]
    (folder / f"{split}.jsonl").write_bytes(b"\n".join(lines) + b"\n")


def run(*told: str) -> Result:
    return CliRunner().invoke(data, told)


def test_the_same_words_in_two_splits_are_an_error_at_the_later_one() -> None:
    found = similar.repeated(
        [message("Where is it?", line=3), message("where is IT", split="test", line=8)], USUAL
    )
    assert rules(found) == [("error", "duplicate", "test.jsonl:8")]
    assert "train.jsonl:3" in found[0].says


def test_the_same_words_with_two_intents_contradict_each_other() -> None:
    found = similar.repeated([message("no", "a"), message("no!", "b", line=2)], USUAL)
    assert rules(found) == [("error", "contradiction", "train.jsonl:2")]


def test_the_same_words_twice_in_one_split_are_only_doubtful() -> None:
    twice = [message("no"), message("No.", line=2)]
    assert rules(similar.repeated(twice, USUAL)) == [("warning", "duplicate", "train.jsonl:2")]
    assert rules(similar.repeated(twice, STRICT)) == [("error", "duplicate", "train.jsonl:2")]


def test_nearly_the_same_message_in_another_split_is_found_with_the_share() -> None:
    near = [message("where is my parcel today"), message("where is my parcel now", split="valid")]
    (found,) = similar.alike(near, STRICT)
    one, other = (similar.trigrams(each.text) for each in near)
    assert f"{2 * len(one & other) / (len(one) + len(other)):.0%}" in found.says
    assert similar.alike([message(each.text) for each in near], STRICT) == [], "within a split it may be"


def test_likeness_is_the_same_in_blocks_as_one_by_one() -> None:
    chance = random.Random(2)
    words = ["parcel", "refund", "late", "lamp", "broken", "where", "when", "money", "is", "my"]
    texts = [" ".join(chance.sample(words, 4)) for _ in range(700)]
    found = [
        message(text, split="train" if row < 400 else "test", line=row) for row, text in enumerate(texts)
    ]
    sets = [similar.trigrams(text) for text in texts]
    expected = {
        late: max(2 * len(sets[late] & sets[row]) / (len(sets[late]) + len(sets[row])) for row in range(400))
        for late in range(400, 700)
    }
    near = {pair.one.place: pair.shared for pair in similar.nearest(found, 0.95)}
    assert near == {
        f"test.jsonl:{row}": pytest.approx(share, abs=1e-6) for row, share in expected.items() if share > 0.95
    }
    assert 0 < len(near) < 300


def test_a_set_that_begins_alike_or_is_short_fails_the_strict_profile_alone() -> None:
    found = [
        message(f"i would like to {word}", split="train", line=row) for row, word in enumerate("abcdef" * 20)
    ]
    report = looked_at(found, Terms(STRICT))
    assert {each.rule for each in report.findings} >= {"same_start", "too_few_long"}
    assert report.figures["share_same_start"] == 1
    assert not {"same_start", "too_few_long"} & {
        each.rule for each in looked_at(found, Terms(USUAL)).findings
    }


def test_long_mails_count_as_long() -> None:
    report = looked_at([message(LONG_MAIL), message("short")], Terms(STRICT, allow_small=True))
    assert report.figures["share_long"] == 0.5
    assert report.errors == 0


@pytest.mark.parametrize(("count", "errors"), [(49, 1), (50, 0)])
def test_forty_nine_messages_are_too_few(count: int, errors: int) -> None:
    found = [message(f"text number {number} of them", line=number) for number in range(count)]
    assert looked_at(found, Terms(USUAL)).errors == errors
    assert looked_at(found, Terms(USUAL, allow_small=True)).errors == 0


def test_turned_labels_are_found() -> None:
    vectors, intents = cloud(intents=12, each=60)
    chance = random.Random(3)
    turned = set(chance.sample(range(len(intents)), 36))
    given = [f"i{(int(name[1:]) + 5) % 12}" if row in turned else name for row, name in enumerate(intents)]
    suspects = set(labels.suspects(opinions(vectors, given)))
    assert len(suspects & turned) >= 0.9 * len(turned)
    assert len(suspects & turned) >= 0.7 * len(suspects)


def test_an_intent_split_in_two_is_an_overlap_and_nothing_else_is() -> None:
    vectors, intents = cloud(intents=12, each=60)
    chance = random.Random(1)
    given = [f"{name}b" if name == "i7" and chance.random() < 0.5 else name for name in intents]
    found = overlap.overlaps(opinions(vectors, given))
    assert [(each.one, each.other) for each in found] == [("i7", "i7b")]
    assert all(given[row] in {"i7", "i7b"} for row in found[0].rows)


def test_a_message_of_an_overlap_is_not_called_wrong_as_well() -> None:
    judged = Opinions(("a", "b"), np.array([0, 1]), np.array([[0.01, 0.99], [0.01, 0.99]]))
    messages = [message("x", "a"), message("y", "b")]
    assert rules(labels.wrong(messages, judged, set())) == [("warning", "wrong_label", "train.jsonl:1")]
    assert labels.wrong(messages, judged, {frozenset(("a", "b"))}) == []


def test_probabilities_are_of_messages_not_seen_before() -> None:
    """With nothing to learn, an opinion that had seen the label would be right more often than chance."""
    noise = np.random.default_rng(8).normal(0, 1, (400, 8)).astype(np.float32)
    judged = opinions(noise, [f"i{row % 4}" for row in range(400)])
    assert (judged.chosen == judged.given).mean() < 0.35
    np.testing.assert_allclose(judged.shares.sum(axis=1), 1)


def test_an_intent_with_one_message_does_not_stop_the_lint() -> None:
    vectors, intents = cloud(intents=3, each=20)
    judged = opinions(np.vstack([vectors, vectors[:1]]), [*intents, "alone"])
    assert np.isfinite(judged.shares).all()


def test_a_set_is_too_easy_when_counting_words_comes_near() -> None:
    test = [message("x", split="test")]
    assert rules(easy.too_easy(test, 0.90, 0.95, STRICT)) == [("error", "too_easy", "test.jsonl:1")]
    assert easy.too_easy(test, 0.88, 0.95, STRICT) == []


def test_counting_words_is_measured_on_the_test_messages() -> None:
    rows = [message(" ".join(words), intent) for intent, words in tiny.TOPICS.items()]
    assert easy.counted(rows, [*rows, message("nothing of it", "refund.request")]) >= 0.75


def test_the_whole_lint_runs_on_an_encoder(tmp_path: Path) -> None:
    report = lint(read(tiny.write_data(tmp_path)), Terms(USUAL, accuracy=0.99), tiny.encoder())
    assert report.figures["accuracy_out_of_fold"] > 0.9
    assert report.figures["accuracy_model"] == 0.99
    assert "too_easy" in {each.rule for each in report.findings}


def test_the_command_names_file_and_line_and_ends_with_1(tmp_path: Path) -> None:
    tiny.write_data(tmp_path)
    write(tmp_path, "test", [("hm so", "oos"), (read(tmp_path)[4].text, "order.status")])
    result = run("lint", str(tmp_path), "--quick")
    assert result.exit_code == 1
    assert f"{tmp_path / 'test.jsonl'}:2: error: duplicate: " in result.output


def test_json_says_the_same_as_the_lines(tmp_path: Path) -> None:
    tiny.write_data(tmp_path)
    result = run("lint", str(tmp_path), "--quick", "--json")
    report = msgspec.json.decode(result.stdout, type=Report)
    assert report.figures["messages"] == 360
    assert len(json.loads(result.stdout)["findings"]) == len(report.findings)
    assert result.exit_code == (1 if report.errors else 0)


def test_a_folder_without_messages_is_one_line(tmp_path: Path) -> None:
    result = run("lint", str(tmp_path))
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"intents: {tmp_path / 'train.jsonl'} is missing; write one JSON object a line, with text, intent\n"
    )


def test_training_refuses_small_intents_unless_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_data(tmp_path)
    kept = [each for each in read(tmp_path) if each.split == "train"]
    write(tmp_path, "train", [(each.text, each.intent) for each in kept if each.intent != "oos"])
    write(tmp_path, "oos_train", [(each.text, each.intent) for each in kept if each.intent == "oos"][:49])
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    told = ["--head", "--data", str(tmp_path), "--encoder", str(write_encoder(encoder))]
    assert train([*told, "--out", str(tmp_path / "tiny-0.1.0")]) == 1
    assert "oos has 49 training messages, 50 are needed" in capsys.readouterr().err
    assert train([*told, "--out", str(tmp_path / "tiny-0.1.0"), "--allow-small"]) == 0
