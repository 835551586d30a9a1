"""Texts as the network reads them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tokenizers import Tokenizer

from processors.flow import ScoreFailed
from processors.text import SENTENCE_ENDS, excerpt, windows
from schemas.vocabulary import Reason
from streams.scoring.bundles import TOKENIZER, Bundle
from streams.scoring.languages import Languages
from streams.scoring.session import Ids


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the windows that the network takes, one after the other."""

    windows: Sequence[Ids]
    truncated: bool

    @property
    def lengths(self) -> tuple[int, ...]:
        """How long its windows are."""
        return tuple([len(window) for window in self.windows])


class Reader:
    """Reads texts with a bundle's tokenizer."""

    def __init__(self, bundle: Bundle) -> None:
        """Load the tokenizer."""
        self._manifest = bundle.manifest
        self._tokenizer = _tokenizer(bundle)
        vocabulary = self._tokenizer.get_vocab()
        self._ends = frozenset(vocabulary[end] for end in SENTENCE_ENDS if end in vocabulary)
        self._languages: Languages | None = Languages(bundle.manifest.languages)

    @contextmanager
    def trusting(self) -> Iterator[None]:
        """Ask of no text which language it is in, as long as the block lasts."""
        languages, self._languages = self._languages, None
        try:
            yield
        finally:
            self._languages = languages

    def read(self, texts: Sequence[str]) -> list[Read | ScoreFailed]:
        """The windows of every text, in their order, or why it has none."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Read | ScoreFailed:
        """The windows of a text; what lies beyond the last one that is allowed is cut."""
        begun, cut = excerpt(text, self._manifest.max_characters)
        language = self._languages.foreign(begun) if self._languages is not None else None
        if language is not None:
            return ScoreFailed(f"the text is likely in {language}", Reason.LANGUAGE_UNSUPPORTED)
        try:
            ids = self._tokenizer.encode(begun).ids
        except Exception as error:  # the tokenizer's are bare Exceptions
            return ScoreFailed(f"the text has no tokens: {type(error).__name__}")
        found = windows(ids, self._manifest.max_tokens, self._ends)
        most = self._manifest.max_windows
        return Read(found[:most], cut or len(found) > most)


def _tokenizer(bundle: Bundle) -> Tokenizer:
    """The bundle's tokenizer; a customer who writes [SEP] means these five characters."""
    tokenizer = Tokenizer.from_str(bundle.files[TOKENIZER].decode("utf-8"))
    tokenizer.encode_special_tokens = True
    return tokenizer
