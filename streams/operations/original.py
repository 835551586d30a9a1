"""What a customer wrote, read from the record that it came in with."""

from confluent_kafka import Message

from processors.decode import decode
from processors.desk import Limits
from processors.flow import Batch, Rejection
from streams.reading import record_of

# What was answered, or kept as a dead letter, may be shown whatever its size.
NO_LIMITS = Limits(record_bytes=2**31)
SHOWN = 300


def text_of(message: Message) -> str:
    """In one line; of what is no message, how it begins."""
    (found,) = decode(Batch((record_of(message),), 0.0), NO_LIMITS).items
    if not isinstance(found, Rejection):
        return printable(found.text)
    return printable((message.value() or b"")[:SHOWN].decode("utf-8", "replace"))


def printable(text: str) -> str:
    """Without what would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))
