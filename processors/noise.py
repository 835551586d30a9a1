"""The rule by which a message counts as written by a machine."""

import unicodedata
from collections.abc import Iterable

from processors import noise_phrases
from schemas.messages import InboundMessage, Signal
from schemas.vocabulary import Channel

# Only mail is answered by machines; a caller that names no channel may be passing mail on.
_MAIL = (Channel.EMAIL, Channel.TICKET, None)

# A notice says what it is at once; what is pasted further down is someone's report of it.
_HEAD = 1200
_OPENING = 250

# Nearly every real message has none of these, so that the patterns need not be tried on it.
_CLUES = (
    "automat", "auto-", "office", "away", "leave", "vacation", "holiday", "büro", "haus", "abwesen", "urlaub",
    "absen", "congé", "bureau", "oficina", "vacaciones", "ausente", "ferie", "sede", "ufficio", "assente",
    "escritório", "férias", "vakantie", "aanwezig", "afwezig", "kantoor", "urlopie", "biurem", "nieobecn",
    "semester", "kontoret", "frånvar",
)  # fmt: skip


def is_noise(inbound: InboundMessage) -> bool:
    """Auto-replies, bounces, delivery notices; in doubt it is a customer, whom the model may look at."""
    if inbound.signals and _from_machine(inbound.signals.items()):
        return True
    if inbound.channel not in _MAIL:
        return False
    head = unicodedata.normalize("NFC", inbound.text[:_HEAD]).replace("\u2019", "'").strip()
    return _is_notice(head) or _is_auto_reply(inbound.subject, head)


def _from_machine(signals: Iterable[tuple[str, Signal]]) -> bool:
    """Mail headers in which a machine says so itself.

    Not `auto-generated`, since contact forms send that; not `list` or `bulk`, since a group address does.
    """
    for name, content in signals:
        if isinstance(content, str) and _tells(name.lower().replace("_", "-"), content.strip().lower()):
            return True
    return False


def _tells(header: str, content: str) -> bool:
    match header:
        case "auto-submitted":
            return content.startswith(("auto-replied", "auto-notified"))
        case "precedence":
            return content in ("auto_reply", "auto-reply")
        case "x-autoreply" | "x-autorespond" | "x-auto-reply":
            return content not in ("", "no", "false")
        case "return-path":
            return content == "<>"
        case "x-failed-recipients":
            return "@" in content
        case "from" | "sender":
            return "mailer-daemon@" in content
        case "content-type":
            return content.startswith("multipart/report") and (
                "delivery-status" in content or "disposition-notification" in content
            )
    return False


def _is_notice(head: str) -> bool:
    return noise_phrases.NOTICE.match(head) is not None


def _is_auto_reply(subject: str | None, head: str) -> bool:
    """The mail program's own subject, or two signs of a machine; never where business is spoken of."""
    by_subject = subject is not None and noise_phrases.AUTO_SUBJECT.match(_plain(subject)) is not None
    if not by_subject and not _has_two_signs(head):
        return False
    return noise_phrases.BUSINESS.search(_own_words(head)) is None


def _has_two_signs(head: str) -> bool:
    lowered = head.lower()
    if not any(clue in lowered for clue in _CLUES):
        return False
    own = _own_words(head)
    absent = noise_phrases.ABSENT.search(own, 0, _OPENING) is not None
    automatic = noise_phrases.AUTOMATIC.search(own) is not None
    if not (absent or automatic):
        return False
    meanwhile = noise_phrases.MEANWHILE.search(own) is not None
    received = noise_phrases.RECEIVED.search(own, 0, _OPENING) is not None
    return (absent and meanwhile) or (automatic and (absent or meanwhile or received))


def _own_words(head: str) -> str:
    quoted = noise_phrases.QUOTED.search(head)
    return head[: quoted.start()] if quoted else head


def _plain(subject: str) -> str:
    return unicodedata.normalize("NFC", subject).strip()
