"""Slips of the finger, drawn by chance."""

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

CHARACTERS_PER_SLIP = 20
# An English keyboard, row by row; a finger lands beside or on the row above or below.
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
Slip = Callable[[str, int, random.Random], str]


def beside() -> dict[str, str]:
    """What lies around each key; a row begins a little to the right of the one above it."""
    found = {}
    for row, keys in enumerate(ROWS):
        above, below = ROWS[row - 1] if row else "", ROWS[row + 1] if row + 1 < len(ROWS) else ""
        for column, key in enumerate(keys):
            left = max(0, column - 1)
            same = keys[left : column + 2].replace(key, "")
            found[key] = same + above[column : column + 2] + below[left : column + 1]
    return found


BESIDE = beside()


def swap(text: str, place: int, chance: random.Random) -> str:
    """Two letters in the wrong order."""
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def drop(text: str, place: int, chance: random.Random) -> str:
    """A letter that was not hit."""
    return text[:place] + text[place + 1 :]


def double(text: str, place: int, chance: random.Random) -> str:
    """A letter that was hit twice."""
    return text[: place + 1] + text[place:]


def neighbour(text: str, place: int, chance: random.Random) -> str:
    """A letter for which the one beside it was hit."""
    return text[:place] + chance.choice(BESIDE[text[place].lower()]) + text[place + 1 :]


SLIPS: tuple[Slip, ...] = (swap, swap, drop, double, neighbour)


def misspelt(text: str, chance: random.Random) -> str:
    """The text with a slip in every 20 characters, one at least."""
    return slipped(text, max(1, len(text) // CHARACTERS_PER_SLIP), SLIPS, chance)


def swapped(text: str, seed: int) -> str:
    """The text as the typo set has it: a swap for every whole 20 characters, fixed by the seed alone."""
    return slipped(text, len(text) // CHARACTERS_PER_SLIP, (swap,), random.Random(f"{seed} {text}"))


def slipped(text: str, count: int, slips: Sequence[Slip], chance: random.Random) -> str:
    """The text with so many slips, where it has room for them."""
    for _ in range(count):
        if spots := places(text):
            text = chance.choice(slips)(text, chance.choice(spots), chance)
    return text


def places(text: str) -> list[int]:
    """Where a slip would be one: at a letter before another letter that is not the same."""
    return [
        place
        for place, (one, next_) in enumerate(pairwise(text))
        if one.lower() in BESIDE and next_.lower() in BESIDE and one != next_
    ]
