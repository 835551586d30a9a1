"""Personal data goes, the message stays."""

import msgspec
import pytest

from onnx_models.corpus.rewriting import without
from onnx_models.corpus.scrub import scrub
from tests.onnx_models.corpus.planted import HARMLESS, PLANTED


@pytest.mark.parametrize(("text", "items"), PLANTED, ids=[text[:30] for text, _ in PLANTED])
def test_nothing_planted_is_left(text: str, items: tuple[str, ...]) -> None:
    said = scrub(text).casefold()
    assert [item for item in items if item.casefold() in said] == []


def test_at_least_a_hundred_are_planted() -> None:
    assert sum(len(items) for _, items in PLANTED) >= 100
    assert all(item in text for text, items in PLANTED for item in items)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("text", [*(text for text, _ in PLANTED), *HARMLESS])
def test_what_is_scrubbed_once_is_scrubbed(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)


def test_a_scrubbed_message_still_reads() -> None:
    assert scrub("Please refund to DE89 3704 0044 0532 0130 00, regards\nMaria Schmidt") == (
        "Please refund to [iban], regards\n[name]"
    )


@pytest.mark.parametrize(
    "name", ["Torquil Mainwaring", "J. Wisniewska", "Bláthnaid", "Sr. Benedetta Unterholzner"]
)
def test_a_name_that_no_list_has_is_known_by_its_place_at_the_end(name: str) -> None:
    said = scrub(f"Your van has blocked our gate again.\n\nWith kind regards,\n{name}\nSchool Office")
    assert name.split()[-1] not in said
    assert said.startswith("Your van has blocked our gate again.")


def test_a_card_number_needs_its_check_digit() -> None:
    assert scrub("pay with 4111 1111 1111 1111") == "pay with [card number]"
    assert "card" not in scrub("meter shows 4111 1111 1111 1112")


def test_a_line_keeps_what_else_it_says_unless_positions_would_be_wrong() -> None:
    row = b'{"text":"my name is Tomasz","intent":"a","domain":"d","slots":[{"start":11,"end":17}]}'
    kept = {"text": "my name is [name]", "intent": "a", "domain": "d"}
    assert msgspec.json.decode(without(row, "here:1")) == kept


def test_a_line_with_nothing_personal_stays_byte_for_byte() -> None:
    row = b'{"intent": "a",  "text": "where is it", "slots": []}'
    assert without(row, "here:1") is row
