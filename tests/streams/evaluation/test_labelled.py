"""Which messages are evaluated on."""

from pathlib import Path

import pytest

from streams.evaluation.labelled import LabelError, mapped, read

LINE = '{"text": "where is it", "intent": "order.status", "domain": "order"}\n'
OUTSIDE = '{"text": "ding dong", "intent": "oos"}\n'


def write(folder: Path, **files: str) -> Path:
    """Files of JSON Lines."""
    for name, content in files.items():
        (folder / f"{name}.jsonl").write_text(content)
    return folder


def test_every_message_knows_its_line_though_some_are_blank(tmp_path: Path) -> None:
    found = read(write(tmp_path, test=LINE + "\n" + OUTSIDE), "test")
    assert [(each.intent, each.place) for each in found.own] == [
        ("order.status", "test.jsonl:1"),
        ("oos", "test.jsonl:3"),
    ]


def test_messages_out_of_scope_beside_a_split_are_kept_apart(tmp_path: Path) -> None:
    found = read(write(tmp_path, valid=LINE, oos_valid=OUTSIDE), "valid")
    assert [each.intent for each in found.own] == ["order.status"]
    assert [each.place for each in found.beside] == ["oos_valid.jsonl:1"]
    assert len(found.all) == 2


def test_one_file_may_be_named_alone(tmp_path: Path) -> None:
    write(tmp_path, mine=LINE, oos_mine=OUTSIDE)
    found = read(tmp_path / "mine.jsonl", "test")
    assert [each.place for each in found.all] == ["mine.jsonl:1"]


def test_the_digest_covers_every_byte(tmp_path: Path) -> None:
    first = read(write(tmp_path, test=LINE, oos_test=OUTSIDE), "test").sha256
    assert read(write(tmp_path, test=LINE, oos_test=OUTSIDE * 2), "test").sha256 != first


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({}, r"test\.jsonl: No such file.*; name a folder"),
        ({"test": "\n"}, "no message in it"),
        ({"test": LINE + "hello\n"}, "test.jsonl:2: JSON is malformed"),
        ({"test": '{"text": "hm"}\n'}, "test.jsonl:1: Object missing required field `intent`"),
        ({"test": LINE, "oos_test": LINE}, "only messages of intent oos belong there"),
    ],
)
def test_what_can_not_be_evaluated_on_is_named(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    with pytest.raises(LabelError, match=complaint):
        read(write(tmp_path, **files), "test")


def test_other_names_are_mapped_to_ours_or_left_out(tmp_path: Path) -> None:
    folder = write(
        tmp_path, test=LINE + '{"text": "hm", "intent": "their.hm"}\n' + '{"text": "a", "intent": "a"}\n'
    )
    (tmp_path / "map.json").write_text('{"their.hm": "service.complaint", "order.status": null}')
    found = mapped(read(folder, "test"), tmp_path / "map.json")
    assert [(each.intent, each.place) for each in found.own] == [
        ("service.complaint", "test.jsonl:2"),
        ("a", "test.jsonl:3"),
    ]
    assert found.sha256 != read(folder, "test").sha256


@pytest.mark.parametrize(
    ("names", "complaint"), [("[]", "Expected `object`"), ('{"order.status": null}', "keep some")]
)
def test_a_map_that_is_none_is_named(tmp_path: Path, names: str, complaint: str) -> None:
    folder = write(tmp_path, test=LINE)
    (tmp_path / "map.json").write_text(names)
    with pytest.raises(LabelError, match=complaint):
        mapped(read(folder, "test"), tmp_path / "map.json")
