"""The worker's own steps, without a broker around them."""

import time
from collections.abc import Sequence

import msgspec

from processors.book import book
from processors.decode import decode
from processors.desk import Desk, Limits
from processors.enrich import enrich
from processors.flow import Batch, Contexts, Enriched, Headers, Message, Record, Rejection
from schemas.catalog import Catalog, Defaults, Intent, Snapshot
from schemas.events import Source, Target
from schemas.messages import InboundMessage
from schemas.vocabulary import RiskClass, TargetKind
from streams.evaluation.labelled import OUT_OF_SCOPE

TOPIC = "evaluation"
# Messages come from files of the user's own: how long they are is no one's attack.
NO_LIMITS = Limits(record_bytes=2**40)


def received(inbound: Sequence[InboundMessage], headers: Headers = ()) -> list[Message | Rejection]:
    """The messages as a worker would have read them."""
    records = tuple(
        Record(Source(TOPIC, 0, offset), None, msgspec.json.encode(each), headers, 0)
        for offset, each in enumerate(inbound)
    )
    return list(decode(Batch(records, received_at=0.0), NO_LIMITS).items)


def enriched(texts: Sequence[str], desk: Desk) -> list[Enriched]:
    """Plain texts as messages of customers of whom nothing is known."""
    read = received([InboundMessage(text) for text in texts])
    messages = [each for each in read if isinstance(each, Message)]
    if len(messages) != len(texts):
        raise ValueError("a text could not be read as a message")
    return enrich(messages, Contexts(), desk)


def open_desk(labels: Sequence[str], threshold: float) -> Desk:
    """A desk whose catalog knows every label of a bundle, so that the threshold alone keeps a message back."""
    intents = {
        label: Intent(RiskClass.READ_ONLY, Target(TargetKind.WORKFLOW, label))
        for label in labels
        if label != OUT_OF_SCOPE
    }
    catalog = Catalog(
        "default",
        intents,
        ceiling=RiskClass.DESTRUCTIVE,
        defaults=Defaults(confidence=threshold),
        sink_label=OUT_OF_SCOPE,
    )
    return Desk({"default": book(Snapshot(catalog, "evaluation"))}, now=time.time())
