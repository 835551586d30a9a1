"""What of a text the model reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.text import SLACK, clean, cut, excerpt


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("where is my order", "where is my order"),
        ("  Hello,\r\n\r\n\tI'm  waiting \n", "Hello, I'm waiting"),
        ("a\x00b\x07c\x7fd", "a b c d"),
        ("no\u00a0break\u2003wide", "no break wide"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("re\u00adfund zero\u200bwidth \ufeffmark", "refund zerowidth mark"),
        ("\u202eturned\u202c", "turned"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("\U0001f600 ok", "\U0001f600 ok"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_a_text_is_cleaned_of_what_no_reader_sees(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(exclude_categories=[])))
def test_a_cleaned_text_can_be_encoded(text: str) -> None:
    clean(text).encode("utf-8")


def test_a_cut_keeps_the_beginning() -> None:
    assert cut("abcdef", 4) == "abcd"
    assert cut("abc", 4) == "abc"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcd", ("abcd", False)),
        ("abcde", ("abcd", True)),
        ("ab  cd", ("ab c", True)),
        ("a \n\t b", ("a b", False)),
        ("  " * 500 + "abcd", ("abcd", False)),
        ("abcd" + "  " * 500, ("abcd", False)),
        ("abc" + " " * 4 * SLACK + "d", ("abc", True)),
    ],
)
def test_an_excerpt_says_whether_anything_was_left_out(text: str, expected: tuple[str, bool]) -> None:
    assert excerpt(text, 4) == expected


@given(st.text(max_size=60), st.integers(1, 40))
def test_an_excerpt_is_the_beginning_of_the_cleaned_text(text: str, characters: int) -> None:
    begun, left_out = excerpt(text, characters)
    assert clean(text).startswith(begun)
    assert left_out or begun == clean(text)
