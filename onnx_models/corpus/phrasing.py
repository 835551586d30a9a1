"""Other ways in which people say the same."""

import random
import re

# Written by hand. Each line holds phrases that mean the same in every message, so that the label stays; nothing
# here says or takes away a "not", a number, or what the message is about.
SAME = (
    ("i want to", "i'd like to", "i would like to", "i wanna", "i need to", "id like to"),
    ("how do i", "how can i", "how would i", "how should i", "whats the way to"),
    ("can you", "could you", "can u", "would you", "could you please"),
    ("can i", "could i", "may i", "am i able to", "is it possible for me to"),
    ("is there a way to", "is it possible to", "any way to", "is there any way to"),
    ("tell me", "let me know", "explain to me"),
    ("help me", "give me a hand", "assist me"),
    ("what is", "what's", "whats"),
    ("where is", "where's", "wheres"),
    ("i am", "i'm", "im"),
    ("i have", "i've", "ive"),
    ("it is", "it's", "its"),
    ("do not", "don't", "dont"),
    ("does not", "doesn't", "doesnt"),
    ("did not", "didn't", "didnt"),
    ("cannot", "can't", "cant", "can not"),
    ("will not", "won't", "wont"),
    ("has not", "hasn't", "hasnt"),
    ("is not", "isn't", "isnt"),
    ("because", "since", "cause", "as"),
    ("please", "pls", "plz"),
    ("thank you", "thanks", "thx"),
    ("you", "u"),
    ("your", "ur"),
    ("right now", "at the moment", "currently"),
    ("as soon as possible", "asap", "soon"),
    ("someone", "somebody"),
    ("want", "would like"),
)
OPENINGS = (
    "hi, ",
    "hello, ",
    "hey ",
    "hi there, ",
    "good morning, ",
    "quick question: ",
    "so ",
    "um, ",
    "ok so ",
)
CLOSINGS = (
    " please",
    " thanks",
    " thank you",
    " pls",
    " asap",
    " thx in advance",
    " any help is appreciated",
)
# What a hurried writer leaves out.
SPARED = re.compile(r"\b(please|kindly|just|really|actually|so|the|a|an)\s+", re.IGNORECASE)
GREETED = re.compile(
    r"^(hi|hello|hey|good (morning|afternoon|evening)|dear \w+)( there)?\s*[,!.:]?\s+", re.IGNORECASE
)
ENDED = re.compile(r"[.?!\s]+$")
WAYS = {phrase: line for line in SAME for phrase in line}
PHRASE = re.compile(
    r"\b(" + "|".join(re.escape(phrase) for phrase in sorted(WAYS, key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
HALF = 0.5


def rephrased(text: str, chance: random.Random) -> str:
    """The text with about half of its stock phrases said another way, now and then an opening or a closing."""
    said = PHRASE.sub(lambda found: other(found[0], chance) if chance.random() < HALF else found[0], text)
    if chance.random() < HALF / 2:
        return chance.choice(OPENINGS) + said[:1].lower() + said[1:]
    if chance.random() < HALF / 2:
        return ENDED.sub("", said) + chance.choice(CLOSINGS)
    return said


def other(phrase: str, chance: random.Random) -> str:
    """Another phrase of the same meaning, with a capital where the first one had it."""
    ways = [way for way in WAYS[phrase.lower()] if way != phrase.lower()]
    chosen = chance.choice(ways)
    return chosen[:1].upper() + chosen[1:] if phrase[:1].isupper() and phrase != "I" else chosen


def shortened(text: str, chance: random.Random) -> str:
    """The text without greeting, filling words or full stop; never emptied."""
    bare = ENDED.sub("", GREETED.sub("", text))
    spared = SPARED.sub(lambda found: "" if chance.random() < HALF else found[0], bare)
    return spared if spared.strip() else text
