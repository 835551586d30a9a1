"""What a bundle promises about itself, as its manifest.json says it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schemas.events import Opinion
from schemas.first_stage import FirstStage

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Method = Literal["head", "tune"]


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with the opinions, best first, that this bundle has of it wherever it runs right."""

    text: str
    expected: tuple[Opinion, ...]


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the bundle came to be; the same again gives the same bundle."""

    method: Method
    encoder: str
    encoder_sha256: Sha256
    data_sha256: Sha256
    train: Count
    valid: Count
    test: Count
    seed: int
    strength: Annotated[float, Meta(gt=0, description="C of the logistic regression, chosen on valid.")]
    epochs: Annotated[
        int, Meta(ge=0, description="How often tuning read the messages; 0: nothing was tuned.")
    ] = 0
    layers: Annotated[int, Meta(ge=0, description="How many layers tuning left; 0: all there were.")] = 0


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How likely a message is out of scope: a logistic function of three signals, fitted on valid."""

    label: Annotated[str, Meta(description="The sink: the label of what is out of scope.")]
    bias: float
    odds: Annotated[float, Meta(description="Weight of the sink's own logit against all others together.")]
    peak: Annotated[float, Meta(description="Weight of the highest logit of an intent.")]
    distance: Annotated[float, Meta(description="Weight of the distance to the nearest intent's middle.")]


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the packed graph did on messages of the test split, which nothing was chosen by."""

    accuracy: Share
    accuracy_fp32: Annotated[Share, Meta(description="The same training without int8.")]
    threshold: Share
    coverage: Annotated[
        Share, Meta(description="Share of messages at or above the threshold, not out of scope.")
    ]
    accuracy_covered: Annotated[Share, Meta(description="Accuracy of those.")]
    calibration_error: Annotated[Share, Meta(description="Expected, 15 bins of equal mass.")]
    out_of_scope_let_through: Annotated[Share, Meta(description="Share of oos messages given an intent.")]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a worker needs to know before it trusts a bundle."""

    format: Literal[1]
    name: Annotated[str, Meta(min_length=1)]
    version: Annotated[str, Meta(min_length=1)]
    languages: tuple[str, ...]
    labels: Annotated[tuple[str, ...], Meta(min_length=2)]
    files: Annotated[dict[str, Sha256], Meta(description="SHA-256 of every other file, by its name.")]
    max_tokens: Annotated[int, Meta(ge=3, description="In one window.")]
    max_characters: Annotated[int, Meta(ge=1, description="In all windows.")]
    temperature: Annotated[float, Meta(gt=0)]
    onnxruntime: str
    training: Training
    measured: Measured
    golden: Annotated[tuple[Golden, ...], Meta(min_length=1)]
    scope: Annotated[
        Scope | None, Meta(description="Without it the sink is a label like any other, as it was at first.")
    ] = None
    max_windows: Annotated[int, Meta(ge=1, description="A text beyond these is cut, and says so.")] = 1
    first_stage: Annotated[FirstStage | None, Meta(description="None where all is left to the network.")] = (
        None
    )
