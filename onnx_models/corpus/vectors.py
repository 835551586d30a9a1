"""Messages as the encoder sees them."""

from collections.abc import Sequence

import numpy as np

from onnx_models.corpus.messages import Message
from onnx_models.corpus.opinions import Vectors
from onnx_models.network.asking import ask, reader
from onnx_models.network.encoder import Encoder
from onnx_models.network.transformer import Head, build, features
from onnx_models.packing import pack
from onnx_models.training.progress import shown
from processors.text import CHARACTERS_PER_TOKEN

# What a message means is said in its first half page; reading on would take twice the time.
TOKENS = 128
POSITIONS = "embeddings.position_embeddings.weight"


def vectors(encoder: Encoder, messages: Sequence[Message], what: str) -> Vectors:
    """The sentence vectors of messages, those that a head would read."""
    width, tokens = features(encoder), min(TOKENS, len(encoder.weights[POSITIONS]))
    through = Head(np.eye(width, dtype=np.float32), np.zeros(width, np.float32))
    reading = reader(pack.bare(encoder.tokenizer), tokens, tokens * CHARACTERS_PER_TOKEN)
    groups = list(reading.pack([message.text for message in messages]))
    return ask(build(encoder, through, tokens), "logits", shown(groups, what))
