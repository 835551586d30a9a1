"""An encoder small enough to train with in a test, real in every part."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from onnx_models.network.encoder import Array, Encoder

# What each intent is about; its messages are drawn from these words.
TOPICS = {
    "order.status": ("where", "parcel", "track", "arrive", "shipped"),
    "refund.request": ("money", "back", "refund", "pay", "return"),
    "oos": ("weather", "joke", "song", "film", "moon"),
}
FILLERS = ("please", "the", "my", "a", "is", "hello")
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORDS = (*MARKS, *FILLERS, *(word for words in TOPICS.values() for word in words))
WIDTH, INNER, POSITIONS = 16, 32, 24


def tokenizer(words: Sequence[str] = WORDS) -> Tokenizer:
    """A WordPiece tokenizer of whole words."""
    made = Tokenizer(models.WordPiece({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", words.index("[CLS]")), ("[SEP]", words.index("[SEP]"))]
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return made


def encoder(words: Sequence[str] = WORDS, layers: int = 1, heads: int = 2) -> Encoder:
    """A BERT with random weights, the same ones every time."""
    random = np.random.default_rng(5)
    content = tokenizer(words).to_str().encode()
    weights = {name: draw(random, shape) for name, shape in shapes(len(words), layers).items()}
    return Encoder("tiny", layers, heads, 1e-12, weights, content)


def shapes(words: int, layers: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight."""
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words, WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        **{f"embeddings.LayerNorm.{part}": (WIDTH,) for part in ("weight", "bias")},
    }
    for number in range(layers):
        at = f"encoder.layer.{number}."
        for name in (
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
        ):
            found |= {f"{at}{name}.weight": (WIDTH, WIDTH), f"{at}{name}.bias": (WIDTH,)}
        found |= {f"{at}intermediate.dense.weight": (INNER, WIDTH), f"{at}intermediate.dense.bias": (INNER,)}
        found |= {f"{at}output.dense.weight": (WIDTH, INNER), f"{at}output.dense.bias": (WIDTH,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            found |= {f"{at}{name}.weight": (WIDTH,), f"{at}{name}.bias": (WIDTH,)}
    return found


def draw(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Weights of about the size that trained ones have."""
    values: Array = random.normal(0, 0.3, shape).astype(np.float32)
    return values


def write_data(folder: Path, topics: Mapping[str, Sequence[str]] = TOPICS) -> Path:
    """Messages of a few intents in three splits, as they lie on disk."""
    random = np.random.default_rng(9)
    for split, count in (("train", 80), ("valid", 20), ("test", 20)):
        lines = [
            msgspec.json.encode({"text": sentence(random, words), "intent": intent})
            for intent, words in topics.items()
            for _ in range(count)
        ]
        (folder / f"{split}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return folder


def sentence(random: np.random.Generator, words: Sequence[str]) -> str:
    """A few words of a topic among words that mean nothing."""
    chosen = [*random.choice(words, 3), *random.choice(FILLERS, int(random.integers(0, 4)))]
    return " ".join(random.permutation(chosen))
