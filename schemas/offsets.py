"""The small state of a partition that rides in the metadata of its committed offset."""

import msgspec

METADATA_LIMIT = 4096


class OffsetNote(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What a new owner must know of a partition before it reads it.

    `tries` counts the processes that began at this offset without an end, `careful_until` is the offset up to
    which records are read one at a time, `halted` is the moment at which too many rejections stopped it.
    """

    tries: int = 0
    careful_until: int = 0
    halted: str = ""


CLEAR = OffsetNote()
_decode = msgspec.json.Decoder(OffsetNote).decode
_encode = msgspec.json.Encoder().encode


def written(note: OffsetNote) -> str:
    """The note as metadata; the empty string says that there is nothing to know."""
    return "" if note == CLEAR else _encode(note).decode()


def read(metadata: str | None) -> OffsetNote:
    """The note that a commit left; metadata that is not ours counts as nothing."""
    if not metadata:
        return CLEAR
    try:
        return _decode(metadata)
    except msgspec.DecodeError:
        return CLEAR
