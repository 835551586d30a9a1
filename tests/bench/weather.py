"""How fast the machine itself is while something else is measured on it."""

import statistics
import threading
import time
from types import TracebackType
from typing import Self

EVERY_S = 0.25
ROUNDS = 100_000
BEST_OF = 50


class Weather:
    """A small loop, run now and then beside what is measured: a neighbour on the same core doubles its time.

    What counts is CPU, so what is measured beside it does not slow it down by being busy.
    """

    best = float("inf")

    def __init__(self) -> None:
        """Nothing seen yet; the best is looked for while nothing is measured."""
        Weather.best = min(Weather.best, *(loop() for _ in range(BEST_OF)))
        self._seen: list[float] = []
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Look no more."""
        self._over.set()
        self._looking.join()

    @property
    def slowness(self) -> float:
        """The loop's median time, as a multiple of the best that this process has seen."""
        return statistics.median(self._seen) / Weather.best

    def _look(self) -> None:
        while not self._over.wait(EVERY_S):
            took = loop()
            self._seen.append(took)
            Weather.best = min(Weather.best, took)


def loop() -> float:
    """CPU seconds that a fixed piece of work takes this thread."""
    began = time.thread_time()
    for _ in range(ROUNDS):
        pass
    return time.thread_time() - began
