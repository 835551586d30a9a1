"""What all events of a batch have in common."""

from dataclasses import dataclass
from datetime import UTC, datetime

from processors.desk import Desk
from processors.flow import Source
from schemas import cloudevents
from schemas.cloudevents import CAUSATION_ID, CORRELATION_ID, ID, TRACEPARENT, TYPE

EventHeaders = list[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Postmark:
    """When the batch was received, when it was decided, under what; written out once for all its events."""

    desk: Desk
    received_at: datetime
    decided_at: datetime
    time: bytes
    ms: float
    common: tuple[tuple[str, bytes | None], ...]

    def headers(self, correlation: str, causation: str, trace: bytes | None) -> EventHeaders:
        """The headers that all events of one record share: CloudEvents, with the trace it belongs to."""
        shared = [
            *self.common,
            (CORRELATION_ID, correlation.encode()),
            (CAUSATION_ID, causation.encode()),
        ]
        if trace is not None:
            shared.append((TRACEPARENT, trace))
        return shared


def stamped(shared: EventHeaders, ce_type: bytes, event_id: str) -> EventHeaders:
    """The headers of one event."""
    return [(TYPE, ce_type), (ID, event_id.encode()), *shared]


def postmark(received_at: float, desk: Desk) -> Postmark:
    """The postmark of a batch; both times are in seconds since 1970."""
    decided = datetime.fromtimestamp(desk.now, UTC)
    time = decided.isoformat(timespec="microseconds").replace("+00:00", "Z").encode()
    common = (
        (cloudevents.SPECVERSION, cloudevents.VERSION.encode()),
        (cloudevents.CONTENT_TYPE, cloudevents.JSON.encode()),
        (cloudevents.SOURCE, desk.ce_source.encode()),
        (cloudevents.TIME, time),
    )
    ms = round(max(0.0, desk.now - received_at) * 1000, 3)
    return Postmark(desk, datetime.fromtimestamp(received_at, UTC), decided, time, ms, common)


def place_of(source: Source) -> str:
    """The source as the first part of every event id."""
    return f"{source.topic}/{source.partition}/{source.offset}"
