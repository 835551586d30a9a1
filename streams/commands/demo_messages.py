"""The messages that the demonstration feeds, of every kind that comes in."""

import base64
from dataclasses import dataclass

import msgspec

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One record to send, with what of it is shown."""

    shown: str
    value: bytes | None
    key: str
    headers: Headers = ()


def samples() -> list[Sample]:
    """All of them, in the order in which they are sent."""
    spoken = [*_chats(), *_mails(), *_transcripts(), *_tickets()]
    return [
        *spoken[:6],
        *_events(),
        *_under_the_catalog(),
        *spoken[6:18],
        *_noise(),
        *_poison(),
        *spoken[18:],
        *_strangers(),
    ]


def typed(text: str, number: int) -> Sample:
    """What somebody typed at the prompt."""
    return _said(text, "chat", f"typed-{number}", customer="u-2")


def _said(text: str, channel: str, key: str, **more: str) -> Sample:
    """A message as a channel would write it to the topic."""
    value = msgspec.json.encode({"text": text, "channel": channel, "conversation": key, **more})
    return Sample(text, value, key)


def _chats() -> list[Sample]:
    lines = (
        "hi, where is my order 4711? it was supposed to be here on monday",
        "my parcel never came, I want my money back",
        "you charged my card twice for the same order!!",
        "how do i reset my password",
        "can I still change the delivery address for order 8842?",
        "Please cancel my order, I found it cheaper somewhere else",
        "is the blue rain jacket back in stock in size M?",
        "pls dont refund it just send me a new one, the zip is broken",
        "i cant log in, it says my account is locked",
        "let me talk to a real person",
        "do you take paypal",
        "what does the pro plan cost for a team of 12",
        "THE APP CRASHES EVERY TIME I OPEN THE CART. FIX IT",
        "someone changed my email address and it wasn't me, I think I've been hacked",
    )
    return [_said(line, "chat", f"chat-{at}", customer=f"u-{at % 4}") for at, line in enumerate(lines)]


def _mails() -> list[Sample]:
    mails = (
        (
            "Invoice for October",
            "Dear team,\n\ncould you please send me a copy of the invoice for my October order? "
            "Our accounting needs it by Friday, and I can't find it in my account.\n\n"
            "Kind regards,\nMartha Lindqvist\nOffice Manager, Birkendal Interiors\n+46 555 0199",
        ),
        (
            "Broken on arrival",
            "Hello,\n\nthe lamp I ordered arrived yesterday. The box looked fine, but the glass shade inside "
            "is cracked from top to bottom. I have attached two photos.\n\nBest,\nTom Okafor",
        ),
        (
            "Cancelling my subscription",
            "Good morning,\n\nwe have not used the service since spring, so please end our subscription at "
            "the end of this month and confirm it by mail.\n\nMany thanks\nJ. Petrov",
        ),
        (
            "Thank you!",
            "Hi all,\n\njust a short note to say that Selma on your support desk was wonderful last week. "
            "She stayed on the line until everything worked. Please pass it on.\n\nCheers,\nDavid",
        ),
        (
            "Your data protection officer",
            "To whom it may concern,\n\nI ask you under the applicable privacy law to tell me which personal "
            "data you hold about me, where it came from, and to whom it was given.\n\n"
            "Yours faithfully,\nE. Marchetti",
        ),
    )
    return [
        _said(body, "email", f"mail-{at}", subject=subject, customer=f"u-{at}", locale="en")
        for at, (subject, body) in enumerate(mails)
    ]


def _transcripts() -> list[Sample]:
    lines = (
        "yeah hello uh i'm calling because the courier left a note but there is no parcel at the shop and "
        "it's been like ten days now so i guess it's lost",
        "hi i'd like to send back the shoes i bought last week they're too small how does that work",
        "um my payment didn't go through three times now but the money is there so what's going on",
        "i just want to know when my refund is coming you said five days and that was two weeks ago",
    )
    return [_said(line, "voice", f"call-{at}", locale="en-GB") for at, line in enumerate(lines)]


def _tickets() -> list[Sample]:
    lines = (
        "Two of the six chairs are missing from the delivery, packing slip says six.",
        "Export to CSV gives an empty file since the last update. Steps: open report, click export.",
        "It would be great if the calendar could show week numbers.",
        "Please upgrade us from the basic to the business plan from next month on.",
        "How do I connect the printer to the tablet app?",
    )
    return [_said(line, "ticket", f"ticket-{at}", customer="u-3") for at, line in enumerate(lines)]


def _events() -> list[Sample]:
    """CloudEvents, once with the attributes in headers, once with everything in the value."""
    binary = "which shipping options do you have to Norway?"
    structured = "I was promised a call back and nobody called, this is the third time. Not good enough."
    whole = {"specversion": "1.0", "id": "e-2", "source": "/forms", "type": "message.written"}
    attributes = (("ce_specversion", b"1.0"), ("ce_id", b"e-1"), ("ce_source", b"/forms"))
    return [
        Sample(
            binary,
            msgspec.json.encode({"text": binary, "channel": "api"}),
            "form-1",
            (*attributes, ("ce_type", b"message.written"), ("content-type", b"application/json")),
        ),
        Sample(
            structured,
            msgspec.json.encode({**whole, "data": {"text": structured, "channel": "api"}}),
            "form-2",
            (("content-type", b"application/cloudevents+json"),),
        ),
    ]


def _under_the_catalog() -> list[Sample]:
    """What the catalog makes of a message beside how sure the model is.

    Too risky here, too risky for its caller, named by its caller, the same words of a colleague.
    """
    password = "how do i reset my password"
    return [
        _said("please delete my account and everything in it", "chat", "chat-delete", customer="u-1"),
        _said(password, "api", "bot-1", safety_mode="read_only"),
        _said("4711, the one with the lamp", "api", "form-3", intent="order.status"),
        _said(password, "chat", "desk-1", tenant="internal"),
    ]


def _noise() -> list[Sample]:
    away = (
        "I am out of the office until 2 December with no access to mail. In urgent cases call the front desk."
    )
    bounce = "Your message to sales@example.com could not be delivered. The mailbox is full."
    return [
        _said(away, "email", "mail-away", subject="Automatic reply: your order"),
        Sample(
            bounce,
            msgspec.json.encode(
                {"text": bounce, "channel": "email", "signals": {"from": "mailer-daemon@example.com"}}
            ),
            "mail-bounce",
        ),
        Sample("(nothing but blanks)", msgspec.json.encode({"text": "   ", "channel": "chat"}), "chat-empty"),
    ]


def _poison() -> list[Sample]:
    """What can't be read; each has to end as a dead letter, its neighbours as if it had not been there."""
    broken = b'{"text": "the bracket that is not closed"'
    latin = '{"text": "où est mon colis"}'.encode("latin-1")
    return [
        Sample(broken.decode(), broken, "poison-1"),
        Sample('{"texte": "no text here"}', b'{"texte": "no text here"}', "poison-2"),
        Sample('{"text": 42}', b'{"text": 42}', "poison-3"),
        Sample(latin.decode("latin-1"), latin, "poison-4"),
        Sample("(no value at all)", None, "poison-5"),
    ]


def _strangers() -> list[Sample]:
    """Out of scope, or hardly a message; a machine that is unsure asks a person."""
    lines = (
        "what's the capital of mongolia",
        "write me a poem about a cat who is afraid of the moon",
        "🙃🙃🙃",
        base64.b64encode(b"nothing that anybody would understand").decode(),
    )
    return [_said(line, "chat", f"odd-{at}") for at, line in enumerate(lines)]
