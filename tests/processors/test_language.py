"""Which texts are worth a question about their language."""

import pytest

from processors.language import doubtful

PLAIN = (
    "where is my order?",
    "I want my money back",
    "I didn't get what I ordered",
    "Hello, my name is Jürgen Müller from Göttingen, my parcel hasn't arrived at Weißenburger Straße 12",
    "can you ship to Rio de Janeiro",
    "it\u2019s broken and I can\u2019t return it",
)
SHORT = ("", "OK", "merci beaucoup", "danke", "12345", "😀😀😀😀😀", "ORD-4711 ???", "привет"[:3])
STRANGE = (
    "Wo bleibt meine Bestellung?",
    "onde está a minha encomenda",
    "Где мой заказ",
    "我的订单在哪里",
    "asdf qwer jklö zxcv",
)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_english_is_not_in_doubt(text: str) -> None:
    assert not doubtful(text, {"en"})


@pytest.mark.parametrize("text", SHORT)
def test_a_few_words_are_never_surely_anything(text: str) -> None:
    assert not doubtful(text, {"en"})


@pytest.mark.parametrize("text", STRANGE)
def test_what_has_no_english_words_is_in_doubt(text: str) -> None:
    assert doubtful(text, {"en"})


def test_english_is_in_doubt_where_the_model_speaks_none() -> None:
    assert doubtful("where is my order, please?", {"de"})
