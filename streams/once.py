"""What several threads need before they go on, done by the first of them."""

import threading
from collections.abc import Callable


class Once:
    """Called from any thread, as often as they like; returns when it is done, raises where that failed."""

    def __init__(self, act: Callable[[], None]) -> None:
        """Not yet done."""
        self._act = act
        self._lock = threading.Lock()
        self._done = False

    def __call__(self) -> None:
        """Do it, or wait for whoever does."""
        with self._lock:
            if not self._done:
                self._act()
                self._done = True
