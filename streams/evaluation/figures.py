"""The figures of an evaluation, as its JSON report says them."""

from typing import Annotated

import msgspec
from msgspec import Meta


class IntentFigures(msgspec.Struct, frozen=True):
    """How well one intent is told from the others."""

    intent: str
    precision: float
    recall: float
    f1: float
    support: Annotated[int, Meta(description="Messages that mean it.")]


class Confusion(msgspec.Struct, frozen=True):
    """One intent taken for another."""

    intent: str
    taken_for: str
    messages: int
    share: Annotated[float, Meta(description="Of the messages that mean the first.")]
    example: Annotated[str, Meta(description="File with line of the one that was believed most.")]


class Bin(msgspec.Struct, frozen=True):
    """Messages of about one confidence."""

    lowest: float
    highest: float
    messages: int
    confidence: float
    accuracy: float


class Point(msgspec.Struct, frozen=True):
    """What a threshold would give."""

    threshold: float
    coverage: Annotated[float, Meta(description="Share of the in-scope messages that are routed.")]
    accuracy: Annotated[float, Meta(description="Share of the routed that are routed right.")]


class OutOfScope(msgspec.Struct, frozen=True):
    """What becomes of messages that mean none of the intents."""

    messages: int
    recall: Annotated[float, Meta(description="Share that is not routed: sink, or below the threshold.")]
    recognised: Annotated[float, Meta(description="Share whose best label is the sink.")]
    let_through: Annotated[float, Meta(description="Share that is routed to an intent.")]


class Precision(msgspec.Struct, frozen=True):
    """Accuracy in int8 beside fp32; where both scored these messages, with the interval of the loss."""

    measured_on: str
    int8: float
    fp32: float
    loss: float
    low: float | None = None
    high: float | None = None


class Speed(msgspec.Struct, frozen=True):
    """How fast one thread scores, every text for the first time."""

    alone_p50_ms: float
    alone_p99_ms: float
    alone_messages: int
    messages_per_s: Annotated[float, Meta(description="Of one core's own time, in batches as they arrive.")]
    tokens_per_s: float
    batch_messages: int


class Cost(msgspec.Struct, frozen=True):
    """What scoring a million messages costs."""

    million: float
    core_hour: float
    formula: str = "1,000,000 / messages a second of a core / 3,600 x price of a core-hour, scoring alone"


class Difference(msgspec.Struct, frozen=True):
    """A figure of both bundles, with the paired interval of 95 % around candidate less other."""

    figure: str
    candidate: float
    other: float
    difference: float
    low: float
    high: float


class McNemar(msgspec.Struct, frozen=True):
    """The messages that only one of two gets right, with how likely so uneven a split is by chance."""

    only_candidate: int
    only_other: int
    p: float


class Recall(msgspec.Struct, frozen=True):
    """An intent's recall with both bundles."""

    intent: str
    support: int
    candidate: float
    other: float
    difference: float


class Comparison(msgspec.Struct, frozen=True):
    """A candidate beside another bundle on the same messages."""

    candidate: str
    other: str
    differences: tuple[Difference, ...]
    mcnemar: McNemar
    recalls: tuple[Recall, ...]
    latency_ratio: Annotated[float, Meta(description="Of p50, one message alone; above 1 is slower.")]
    only_candidate_knows: tuple[str, ...]
    only_other_knows: tuple[str, ...]


class Evaluation(msgspec.Struct, frozen=True):
    """Everything that was found about one bundle on one set of messages."""

    accuracy: Annotated[float, Meta(description="Of the split's own file, intent oos being a label as any.")]
    accuracy_low: Annotated[float, Meta(description="Wilson's interval of 95 %.")]
    accuracy_high: float
    macro_f1: float
    calibration_error: Annotated[float, Meta(description="Expected, 15 bins of equal mass.")]
    at_threshold: Point
    out_of_scope: OutOfScope | None
    bundle: str
    bundle_sha256: str
    labels: int
    data: str
    data_sha256: str
    messages: int
    beside: Annotated[int, Meta(description="Messages of the oos_ file, counted in out_of_scope alone.")]
    not_scored: int
    truncated: int
    first_stage: Annotated[float, Meta(description="Share of all messages that the first stage decides.")]
    unknown_intents: Annotated[tuple[str, ...], Meta(description="In the messages, not in the bundle.")]
    precision: tuple[Precision, ...]
    speed: Speed
    cost: Cost
    machine: str
    intents: tuple[IntentFigures, ...]
    confusions: tuple[Confusion, ...]
    reliability: tuple[Bin, ...]
    curve: tuple[Point, ...]
    comparison: Comparison | None = None
    gate: Annotated[
        tuple[str, ...] | None,
        Meta(description="What the candidate failed at; null where no gate was asked for."),
    ] = None
