"""The topics that a worker reads, each by a consumer in a group of its own."""

from dataclasses import dataclass

from schemas import topics
from schemas.vocabulary import Mode


@dataclass(frozen=True, slots=True)
class Lane:
    """One input topic, with how it shares the worker with the others.

    Patience is how many turns more urgent lanes may take while it waits; a batch of it is at most this portion of a
    whole one, and at most `beside` of one while a more urgent lane is busy, so that the urgent one waits less.
    """

    base: str
    suffix: str
    patience: int
    portion: float = 1.0
    beside: float = 1.0

    def topic(self, prefix: str) -> str:
        """The topic's name under the prefix of an installation."""
        return prefix + self.base

    def group(self, group: str) -> str:
        """The consumer group, for positions of a lane's own."""
        return group + self.suffix


# A worker's own batch of 200 ms is all that an urgent message waits for, so while there are such, others are
# shorter. Of three turns one is the normal lane's, with two thirds of a batch: a quarter of the capacity.
PRIORITY = Lane(topics.PRIORITY, "-priority", patience=0)
NORMAL = Lane(topics.INBOUND, "", patience=2, beside=2 / 3)
# What waits for a quota is read last, in batches that cost others some 10 ms, but is never forgotten.
DEFERRED = Lane(topics.DEFERRED, "-deferred", patience=19, portion=1 / 4, beside=1 / 32)
# Most urgent first.
LANES = (PRIORITY, NORMAL, DEFERRED)


def read_by(mode: str) -> tuple[Lane, ...]:
    """The lanes that a worker reads: who only watches defers nothing, so he would see what others did twice."""
    return tuple(lane for lane in LANES if lane is not DEFERRED or mode == Mode.DECIDE)


def lane_of(topic: str, prefix: str) -> Lane:
    """The lane that a topic is read as; the normal one where it is none."""
    return next((lane for lane in LANES if lane.topic(prefix) == topic), NORMAL)
