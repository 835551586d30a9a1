"""Whether a text may be in a language that the model was never taught."""

import re
from collections.abc import Collection

# What is looked at: a language shows within two lines, the rest would only take time.
LOOKED_AT = 300
# Fewer words are never surely of any language: "merci beaucoup" may be a nickname, "OK" is everyone's.
FEWEST_WORDS = 4
FEWEST_FOREIGN_LETTERS = 4
# This many words that only English has, or this share of them, settle it without asking anyone.
ENGLISH_WORDS = 2
ENGLISH_SHARE = 0.2
# From here on letters are of other scripts than the Latin one.
BEYOND_LATIN = "\u0250"

WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
# Words that are common in English, rare in what else is written in Latin letters ("to" is Polish, "is" Dutch).
ENGLISH = frozenset(
    WORDS.findall(
        """about add after again already also and any anything are back because been before being both buy by
    call can can't cannot card change check could couldn't delivered delivery did didn't does doesn't doing don't
    each either ever every everything few find first found from get gets getting give given got had has
    have haven't having he hello help her here him his how i'd i'll i'm i've if instead into isn't it it's its
    just keep know last let like long look looking make many may money more most much must my myself need needs
    never new next not nothing number of off once one only or other our out over paid parcel pay play please refund
    put said same say see send sent set she should show since some someone something soon still such tell than
    thank thanks that that's the their them then there these they they're thing think this those through time
    told too tried try trying two until up us use used using very waiting want wanted was wasn't way we're week
    weeks well went were what what's when where where's which while who whose why will with won't work working
    would wouldn't year years yes yesterday yet you you're your yours"""
    )
)


def doubtful(text: str, spoken: Collection[str]) -> bool:
    """Whether a text is worth asking a detector about: long enough to tell, not plainly what the model speaks."""
    lowered = text[:LOOKED_AT].lower()
    plain = "en" in spoken
    # Most messages end here, in 2 us.
    if plain and len(ENGLISH.intersection(lowered.split())) >= ENGLISH_WORDS:
        return False
    letters = "" if lowered.isascii() else [letter for letter in lowered if letter.isalpha()]
    strange = sum(letter >= BEYOND_LATIN for letter in letters)
    if 2 * strange > len(letters):
        return strange >= FEWEST_FOREIGN_LETTERS
    words = WORDS.findall(lowered.replace("\u2019", "'"))
    return len(words) >= FEWEST_WORDS and not (plain and english(words))


def english(words: Collection[str]) -> bool:
    """Whether words are plainly English."""
    found = sum(word in ENGLISH for word in words)
    return found >= ENGLISH_WORDS or found >= ENGLISH_SHARE * len(words)
