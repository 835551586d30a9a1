"""The step that sends on to the deferred lane what is beyond its tenant's quota."""

from collections.abc import Sequence

from processors.flow import Answered, Contexts, Event, Message
from processors.postmark import Postmark
from schemas import deferral
from schemas.vocabulary import Passage, Wait


def defer(messages: Sequence[Message], contexts: Contexts, mark: Postmark) -> list[Message | Answered]:
    """Every message that may be answered now; of the others the record, whole, on its way to the lane where it waits.

    That is no answer, so nothing is audited: both are written once, when the record is read there.
    """
    if not contexts.held:
        return list(messages)
    return [_deferred(one, contexts.held.get(one.record.source), mark) for one in messages]


def _deferred(message: Message, wait: Wait | None, mark: Postmark) -> Message | Answered:
    if wait is None:
        return message
    record = message.record
    own = [each for each in record.headers if not each[0].startswith(deferral.PREFIX)]
    source = record.source
    why = [
        (deferral.REASON, wait.encode()),
        (deferral.TOPIC, source.topic.encode()),
        (deferral.PARTITION, str(source.partition).encode()),
        (deferral.OFFSET, str(source.offset).encode()),
        (deferral.TIME, mark.time),
    ]
    event = Event(mark.desk.topics.deferred, record.key, record.value, [*own, *why])
    return Answered((event,), Passage.DEFERRED, wait, tenant=message.tenant)
