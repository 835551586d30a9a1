"""What a customer's message looks like when it comes in."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.vocabulary import Channel, RiskClass

SCHEMA_VERSION = 1

# A name ends up in event headers, topic keys, Redis keys: it has to be short, without control characters.
# Both patterns avoid `$`, which would let a line feed at the end pass.
Name = Annotated[str, Meta(max_length=256, pattern=r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])")]
# No colon, no slash: `ctx:{tenant}:...` in Redis, `{tenant}/{hash}` on the catalog's topic stay unambiguous.
Tenant = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._-]*(?![\s\S])")]
Moment = Annotated[datetime, Meta(tz=True)]
Signal = str | int | float | bool | list[str] | None


class InboundMessage(msgspec.Struct, frozen=True):
    """A customer's message; only `text` is required, null means the same as a field left out."""

    text: Annotated[str, Meta(description="What the customer wrote, or the transcript of what was said.")]
    id: Annotated[Name | None, Meta(description="Default: the event id of the record.")] = None
    tenant: Annotated[Tenant | None, Meta(description="Whose customer; default: `default`.")] = None
    conversation: Annotated[
        Name | None,
        Meta(description="Messages of one conversation stay in order; default: the key, else the id."),
    ] = None
    customer: Annotated[Name | None, Meta(description="Under whom facts are kept.")] = None
    channel: Annotated[Channel | None, Meta(description="Where the customer wrote.")] = None
    locale: Annotated[Name | None, Meta(description="Language tag such as `en` or `de-AT`.")] = None
    subject: Annotated[str | None, Meta(description="Subject line of a mail or ticket.")] = None
    sent_at: Annotated[Moment | None, Meta(description="When the customer sent it.")] = None
    deadline: Annotated[Moment | None, Meta(description="After this moment an answer is of no use.")] = None
    intent: Annotated[Name | None, Meta(description="The intent, where the caller knows it already.")] = None
    safety_mode: Annotated[RiskClass | None, Meta(description="The highest risk the caller allows.")] = None
    permissions: Annotated[
        tuple[str, ...] | None, Meta(description="What the caller may do beyond its safety mode.")
    ] = None
    signals: Annotated[
        dict[str, Signal] | None,
        Meta(description="What the channel knows beside the text, such as mail headers."),
    ] = None
    schema: Annotated[int, Meta(description="Version of this shape that the message means.")] = SCHEMA_VERSION
