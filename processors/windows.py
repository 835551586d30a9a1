"""Long texts in windows, with what their windows say put together."""

from collections.abc import Collection, Sequence

import numpy as np

from processors.calibration import Floats


def windows(ids: Sequence[int], most: int, ends: Collection[int]) -> list[Sequence[int]]:
    """The tokens in windows of at most so many, each between the text's first token and its last.

    A window ends with a sentence where one ends in its second half; ends are the tokens that end one.
    """
    if len(ids) <= most:
        return [ids]
    body, room = ids[1:-1], most - 2
    found: list[Sequence[int]] = []
    begin = 0
    while begin < len(body):
        end = begin + room
        if end < len(body):
            after = [at for at in range(begin + room // 2, end) if body[at] in ends]
            end = after[-1] + 1 if after else end
        found.append([ids[0], *body[begin:end], ids[-1]])
        begin = end
    return found


def together(shares: Floats, counts: Sequence[int], sink: int) -> Floats:
    """The probabilities of texts from those of their windows, of which each text has so many, one after the other.

    The windows' mean, each window counted by how much it says of any intent: a footer says little.
    """
    if max(counts, default=1) == 1:
        return shares
    begins = np.cumsum([0, *counts[:-1]])
    says = np.ones(len(shares)) if sink < 0 else 1 - shares[:, sink]
    says = np.maximum(says, 1e-9)
    totals = np.add.reduceat(shares * says[:, None], begins)
    mean: Floats = totals / np.add.reduceat(says, begins)[:, None]
    return mean
