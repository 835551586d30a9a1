"""What becomes of messages that mean none of the intents."""

from collections.abc import Sequence

import numpy as np

from streams.evaluation.figures import OutOfScope
from streams.evaluation.labelled import OUT_OF_SCOPE, Labelled
from streams.evaluation.quality import rounded, share
from streams.evaluation.reliability import in_scope
from streams.evaluation.verdicts import Verdicts


def out_of_scope(messages: Sequence[Labelled], found: Verdicts) -> OutOfScope | None:
    """How many are kept back; nothing where there are none."""
    outside = ~in_scope(messages)
    if not outside.any():
        return None
    sink = np.array([label == OUT_OF_SCOPE for label in found.chosen], np.bool_)
    let_through = share(found.routed[outside])
    return OutOfScope(int(outside.sum()), rounded(1 - let_through), share(sink[outside]), let_through)
