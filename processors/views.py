"""A bundle's labels as a tenant's catalog sees them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

Picker: TypeAlias = Callable[[tuple[float, ...]], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class View:
    """Which labels are intents that can be meant, under their names in the catalog, which are elsewhere.

    Candidates are the intents that can be meant, whether a label is called so or not; several are those with more
    than one label.
    """

    labels: tuple[str, ...]
    whole: bool
    known: Mapping[str, str]
    places: Mapping[str, tuple[int, ...]]
    merged: bool
    several: tuple[str, ...]
    candidates: Collection[str]
    _others: int
    _kept: Picker

    def elsewhere(self, shares: tuple[float, ...], total: float | None = None) -> float:
        """The probability of all labels that are no intent here: that of all, less that of the known."""
        if not self._others:
            return 0.0
        everything = sum(shares) if total is None else total
        return min(max(everything - sum(self._kept(shares)), 0.0), 1.0)


def view(labels: tuple[str, ...], names: Mapping[str, str], candidates: Collection[str], sink: str) -> View:
    """The labels that are the sink or, by name or alias, a candidate."""
    known = {label: names[label] for label in labels if names.get(label) in candidates} | {sink: sink}
    kept = tuple([place for place, label in enumerate(labels) if label in known])
    places: dict[str, tuple[int, ...]] = {}
    for place in kept:
        name = known[labels[place]]
        places[name] = (*places.get(name, ()), place)
    plain = all(label == name for label, name in known.items())
    return View(
        labels=labels,
        whole=len(kept) == len(labels) and plain,
        known=known,
        places=places,
        merged=not plain,
        several=tuple([name for name, own in places.items() if len(own) > 1]),
        candidates=candidates,
        _others=len(labels) - len(kept),
        _kept=_picker(kept),
    )


def _picker(places: tuple[int, ...]) -> Picker:
    """Takes the numbers at these places; itemgetter gives no tuple for a single one."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda shares: tuple([shares[place] for place in places])
