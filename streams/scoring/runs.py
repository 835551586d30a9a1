"""How texts are put together into runs of the network."""

from collections.abc import Iterator, Sequence

# Padded tokens in one run.
BUDGET = 512
ROWS = 16


def runs(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The places of texts in runs of about one length, shortest first, none over the budget of padded tokens."""
    run: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if run and (len(run) == ROWS or (len(run) + 1) * lengths[place] > BUDGET):
            yield run
            run = []
        run.append(place)
    if run:
        yield run
