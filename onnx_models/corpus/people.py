"""The names of people in a message."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onnx_models.corpus.names import is_first, is_last

Word = re.Match[str]
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
LONGEST = 4
PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "el", "la", "le", "van", "von"}
)
# Words that stand where a name could stand.
NEVER = """
a about account address again all also am an and any are as at be because been best but by can card cheers
could customer dear delivery desk do does email everybody everyone faithfully first folks for from full get
greetings had has have he help her here hey hi him his how i if in inc incorrect invoice is it its just kind
last ltd madam mail many me missing my name no not now number of on or order our out parcel phone please
plus regards right service she sincerely sir sirs so some someone spelled spelt still support team thank
thanks that the their them then there these they this to too under urgent us very warm was we were what when
where which who why will with would wrong yes you your yours
"""
NO_NAME = frozenset(NEVER.split())
# After these any word with a capital is a name, as is any listed one.
SURE = re.compile(
    r"\b(?:(?:(?:my|his|her|the|user|full|first|last|maiden|sur)[ -]?)?names?(?:'s| is|:)?"
    r"|surname:?|named|maiden name|mr|mrs|ms|mx|dr|prof|herr|frau|sr|sister|rev|hon"
    r"|account holder:?|customer:|attn\.?:?|contact:|on behalf of)\.?\s+$",
    re.IGNORECASE,
)
# After these a listed first name is a name even in small letters.
LIKELY = re.compile(
    r"\b(?:this is|it'?s|it is|it'?s me|i'?m|i am|me|call me|hi|hello|hey|dear|ask for|sp[eo]a?ke? (?:to|with)"
    r"|talked (?:to|with)|colleague|friend|wife|husband|daughter|son|mum|mom|mother|dad|father|brother|sister)[, ]\s*$",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"^(?:dear|hello|hi|hey|hallo|bonjour|good (?:morning|afternoon|evening)),?\s+$", re.IGNORECASE
)
# A line, or the end of the message, that begins like this is signed.
SIGNED = re.compile(
    r"(?:\b(?:regards|sincerely|faithfully|thanks|thank you|thx|cheers|best|best wishes|greetings|love|yours|phone)"
    r"[,.!]?\s+(?:(?:prof|dr|mr|mrs|ms)\.?\s+)?|(?:^|\s)[-\u2013~]+\s*|(?:^|\s)(?:[A-Z]\.\s?)+)$",
    re.IGNORECASE,
)
ENDED = re.compile(r"\s*[.!|]?\s*(?:$|\n|\|)")
LAST_LINES = re.compile(r"\.?[ ]*(?:\n[ ]*[^\n]{0,40}){0,2}\s*")
PARTS = re.compile(r"[ .'\u2019-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that may be a name, with what stands around them."""

    words: tuple[str, ...]
    before: str
    after: str
    shouted: bool

    @property
    def capital(self) -> bool:
        """Whether it is written as names are."""
        return self.words[0][:1].isupper()

    @property
    def listed(self) -> bool:
        """Whether its first word is known as a name."""
        return is_first(self.words[0]) or is_last(self.words[0])


def people(text: str) -> Iterator[tuple[int, int]]:
    """Where names begin, where they end."""
    words = list(WORD.finditer(text))
    place = 0
    while place < len(words):
        count = length(text, words, place)
        if count:
            yield words[place].start(), words[place + count - 1].end()
        place += count or 1


def length(text: str, words: Sequence[Word], place: int) -> int:
    """How many words from here are one name; none is 0."""
    shouted = text.isupper()
    count = run(text, words, place, shouted)
    if not count:
        return 0
    start, end = words[place].start(), words[place + count - 1].end()
    said = tuple(word[0] for word in words[place : place + count])
    seen = Candidate(said, text[:start], text[end:], shouted)
    if SURE.search(seen.before) and (seen.capital or seen.listed):
        return max(count, unlisted(words, place)) if shouted else count
    return count if any(rule(seen) for rule in (introduced, greeted, signed, written, alone)) else 0


def introduced(seen: Candidate) -> bool:
    """It follows words that a name is likely after."""
    return is_first(seen.words[0]) and bool(LIKELY.search(seen.before))


def greeted(seen: Candidate) -> bool:
    """The message begins with a greeting to it."""
    return (
        seen.capital
        and not seen.shouted
        and bool(GREETING.search(seen.before))
        and seen.after[:1] in {*",\n!"}
    )


def signed(seen: Candidate) -> bool:
    """A line or the message ends with it, after the words that a signature has before it."""
    last = seen.capital and bool(ENDED.match(seen.after)) and bool(SIGNED.search(seen.before))
    return last and (seen.listed or "\n" in seen.before[-3:] or len(seen.words) > 1)


def written(seen: Candidate) -> bool:
    """It is a listed first name with a capital."""
    return seen.capital and not seen.words[0].isupper() and is_first(seen.words[0])


def alone(seen: Candidate) -> bool:
    """It has one of the last lines to itself: two more short ones may follow, such as a post held."""
    return seen.capital and seen.before.endswith("\n") and bool(LAST_LINES.fullmatch(seen.after))


def unlisted(words: Sequence[Word], place: int) -> int:
    """How many words are a name where all are in capitals, so that only words of no name end it."""
    rest = words[place : place + 2]
    return len(rest) if all(word[0].lower() not in NO_NAME for word in rest) else 1


def run(text: str, words: Sequence[Word], place: int, shouted: bool) -> int:
    """How many words from here go on like a name that begins here."""
    if words[place][0].lower() in NO_NAME:
        return 0
    count = 1
    while count < LONGEST and place + count < len(words) and goes_on(text, words, place + count, shouted):
        count += 1
    while count > 1 and words[place + count - 1][0].lower() in PARTICLES:
        count -= 1
    return count


def goes_on(text: str, words: Sequence[Word], place: int, shouted: bool) -> bool:
    """Whether a word belongs to the name before it."""
    word, gap = words[place][0], text[words[place - 1].end() : words[place].start()]
    if gap not in {" ", ". "} or word.lower() in NO_NAME:
        return False
    if gap == ". " and len(words[place - 1][0]) > 1:
        return False
    capital = word[:1].isupper() and not shouted
    small = shouted or words[place - 1][0][:1].islower()
    return capital or word.lower() in PARTICLES or (small and (is_last(word) or is_first(word)))


def parts(name: str) -> list[str]:
    """The words of a name that are worth finding again."""
    return [part for part in PARTS.split(name) if len(part) > 2 and part.lower() not in NO_NAME]
