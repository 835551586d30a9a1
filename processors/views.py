"""A bundle's labels as a tenant's catalog sees them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from operator import itemgetter


@dataclass(frozen=True, slots=True)
class View:
    """Which labels are intents that can be meant, under their names in the catalog, which are elsewhere."""

    labels: tuple[str, ...]
    whole: bool
    known: Mapping[str, str]
    kept: tuple[int, ...]
    merged: bool
    _others: Callable[[tuple[float, ...]], tuple[float, ...]] | None

    def elsewhere(self, shares: tuple[float, ...]) -> float:
        """The probability of all labels that are no intent here."""
        return min(sum(self._others(shares)), 1.0) if self._others else 0.0


def view(labels: tuple[str, ...], names: Mapping[str, str], candidates: Collection[str], sink: str) -> View:
    """The labels that are the sink or, by name or alias, a candidate."""
    known = {label: names[label] for label in labels if names.get(label) in candidates} | {sink: sink}
    kept = tuple([place for place, label in enumerate(labels) if label in known])
    others = [place for place, label in enumerate(labels) if label not in known]
    plain = all(label == name for label, name in known.items())
    return View(
        labels=labels,
        whole=not others and plain,
        known=known,
        kept=kept,
        merged=not plain,
        _others=_picker(others),
    )


def _picker(places: list[int]) -> Callable[[tuple[float, ...]], tuple[float, ...]] | None:
    """Takes the numbers at these places; itemgetter gives no tuple for a single one."""
    if not places:
        return None
    if len(places) == 1:
        (only,) = places
        return lambda shares: (shares[only],)
    return itemgetter(*places)
