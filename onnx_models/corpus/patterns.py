"""Personal data that has a shape: addresses, numbers, secrets."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[re.Match[str]], bool]
CARD_DIGITS = range(13, 20)
PHONE_DIGITS = range(7, 16)
NEAR = 30


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind of personal data looks like; of a match, the group `it` is replaced where the check agrees."""

    kind: str
    pattern: re.Pattern[str]
    check: Check = lambda found: True


def shape(kind: str, pattern: str, check: Check = lambda found: True, cased: bool = False) -> Shape:
    """A shape with its pattern compiled, blind to case unless told."""
    return Shape(kind, re.compile(pattern, 0 if cased else re.IGNORECASE), check)


def digits(text: str) -> str:
    """The digits of a text alone."""
    return "".join(each for each in text if each.isdigit())


def is_card(found: re.Match[str]) -> bool:
    """Whether the digits are as many as a card's, with its check digit (Luhn)."""
    number = digits(found["it"])
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(number))]
    return len(number) in CARD_DIGITS and sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def is_address_of_a_machine(found: re.Match[str]) -> bool:
    """Whether it is an IP address."""
    try:
        ipaddress.ip_address(found["it"])
    except ValueError:
        return False
    return True


def is_private_link(found: re.Match[str]) -> bool:
    """Whether a link leads to more than the front page of a site: then it may lead to a person."""
    return bool(re.search(r"[?#@]|://[^/]+/.*\d", found["it"]))


def is_phone(found: re.Match[str]) -> bool:
    """Whether the digits are dialled: they begin like a number, or the words before them say so."""
    number = found["it"]
    if len(digits(number)) not in PHONE_DIGITS or re.fullmatch(DATE, number, re.IGNORECASE):
        return False
    before = found.string[max(0, found.start("it") - NEAR) : found.start("it")]
    if re.search(
        r"\b(order|parcel|tracking|invoice|ticket|case|ref\w*|serial|version)\b", before, re.IGNORECASE
    ):
        return False
    dialled = re.match(r"\+|0\d|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}$", number)
    said = re.search(
        r"\b(phone|tel\w*|mobile|cell|call|ring|text|whatsapp|number is|fax)\b", before, re.IGNORECASE
    )
    return bool(dialled or said)


MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|{DAY}(?: of)? {MONTH}(?:,? \d{{4}})?|{MONTH} {DAY}(?:,? \d{{4}})?)\b"
)
STREET = (
    r"(?:street|str\.?|st\.?|road|rd\.?|avenue|ave\.?|boulevard|blvd\.?|lane|ln\.?|drive|dr\.?|court|ct\.?|close"
    r"|crescent|terrace|place|pl\.?|square|gardens?|mews|way|hill|grove|row|walk|parkway|pkwy|highway|hwy)\b"
)
# Fewer kinds where the words have no capitals: "2 people drive" is no address, "9 chapel lane" is.
PLAIN_STREET = r"(?:street|road|avenue|lane|boulevard|terrace|crescent|gardens|mews|grove)\b"
NO_STREET = (
    r"(?:miles?|km|blocks?|minutes?|mins?|hours?|days?|weeks?|of|on|the|from|to|at|in|a|an|and|or|for|by|is|are"
    r"|more)\b"
)
CAPITAL = r"[A-ZÀ-Ý][\w'-]*"
POSTCODE = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d(?!GB|TB|MB|KB|AM|PM)[A-Z]{2})"
STATE_ZIP = r"(?:[A-Z]{2},? \d{5}(?:-\d{4})?)"
REST = (
    rf"(?:,?\s+(?i:apt|apartment|flat|unit|suite|no)\.?\s*#?\w+)?"
    rf"(?:,?\s+(?:{CAPITAL}(?: {CAPITAL})?,?\s+)?(?:{POSTCODE}|{STATE_ZIP}|\d{{4,5}}\b))?"
)
CODE = r"(?P<it>(?=(?:[^\d\s]*\d){4})[A-Z0-9][A-Z0-9/-]{4,}|\d\d-\d\d-\d\d|\d{2,4}(?: \d{2,4}){1,4})\b"
DIGIT_WORD = r"(?:(?:double|triple) )?(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"

# The order counts: what is longer or surer goes first, so that nothing is left of it for the others to misread.
SHAPES = (
    shape("email", r"(?P<it>[\w.+'-]+@[\w-]+(?:\.[\w-]+)+)"),
    shape("email", r"(?P<it>[\w+-]+(?: dot [\w-]+)* ?(?:\bat\b|\(at\)|\[at\]) ?[\w-]+"
          r"(?: ?(?:\bdot\b|\(dot\)|\[dot\]) ?[\w-]+)+)"),
    shape("link", r"(?P<it>(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,!?;:)])", is_private_link),
    shape("iban", r"\b(?P<it>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b", cased=True),
    shape("card number", r"(?<![\w-])(?P<it>\d(?:[ -]?\d){12,18})(?![\w-])", is_card),
    shape("social security number", r"\b(?P<it>\d{3}-\d{2}-\d{4})\b"),
    shape("insurance number", r"\b(?P<it>[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])\b", cased=True),
    shape("licence number", r"\b(?P<it>[A-Z9]{5}\d{6}[A-Z9]{2}\w{3})\b", cased=True),
    shape("mac address", r"\b(?P<it>(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})\b"),
    shape("ip address", r"(?<![\w.])(?P<it>(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]*:[0-9a-f:]+:[0-9a-f:]*)(?![\w.]\w)",
          is_address_of_a_machine),
    shape("date of birth", r"\b(?:born|dob|d\.o\.b\.?|date of birth|birth ?date|birthday)\b"
          rf"[^\n.?!\d]{{0,30}}?(?P<it>{DATE})"),
    shape("secret", r"\b(?:password|passphrase|passcode|user ?name|user ?id|login|pin|cvv|cvc|security code)\b"
          r"(?: (?:is|was|code|number))*[ :=]+(?P<it>(?=\S*\d)\S{2,}[^\s.,!?])"),
    shape("date", r"\b(?:exp|expiry|expires|expiring|valid (?:until|thru))\b(?: date)?[: ]*"
          r"(?P<it>\d\d/\d\d(?:\d\d)?)\b"),
    shape("address", rf"\b(?P<it>\d{{1,5}}[A-Za-z]?,? (?:{CAPITAL} ){{1,4}}(?i:{STREET}){REST})", cased=True),
    shape("address", rf"\b(?P<it>\d{{1,5}}[a-z]? (?:(?!{NO_STREET})[a-z']+ ){{1,2}}{PLAIN_STREET})"),
    shape("address", rf"\b(?P<it>[A-ZÄÖÜ][\w-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|straat) \d{{1,4}}[a-z]?\b"
          rf"(?:,? \d{{4,5}} {CAPITAL})?)", cased=True),
    shape("address", r"\b(?P<it>\d{1,5},? (?:rue|avenue|boulevard|place|calle|via|piazza) "
          rf"(?:(?:de|du|des|la|le|del|di) )*(?:{CAPITAL} ?){{1,3}}(?:, ?\d{{5}} {CAPITAL})?)", cased=True),
    shape("address", r"\b(?P<it>(?:p\. ?o\. ?box|po box|postfach) \d[\d ]*\d)\b"),
    shape("address", rf"\b(?P<it>{POSTCODE})\b", cased=True),
    shape("address", r"\b(?P<it>(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI"
          r"|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? \d{5}(?:-\d{4})?)\b", cased=True),
    shape("number", r"\b(?:passport|licen[cs]e|id card|national id|identity|employee|personnel|customer|member(?:ship)?"
          rf"|insurance|tax|sort code|account)(?: (?:number|no\.?|nr\.?|id|code|is|card|:))*[:#]? {CODE}"),
    shape("phone number", r"(?<![\w.,/-])(?P<it>(?:\+|\()?\d[\d ()./-]{5,18}\d)(?!\w)", is_phone),
    shape("phone number", rf"\b(?P<it>{DIGIT_WORD}(?:[ ,-]+{DIGIT_WORD}){{6,}})\b"),
    shape("number", r"(?<![\w.])(?P<it>\d{9,})(?!\w)"),
)  # fmt: skip
