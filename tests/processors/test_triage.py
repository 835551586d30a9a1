"""What says nothing or was written by a machine is ignored; a customer never is."""

from typing import Any

import pytest

from processors.flow import Decision, Enriched
from processors.triage import triage
from processors.visible import says_something
from schemas.vocabulary import Decider, Kind, Reason
from tests.processors.samples import desk, enriched


def settled(text: str, **fields: Any) -> Decision | None:
    (one,) = triage([enriched(text, **fields)], desk())
    return one if isinstance(one, Decision) else None


EMPTY = [
    "",
    " ",
    "\n\t\r\n",
    "\u200b\u200b",
    "\ufeff",
    "\u00a0",
    "\u2800",
    "\u3164",
    "\u0000\u0007",
    "\u0301",
    "\u2028",
]


@pytest.mark.parametrize("text", EMPTY)
def test_a_message_in_which_there_is_nothing_to_see_is_ignored(text: str) -> None:
    decision = settled(text)
    assert decision is not None
    assert (decision.kind, decision.reason) == (Kind.IGNORED, Reason.EMPTY_MESSAGE)
    assert (decision.decided_by, decision.catalog, decision.model) == (Decider.NOISE, "hash-default", None)


@pytest.mark.parametrize("text", ["?", "...", "🤷", "a", "\u200b\u200bhi", "4711", "はい"])
def test_whatever_can_be_seen_goes_on(text: str) -> None:
    assert settled(text) is None
    assert says_something(text)


def test_words_behind_many_blanks_are_found() -> None:
    assert says_something(" " * 200_000 + "refund")


def test_an_empty_mail_with_a_subject_goes_on() -> None:
    assert settled("", channel="email", subject="Cancel order 4711") is None


def test_a_large_text_of_blanks_is_looked_through_quickly() -> None:
    assert not says_something("\u200b" * 250_000)


MACHINES = {
    "an auto-reply": {"auto-submitted": "auto-replied (vacation)"},
    "a notification of a filter": {"Auto-Submitted": "auto-notified; owner-email=x@example.com"},
    "an old auto-reply": {"precedence": "auto_reply"},
    "a flag of a mail program": {"X-Autoreply": "yes"},
    "an underscore for a hyphen": {"x_autorespond": "On leave"},
    "the null sender of a bounce": {"return-path": "<>"},
    "recipients that failed": {"x-failed-recipients": "someone@example.com"},
    "the sender of bounces": {"from": "Mail Delivery System <MAILER-DAEMON@mx.example.com>"},
    "a delivery report": {"content-type": 'multipart/report; report-type=delivery-status; boundary="x"'},
    "a read receipt": {"content-type": "multipart/report; report-type=disposition-notification"},
}


@pytest.mark.parametrize("signals", MACHINES.values(), ids=MACHINES.keys())
def test_a_machine_that_says_so_in_its_headers_is_ignored(signals: dict[str, str]) -> None:
    decision = settled("where is my parcel", channel="email", signals=signals)
    assert decision is not None
    assert (decision.kind, decision.reason, decision.decided_by) == (
        Kind.IGNORED,
        Reason.NOISE,
        Decider.NOISE,
    )


PEOPLE = {
    "an ordinary mail": {
        "auto-submitted": "no",
        "return-path": "<jane@example.com>",
        "content-type": "text/plain",
    },
    "a contact form": {"auto-submitted": "auto-generated"},
    "a group address": {"precedence": "list", "list-id": "<support.example.com>"},
    "mail through a bulk gateway": {"precedence": "bulk"},
    "a wish for no auto-replies": {"x-auto-response-suppress": "All"},
    "the postmaster himself": {"from": "postmaster@example.com"},
    "a flag that is off": {"x-autoreply": "no"},
    "no failed recipient": {"x-failed-recipients": ""},
    "a mail with attachments": {"content-type": "multipart/mixed; boundary=delivery-status"},
    "signals that are no text": {
        "auto-submitted": True,
        "precedence": 1,
        "return-path": None,
        "from": ["a", "b"],
    },
}


@pytest.mark.parametrize("signals", PEOPLE.values(), ids=PEOPLE.keys())
def test_headers_that_real_mail_has_too_prove_nothing(signals: dict[str, object]) -> None:
    assert settled("where is my parcel", channel="email", signals=signals) is None


def test_steps_keep_their_place_in_the_batch() -> None:
    items = triage([enriched("a"), enriched(""), enriched("b")], desk())
    assert [isinstance(one, Enriched) for one in items] == [True, False, True]
