"""What a bundle promises about its first stage."""

from typing import Annotated

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]


class FirstStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the first stage decides by itself, with what that did to messages that nothing was chosen by."""

    longest: Annotated[int, Meta(ge=1, description="Tokens of the longest text that it reads.")]
    temperature: Annotated[float, Meta(gt=0)]
    sure: Annotated[Share, Meta(description="It decides from this confidence on,")]
    outside: Annotated[Share, Meta(description="up to this probability of being out of scope.")]
    wish: Annotated[Share, Meta(description="Accuracy it was allowed to cost on validation messages.")]
    coverage: Annotated[Share, Meta(description="Share of the test messages in scope that it decides.")]
    loss: Annotated[float, Meta(description="Accuracy it costs on them; below 0 where it gains.")]
    refusals_lost: Annotated[Share, Meta(description="Out-of-scope recall it costs on them.")]
