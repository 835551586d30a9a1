"""The faults of a run, drawn from its seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

SECONDS_PER_FAULT = 11.0
JITTER_S = 3.0
QUIET_S = 5.0


class Kind(StrEnum):
    """What may go wrong."""

    KILL = "worker kill -9"
    TERMINATE = "worker SIGTERM"
    FREEZE = "worker SIGSTOP"
    REMOVE = "worker removed"
    LOSE = "worker lost, removed"
    BROKER = "broker kill -9"
    REDIS = "Redis kill -9"


# Each happens once before any happens twice; a lost worker is the removal that comes without a goodbye.
ALWAYS = (Kind.KILL, Kind.TERMINATE, Kind.FREEZE, Kind.REMOVE, Kind.BROKER, Kind.REDIS)
WEIGHTS = {
    Kind.KILL: 6,
    Kind.TERMINATE: 3,
    Kind.FREEZE: 2,
    Kind.REMOVE: 1,
    Kind.LOSE: 2,
    Kind.BROKER: 4,
    Kind.REDIS: 2,
}
# How long each lasts: a freeze is longer than the session, a broker is away long enough to be missed.
HOLD_S = {Kind.FREEZE: (12.0, 16.0), Kind.REMOVE: (6.0, 12.0), Kind.LOSE: (6.0, 12.0)}
SHORT_S = (0.5, 3.0)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: when after the beginning, for how long, which worker is meant first."""

    at: float
    kind: Kind
    worker: int
    hold: float


def duration(faults: int) -> float:
    """How long messages are fed, so that every fault happens under load."""
    return QUIET_S + SECONDS_PER_FAULT * faults + QUIET_S


def draw(seed: int, faults: int, workers: int, only: Kind | None = None) -> tuple[Fault, ...]:
    """The faults of this seed, in their order, all of a kind where one is given; near enough that some meet."""
    dice = random.Random(seed)
    more = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=max(0, faults - len(ALWAYS)))
    kinds = [*dice.sample(ALWAYS, len(ALWAYS)), *more][:faults]
    kinds = kinds if only is None else [only] * faults
    dice.shuffle(kinds)
    return tuple(_fault(dice, number, kind, workers) for number, kind in enumerate(kinds))


def _fault(dice: random.Random, number: int, kind: Kind, workers: int) -> Fault:
    at = QUIET_S + SECONDS_PER_FAULT * number + dice.uniform(0, JITTER_S)
    hold = dice.uniform(*HOLD_S.get(kind, SHORT_S))
    return Fault(at=at, kind=kind, worker=dice.randrange(workers), hold=hold)
