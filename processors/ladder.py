"""Promises for every class of risk, never looser than for the class below."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from processors.promise import LOOSEST, Fit, Routes, Terms, fit, joined
from schemas.vocabulary import RiskClass

# An intent with fewer routes is promised with its class only.
OWN: Final = 150
# What riskier classes may be wrong, of what the least risky one may.
STRICTER: Final[Mapping[RiskClass, float]] = {
    RiskClass.READ_ONLY: 1.0,
    RiskClass.LOCAL_WRITE: 1.0,
    RiskClass.NETWORK: 0.5,
    RiskClass.DELEGATED: 0.5,
    RiskClass.DESTRUCTIVE: 0.25,
}
Classes: TypeAlias = Mapping[RiskClass, Mapping[str, Routes]]
Bounds: TypeAlias = Mapping[RiskClass, Terms]


@dataclass(frozen=True, slots=True)
class Rung:
    """A class with what could be promised of it: some intents by themselves, all its others together.

    Usual is the confidence that it has without a promise; floor is that of the class below.
    """

    risk: RiskClass
    usual: float
    floor: float
    own: Mapping[str, Fit]
    others: tuple[str, ...]
    shared: Fit

    @property
    def confidence(self) -> float:
        """From which on its intents are routed; without a promise at least as strict as the class below.

        Where each is promised by itself it is the loosest of theirs: what a riskier class may not go below.
        """
        promised = self.shared.promised
        if promised is not None:
            return promised.confidence
        return max(self.usual, self.floor) if self.others else min(self.promises.values())

    @property
    def held(self) -> bool:
        """Whether it has to be stricter than usual for no promise of its own."""
        return bool(self.others) and self.shared.promised is None and self.confidence > self.usual

    @property
    def promises(self) -> dict[str, float]:
        """The confidence of every intent that is promised by itself."""
        return {name: each.promised.confidence for name, each in self.own.items() if each.promised}


def climb(classes: Classes, usual: Mapping[RiskClass, float], bounds: Bounds) -> tuple[Rung, ...]:
    """A rung for every class that has intents, lowest first."""
    rungs: list[Rung] = []
    for risk in RiskClass:
        if risk in classes:
            floor = rungs[-1].confidence if rungs else LOOSEST
            rungs.append(_rung(risk, classes[risk], (usual[risk], floor), bounds[risk]))
    return tuple(rungs)


def bounds(error: float, certainty: float, told: Mapping[RiskClass, float]) -> dict[RiskClass, Terms]:
    """What is promised of each class: what was told, else its part of the error; never more than the class below."""
    found: dict[RiskClass, Terms] = {}
    least = 1.0
    for risk in RiskClass:
        least = min(least, told.get(risk, error * STRICTER[risk]))
        found[risk] = Terms(least, certainty)
    return found


def together(classes: Classes, bounds: Bounds) -> dict[RiskClass, Terms]:
    """The same bounds, each so much more certain that all of them hold at once with the certainty of one."""
    promises = sum(_promises(intents, bounds[risk]) for risk, intents in classes.items())
    return {
        risk: replace(each, certainty=1 - (1 - each.certainty) / max(1, promises))
        for risk, each in bounds.items()
    }


def _promises(intents: Mapping[str, Routes], terms: Terms) -> int:
    """How many promises may be made of a class; which of them can is settled by counts alone."""
    alone = [each for each in intents.values() if _many(each, terms, LOOSEST)]
    everything = joined(list(intents.values()))
    return len(alone) + (everything.reaching(LOOSEST) >= terms.fewest)


def _rung(risk: RiskClass, intents: Mapping[str, Routes], limits: tuple[float, float], terms: Terms) -> Rung:
    """An intent that can't be promised by itself counts with the others.

    That flatters none of them: whoever fails alone brings more wrong routes than his share.
    """
    usual, floor = limits
    own = {name: fit(each, terms, floor) for name, each in intents.items() if _many(each, terms, floor)}
    others = tuple(name for name in intents if name not in own or own[name].promised is None)
    return Rung(
        risk, usual, floor, own, others, fit(joined([intents[name] for name in others]), terms, floor)
    )


def _many(routes: Routes, terms: Terms, floor: float) -> bool:
    return routes.reaching(floor) >= max(OWN, terms.fewest)
