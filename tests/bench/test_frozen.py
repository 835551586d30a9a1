"""Which training messages a share of them is."""

from collections import Counter

import pytest

from onnx_models.corpus.reading import Data, Example
from tests.bench.frozen import some

MESSAGES = tuple(Example(f"text {number}", "often" if number % 5 else "rarely") for number in range(200))
DATA = Data(MESSAGES, (), (), "0" * 64)


def test_the_smaller_share_lies_within_the_larger() -> None:
    tenth, half, whole = (set(some(DATA, share)) for share in (0.1, 0.5, 1.0))
    assert tenth < half < whole == set(range(200))


@pytest.mark.parametrize(("share", "often", "rarely"), [(0.1, 16, 4), (0.5, 80, 20), (0.001, 1, 1)])
def test_every_intent_has_its_share(share: float, often: int, rarely: int) -> None:
    found = Counter(MESSAGES[place].intent for place in some(DATA, share))
    assert found == {"often": often, "rarely": rarely}
