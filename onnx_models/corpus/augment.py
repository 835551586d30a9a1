"""Messages said anew: misspelt, in other letters, shorter, in other words."""

import random
from collections.abc import Callable, Sequence

from onnx_models.corpus.phrasing import rephrased, shortened
from onnx_models.corpus.reading import Example
from onnx_models.corpus.typos import misspelt

Change = Callable[[str, random.Random], str]


def cased(text: str, chance: random.Random) -> str:
    """The text all in small letters, with a capital at its beginning, or, seldom, shouted."""
    return chance.choice(
        (text.lower(), text.lower(), text.lower(), text[:1].upper() + text[1:], text.upper())
    )


# How often each is drawn. Slips most of all: the encoder knows other words by itself, what it
# can't know by itself is that "crad" is a card.
CHANGES: tuple[tuple[Change, float], ...] = (
    (rephrased, 0.3),
    (shortened, 0.2),
    (cased, 0.3),
    (misspelt, 0.6),
)


def augmented(examples: Sequence[Example], seed: int, epoch: int) -> tuple[Example, ...]:
    """Every example said anew once, with its label; seed and epoch fix how, whatever the order of the examples."""
    return tuple(
        Example(anew(example.text, random.Random(f"{seed} {epoch} {example.text}")), example.intent)
        for example in examples
    )


def anew(text: str, chance: random.Random) -> str:
    """The text after each change that was drawn for it."""
    said = text
    for change, share in CHANGES:
        if chance.random() < share:
            said = change(said, chance)
    return said if said.strip() else text
