"""A scorer that is given so long, then its messages are answered without it."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Protocol, TypeAlias, runtime_checkable

from processors.flow import ScoreFailed, Scores
from processors.score import ModelDown
from processors.scorer import Scorer
from schemas.vocabulary import Reason
from streams.ending import crash

# So many budgets an abandoned call is waited for.
PATIENCE = 5
Found: TypeAlias = list[Scores | ScoreFailed]


@runtime_checkable
class Interruptible(Protocol):
    """A scorer whose work in another thread can be broken off."""

    def begin(self) -> None:
        """What this thread does from here on can be given up."""
        ...

    def give_up(self) -> None:
        """Let what runs in the thread that last began fail soon."""
        ...


class Punctual:
    """Asks a scorer in another thread; what takes longer than its budget is abandoned there.

    The batch that was late is answered by type. While the abandoned call goes on the model counts as down, so nothing
    more piles up behind it; one that goes on for several budgets is stuck, which nothing but a new process mends.
    A thread for each batch costs 0.1 ms, keeps no process from ending, outlives no scorer.
    """

    def __init__(self, scorer: Scorer, seconds: float, stuck: Callable[[str], object] = crash) -> None:
        """A scorer with its budget for a batch; stuck is told of a call that does not end."""
        self.name = scorer.name
        self.labels = scorer.labels
        self._scorer = scorer
        self._seconds = seconds
        self._stuck = stuck
        self._late: Future[Found] | None = None
        self._late_at = 0.0

    def score(self, texts: Sequence[str]) -> Found:
        """The opinions of every text in time, or why there are none; raises what the scorer raises."""
        if self._late is not None and not self._late.done():
            if time.monotonic() - self._late_at > PATIENCE * self._seconds:
                self._stuck(f"{self.name} does not end what it was asked")
            raise ModelDown(f"{self.name} still works on what took more than {self._seconds:g} s")
        self._late, asked = None, Future[Found]()
        threading.Thread(target=self._ask, args=(texts, asked), name="scorer", daemon=True).start()
        if wait([asked], self._seconds).done:
            return asked.result()
        self._late, self._late_at = asked, time.monotonic()
        if isinstance(self._scorer, Interruptible):
            self._scorer.give_up()
        late = ScoreFailed(f"the scorer took more than {self._seconds:g} s", Reason.DEADLINE)
        return [late] * len(texts)

    def _ask(self, texts: Sequence[str], asked: Future[Found]) -> None:
        try:
            if isinstance(self._scorer, Interruptible):
                self._scorer.begin()
            asked.set_result(self._scorer.score(texts))
        except BaseException as error:
            asked.set_exception(error)
