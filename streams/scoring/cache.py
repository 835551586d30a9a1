"""A scorer that remembers what was asked before."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b

from processors.flow import ScoreFailed, Scores
from processors.scorer import Scorer

Asked = Callable[[int, int], None]


class Remembering:
    """Asks the scorer behind it only for texts it has not seen lately; opinions of a text depend on nothing else.

    One scorer is behind it for good, so nothing is ever shared between bundles. Failures are asked about again.
    Texts are kept as digests: what customers wrote is not. A text asked about alone gets what it was scored alone,
    as those do who ask again next to a limit.
    """

    def __init__(self, scorer: Scorer, entries: int, asked: Asked = lambda hits, texts: None) -> None:
        """Remember at most so many texts; asked is told of how many texts how many were remembered."""
        self.name = scorer.name
        self.labels = scorer.labels
        self._scorer = scorer
        self._entries = entries
        self._asked = asked
        self._known: OrderedDict[bytes, Scores] = OrderedDict()
        self._lone: set[bytes] = set()

    def __len__(self) -> int:
        """How many texts are remembered."""
        return len(self._known)

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """The scores of every text, in their order, each text scored once."""
        keys = [digest(text) for text in texts]
        good = self._known.keys() if len(texts) > 1 else self._lone
        found: dict[bytes, Scores | ScoreFailed] = {key: self._known[key] for key in keys if key in good}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        found.update(zip(new, self._scorer.score(list(new.values())) if new else [], strict=True))
        self._asked(len(texts) - len(new), len(texts))
        self._keep(found)
        if len(new) == 1:
            self._lone |= new.keys() & self._known.keys()
        return [found[key] for key in keys]

    def _keep(self, found: dict[bytes, Scores | ScoreFailed]) -> None:
        """Remember these as the latest; the ones asked for longest ago are forgotten."""
        for key, scores in found.items():
            if isinstance(scores, Scores):
                self._known[key] = scores
                self._known.move_to_end(key)
        while len(self._known) > self._entries:
            self._lone.discard(self._known.popitem(last=False)[0])


def digest(text: str) -> bytes:
    """Sixteen bytes that stand for a text; any string has them, broken surrogates too."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
