"""What takes something back is told from plain bad news."""

import pytest

from processors.contrast import contrasts

TAKEN_BACK = [
    "don't refund it, just send a new one",
    "I don\u2019t want my money, I want the lamp",
    "please exchange it instead of refunding me",
    "cancel the order, actually no, keep it",
    "it is not about the invoice, it's the delivery",
    "I'd rather have another size than my money back",
    "dont cancel, change the address",
    "never mind the parcel, where is my refund",
    "this isn't a complaint",
    "I no longer want to return the shoes",
    "DON'T CANCEL ANYTHING",
    "cancel the order? no, keep it, change the size",
    "never cancel my subscription, pause it",
    "send a new one, no refund",
    "keep the subscription, when does it renew",
]
BAD_NEWS = [
    "my parcel has not arrived",
    "the card isn't working",
    "I can't log in",
    "never got the invoice",
    "why was I charged twice",
    "no confirmation mail so far",
]


@pytest.mark.parametrize("text", TAKEN_BACK)
def test_what_takes_something_back_is_a_contrast(text: str) -> None:
    assert contrasts(text)


@pytest.mark.parametrize("text", BAD_NEWS)
def test_bad_news_is_no_contrast(text: str) -> None:
    assert not contrasts(text)
