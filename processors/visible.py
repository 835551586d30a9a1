"""What of a text there is to see."""

import unicodedata
from collections.abc import Iterable

# Letters by their category, nothing to the eye: Hangul fillers, the Braille pattern without a dot.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Control and format characters, separators, marks without a letter to stand on.
_INVISIBLE = ("C", "Z", "M")


def says_something(text: str) -> bool:
    """Whether there is anything to see in it; an emoji, a lone question mark are."""
    # Nearly every text begins with an ordinary letter.
    if (first := text[:1]).isascii() and first.isalnum():
        return True
    # A text of 256 KiB may be all blanks: each kind of character is looked at once.
    return _any_visible(text[:64]) or _any_visible(set(text[64:]))


def _any_visible(characters: Iterable[str]) -> bool:
    return any(_visible(character) for character in characters)


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in _INVISIBLE and character not in _BLANK
