"""Texts that say what is not meant beside what is."""

import re

# "Don't refund it, just send a new one" holds every word of a wish for a refund. Plain bad news does not turn
# anything round ("it has not arrived", "the card isn't working"), so it is no contrast.
NOT_SO = r"do not|don['\u2019]?t|doesn['\u2019]?t (?:have to|need)|did(?: not|n['\u2019]?t) (?:mean|want|ask)"
RATHER = (
    r"instead|rather|without|except|other than|apart from|neither|nor|but not|no longer|no need|never ?mind"
)
TURNED = r"changed my mind|change of mind|scratch that|forget (?:it|that|about)|stop|not any ?more|anymore|actually"
NOT_THIS = (
    r"(?:not|isn['\u2019]?t|wasn['\u2019]?t|never) (?:a|an|the|my|about|to|for|by|asking|looking|interested|want|"
    r"wanting|trying|here|because|that|this|just|only|asked|wanted|ordered|said|it)"
)
KEPT = r"keep (?:it|my|the|them|this|that)|never (?:cancel|refund|return|send|change|charge|close|delete|exchange|call)"
CONTRAST = re.compile(rf"\b(?:{NOT_SO}|{RATHER}|{TURNED}|{NOT_THIS}|{KEPT})\b|[,?.!;] no\b|\bno,")


def contrasts(text: str) -> bool:
    """Whether the text takes something back; what does not read word order must not decide it."""
    return CONTRAST.search(text.lower()) is not None
