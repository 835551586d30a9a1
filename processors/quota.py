"""What the messages of a batch take of their tenants' quotas."""

from math import ceil

import msgspec

from processors.desk import Desk
from processors.flow import Decoded, Message, Source
from schemas.catalog import Quota
from schemas.vocabulary import Mode

BURST_S = 1


class Claim(msgspec.Struct, frozen=True, gc=False):
    """One message that takes of a quota; those of a conversation keep their order."""

    tenant: str
    per_second: float
    burst: int
    source: Source
    conversation: str


def claims(decoded: Decoded, desk: Desk) -> tuple[Claim, ...]:
    """What is taken before a batch is answered; nothing for what has waited its turn, or is only observed."""
    if desk.mode is Mode.OBSERVE:
        return ()
    return tuple(
        claim
        for item in decoded.items
        if isinstance(item, Message) and item.record.source.topic != desk.topics.deferred
        if (claim := claim_of(item, desk)) is not None
    )


def claim_of(message: Message, desk: Desk) -> Claim | None:
    """What a message takes; None where its tenant has no quota."""
    book = desk.book(message.tenant)
    if book is None or book.catalog.quota is None:
        return None
    quota = book.catalog.quota
    return Claim(message.tenant, quota.per_second, burst(quota), message.record.source, message.conversation)


def burst(quota: Quota) -> int:
    """How many messages at once."""
    return quota.burst or max(1, ceil(BURST_S * quota.per_second))
