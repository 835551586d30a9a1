"""Whether words are the name of a person."""

import importlib
import pkgutil
import re
from functools import cache

LETTERS = re.compile(r"[^\W\d_]+(?:[-'\u2019 ][^\W\d_]+)*")
# Names that are words before they are names: alone they name nobody.
WORDS = """
able accounts add alexa amazon amber america american among angel apple april armani art ash asia august
austin autumn baby back bean bent berlin berry best bill billing bird bishop black blue bond boston branch
bristol british brook brother brown buck bush busy butler can card carolina carry case cash chance chanel
charity chase china chinese christian christmas city cliff close cloud college cologne cook cost council
cuba dallas dash dawn day dear december del dell denver desk destiny dick dior do dock dolce don done dublin
dusk earl early east easter eden edit english europe even ever every faith fall fancy february field fine
floor ford forest france free french friday friend galaxy geneva georgia german germany gift glad golden
good google grace grant gray great green grey guy hall happen happy harbor harmony hart haven heath heaven
here hermes hill home hope house houston hunter in india iris iron island israel italian italy ivory jam
jamaica january japan jay jersey jet jewel job joke journey july june junior justice kenya king lake lane
las late lebanon legend lenovo less liberty line link lisbon little loan london long love lucky lyon mac
macy mad made madrid mail major man march mark mat max may me meadow media memphis mercedes mercy metro
milan miles mill min ming mission modest monday moon more muslim my need new nice noble nokia north november
ocean october old olive online only or orchid oslo page paris park pat peace pearl pepper per pet pier pike
pine pink poppy port prada precious press price prime prince princess queen rain ready reason red reed rich
ring river rock rod roll rome rose royal rusty sad saga sage said samsung santa santiago saturday say sea
season second see september serenity service shade shelly silver siri sister sky snow so sole solo son song
sony south spain spanish spirit star start state sterling still stone storm summer sun sunday sunny sydney
tan temple tesla the theres thou thursday tiger till to totally toy trace tree true trust tuesday unique
unity unknown valencia van victory vienna virginia visa wade wall want ward way we wednesday well west white
will win winter wolf wood worth you young zen
"""
WORDS_TOO = frozenset(WORDS.split())


@cache
def first_names() -> frozenset[str]:
    """First names of some ninety languages, as the package `faker` carries them; small letters."""
    return named("first_name", "given_name")


@cache
def last_names() -> frozenset[str]:
    """Family names of the same languages; small letters."""
    return named("last_name", "family_name")


def named(*kinds: str) -> frozenset[str]:
    """The names of a kind in every language that has a file in the package."""
    people = importlib.import_module("faker.providers.person")
    found: set[str] = set()
    for file in pkgutil.iter_modules(people.__path__):
        provider = importlib.import_module(f"{people.__name__}.{file.name}").Provider
        for attribute, value in vars(provider).items():
            if attribute.startswith(kinds) and isinstance(value, (list, tuple, dict)):
                found |= {name.lower() for name in value if isinstance(name, str) and LETTERS.fullmatch(name)}
    return frozenset(found)


def is_first(word: str) -> bool:
    """Whether a word is a first name, one that means nothing else."""
    lowered = word.lower().replace("\u2019", "'")
    return lowered in first_names() and lowered not in WORDS_TOO and len(lowered) > 2


def is_last(word: str) -> bool:
    """Whether a word is a family name, one that means nothing else."""
    lowered = word.lower().replace("\u2019", "'")
    return lowered in last_names() and lowered not in WORDS_TOO and len(lowered) > 2
