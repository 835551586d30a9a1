"""How sure a first stage has to be before the network need not be asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# From "as good as never out of scope" to "whatever".
OUTSIDE = (*np.geomspace(0.0005, 0.3, 28).tolist(), 1.0)
# What the network refuses: beyond the cut that keeps this share of the messages in scope.
KEPT = 0.97
# One refusal in a hundred may be lost: as they are counted; as they spread half as many, for a hundred say little of
# the rarest. With log odds about normally distributed, that half lies this many deviations below their mean. Of
# CLINC150's 100 messages counting alone loses up to two; where none of them may be lost, the most ordinary of them
# keeps every tenth message in scope from the stage.
REFUSALS_LOST, DEVIATIONS = 0.01, 2.576
# With fewer refusals to learn from, the mean says little: then as good as surely in scope is asked for.
ENOUGH, CAREFUL = 20, 0.005

Shares = NDArray[np.float64]
Targets = NDArray[np.intp]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Exam:
    """What student and network say of the same messages; sink is the label out of scope, -1 where there is none."""

    student: Shares
    network: Shares
    targets: Targets
    sink: int

    @property
    def inside(self) -> Truths:
        """The messages that are about an intent."""
        about: Truths = self.targets != self.sink
        return about

    @property
    def outside(self) -> Shares:
        """How far out of scope the student thinks them."""
        return column(self.student, self.sink)

    @property
    def sure(self) -> Shares:
        """How sure the student is of an intent; not at all where its best guess is none."""
        chosen: Shares = self.student.max(axis=1) * (self.student.argmax(axis=1) != self.sink)
        return chosen

    @property
    def harm(self) -> NDArray[np.int64]:
        """What it costs to believe the student: 1 where only the network is right, -1 where only the student is."""
        network, student = (each.argmax(axis=1) == self.targets for each in (self.network, self.student))
        harm: NDArray[np.int64] = (network.astype(np.int64) - student) * self.inside
        return harm


@dataclass(frozen=True, slots=True)
class Limits:
    """What the student decides by itself: at least so sure, at most so far out of scope."""

    sure: float
    outside: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What limits do: the share decided of messages in scope, accuracy lost, refusals lost."""

    coverage: float
    loss: float
    refusals_lost: float


def column(shares: Shares, sink: int) -> Shares:
    """How far out of scope messages are; nothing is where there is no such label."""
    return shares[:, sink] if sink >= 0 else np.zeros(len(shares))


def cut(valid: Exam) -> float:
    """How far out of scope the network lets a message be."""
    return float(np.quantile(column(valid.network, valid.sink)[valid.inside], KEPT))


def choose(valid: Exam, wish: float, floor: float) -> Limits:
    """The limits that decide most of the validation messages at no more than the wished loss."""
    most = farthest(valid)
    tried = [widest(valid, outside, wish, floor) for outside in (*OUTSIDE, most) if outside <= most]
    return max(tried, key=lambda limits: outcome(valid, limits, cut(valid)).coverage)


def farthest(valid: Exam) -> float:
    """How far out of scope the student may think a message for the network's refusals to stand."""
    if valid.sink < 0:
        return 1.0
    refused = np.clip(valid.outside[refusals(valid, cut(valid))], 1e-9, 1 - 1e-9)
    if len(refused) < ENOUGH:
        return CAREFUL
    odds = np.log(refused / (1 - refused))
    return float(1 / (1 + np.exp(DEVIATIONS * odds.std() - odds.mean())))


def widest(valid: Exam, outside: float, wish: float, floor: float) -> Limits:
    """The lowest confidence that costs no more than wished, all in all: what was won above it makes up for a loss."""
    allowed = np.flatnonzero((valid.outside <= outside) & (valid.sure >= floor))
    order = allowed[np.argsort(-valid.sure[allowed], kind="stable")]
    refused = refusals(valid, cut(valid))
    kept = np.cumsum(valid.harm[order]) <= wish * valid.inside.sum()
    kept &= np.cumsum(refused[order]) <= REFUSALS_LOST * (~valid.inside).sum()
    good = int(np.flatnonzero(kept).max(initial=-1)) + 1
    # Between the last that is let in and the first that is not.
    sure = floor if good == len(order) else float(valid.sure[order[max(good - 1, 0) : good + 1]].mean())
    return Limits(sure if good else 1.0, outside)


def refusals(exam: Exam, cut: float) -> Truths:
    """The messages out of scope that the network refuses."""
    refused: Truths = ~exam.inside & (column(exam.network, exam.sink) > cut)
    return refused


def outcome(exam: Exam, limits: Limits, cut: float) -> Outcome:
    """What the limits do to messages."""
    decided = (exam.sure >= limits.sure) & (exam.outside <= limits.outside)
    inside = max(1, exam.inside.sum())
    return Outcome(
        coverage=float(decided[exam.inside].sum() / inside),
        loss=float(exam.harm[decided].sum() / inside),
        refusals_lost=float((decided & refusals(exam, cut)).sum() / max(1, (~exam.inside).sum())),
    )
