"""Texts as the network reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from processors.flow import ScoreFailed
from processors.text import excerpt
from streams.scoring.bundles import TOKENIZER, Bundle
from streams.scoring.session import Ids


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the network takes it."""

    ids: Ids
    truncated: bool


class Reader:
    """Reads texts with a bundle's tokenizer."""

    def __init__(self, bundle: Bundle) -> None:
        """Load the tokenizer."""
        self._manifest = bundle.manifest
        self._tokenizer = _tokenizer(bundle)

    def read(self, texts: Sequence[str]) -> list[Read | ScoreFailed]:
        """The tokens of every text, in their order."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Read | ScoreFailed:
        """The tokens of a text, as many as the network takes, the last one always the sentence's end."""
        begun, cut = excerpt(text, self._manifest.max_characters)
        try:
            ids = self._tokenizer.encode(begun).ids
        except Exception as error:  # the tokenizer's are bare Exceptions
            return ScoreFailed(f"the text has no tokens: {type(error).__name__}")
        most = self._manifest.max_tokens
        return Read(ids, cut) if len(ids) <= most else Read([*ids[: most - 1], ids[-1]], True)


def _tokenizer(bundle: Bundle) -> Tokenizer:
    """The bundle's tokenizer; a customer who writes [SEP] means these five characters."""
    tokenizer = Tokenizer.from_str(bundle.files[TOKENIZER].decode("utf-8"))
    tokenizer.encode_special_tokens = True
    return tokenizer
