"""What an answer says of a decision, which its audit record says too."""

from processors.flow import Decision
from processors.postmark import Postmark
from schemas.events import Particulars

_NO_SLOTS: dict[str, str] = {}


def particulars(decision: Decision, answer_id: str, mark: Postmark) -> Particulars:
    """The fields that both begin with, in their order."""
    message = decision.enriched.message
    inbound = message.inbound
    return (
        answer_id,
        message.id,
        message.record.source,
        message.tenant,
        message.conversation,
        inbound.customer,
        inbound.channel,
        inbound.locale,
        decision.intent,
        decision.confidence,
        decision.margin,
        decision.alternatives,
        decision.risk,
        decision.priority,
        (),
        _NO_SLOTS,
        decision.reason,
        decision.decided_by,
        decision.flags,
        decision.model,
        decision.catalog,
        mark.received_at,
        mark.decided_at,
    )
