"""What somebody thinks a message means, in the one shape that every tier gives."""

from typing import NewType

import msgspec

from schemas.events import Opinion
from schemas.vocabulary import Decider, Reason, RiskClass

# The name of an intent in the catalog, never an alias, never a label that only a bundle knows.
IntentId = NewType("IntentId", str)


class ClassifierVerdict(msgspec.Struct, frozen=True, gc=False):
    """An intent of the catalog with how sure its giver is; no intent where it is none of these.

    A caller or a rule is not more or less sure, so there confidence and margin are null.
    """

    intent: IntentId | None
    risk: RiskClass | None
    confidence: float | None
    margin: float | None
    alternatives: tuple[Opinion, ...]
    reason: Reason
    decided_by: Decider
