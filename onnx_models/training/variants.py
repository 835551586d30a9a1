"""Messages as nobody wrote them, for a student to learn from what the network says of them."""

import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from onnx_models.network.encoder import Encoder

# How often each way is gone at most.
ROUNDS = 3
WAYS = 3
DROPPED = 0.2
MOST_REPLACED = 3
# Of the words put in place of others; the rest are the messages' own.
FOREIGN = 0.6
Words = Sequence[str]
Random = np.random.Generator


def variants(texts: Sequence[str], encoder: Encoder, seed: int) -> Iterator[list[str]]:
    """The texts many times over: with words gone, with another's end, with other words here and there."""
    random = np.random.default_rng(seed)
    own = [text.split() or [text] for text in texts]
    foreign, flat = whole_words(encoder), [word for words in own for word in words]
    ways: tuple[Callable[[Words], list[str]], ...] = (
        lambda words: thinned(words, random),
        lambda words: spliced(words, own[int(random.integers(len(own)))], random),
        lambda words: replaced(words, flat, foreign, random),
    )
    assert len(ways) == WAYS
    for way in ways * ROUNDS:
        yield [" ".join(way(words)) for words in own]


def whole_words(encoder: Encoder) -> list[str]:
    """Words that the encoder knows, whatever they are about."""
    # Each is one token of its own: what the messages never speak of must be seen in training too.
    known = json.loads(encoder.tokenizer)["model"]["vocab"]
    return sorted(word for word in known if len(word) > 2 and word.isascii() and word.isalpha())


def thinned(words: Words, random: Random) -> list[str]:
    """Some words gone, never all."""
    kept = random.random(len(words)) >= DROPPED
    return [word for word, stays in zip(words, kept, strict=True) if stays] or list(words)


def spliced(words: Words, other: Words, random: Random) -> list[str]:
    """The beginning of one text with the end of another."""
    return [*words[: int(random.integers(1, len(words) + 1))], *other[int(random.integers(len(other))) :]]


def replaced(words: Words, own: Words, foreign: Words, random: Random) -> list[str]:
    """A few words turned into any others: what the rest says may no longer be about anything we know."""
    changed = list(words)
    count = min(len(words), int(random.integers(1, MOST_REPLACED + 1)))
    for place in random.permutation(len(words))[:count].tolist():
        source = foreign if foreign and random.random() < FOREIGN else own
        changed[place] = source[int(random.integers(len(source)))]
    return changed
