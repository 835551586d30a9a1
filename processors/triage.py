"""The step that settles what needs no model."""

from collections.abc import Sequence

from processors.flow import Decision, Desk, Enriched
from processors.noise import is_noise
from processors.visible import says_something
from schemas.vocabulary import Decider, Kind, Reason


def triage(enriched: Sequence[Enriched], desk: Desk) -> list[Enriched | Decision]:
    """What says nothing, or was written by a machine, is ignored; the rest goes on."""
    return [_settled(one, desk) or one for one in enriched]


def _settled(one: Enriched, desk: Desk) -> Decision | None:
    if not says_something(one.message.text):
        return _ignored(one, Reason.EMPTY_MESSAGE, desk)
    if is_noise(one.message.inbound):
        return _ignored(one, Reason.NOISE, desk)
    return None


def _ignored(one: Enriched, reason: Reason, desk: Desk) -> Decision:
    snapshot = desk.snapshot(one.message.tenant)
    return Decision(one, Kind.IGNORED, reason, Decider.NOISE, snapshot.hash)
