"""What people tell us of an answer afterwards."""

from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.messages import Moment, Name


class Feedback(msgspec.Struct, frozen=True):
    """A correction, or a confirmation, by the person who took the message over."""

    event_id: Annotated[Name, Meta(description="Id of the answer that this is about.")]
    intent: Annotated[Name, Meta(description="What the customer really wanted.")]
    person: Annotated[Name, Meta(description="Who says so.")]
    at: Annotated[Moment, Meta(description="When it was said.")]
    finished_at: Annotated[Moment | None, Meta(description="When the customer's case was closed.")] = None
    schema: int = 1
