"""How a process ends when going on would be worse."""

import logging
import os
import signal
import threading
from typing import NoReturn

STOPPED = 0
BAD_SETTINGS = 64
BROKEN = 70
HALTED = 78
HALTED_REMEDY = "look at the dead letters, then run: intents check --accept-rejections"

log = logging.getLogger("intents.ending")


def crash(reason: str, error: BaseException | None = None, status: int = BROKEN) -> NoReturn:
    """End the process at once: the open transaction aborts, the batch is read again by the next owner.

    A worker that is alive and not reading is worse than one that is gone, so nothing is tidied up here.
    """
    try:
        log.critical("the worker ends: %s", reason, exc_info=error, extra={"exit_status": status})
        for handler in logging.getLogger().handlers:
            handler.flush()
    finally:
        # A log that nobody reads any more raises here, which must not keep the process alive.
        os._exit(status)


def end_when_told() -> None:
    """End the process where it is told to before it has begun anything that has to be finished.

    Process 1 of a container hears no signal that it has no ear for: it would start, and be killed in the end.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(STOPPED))


def end_within(seconds: float, reason: str) -> threading.Timer:
    """End the process after so many seconds, unless the returned timer is cancelled before.

    It was told to end: that it does, so its status is that of an orderly stop.
    """
    timer = threading.Timer(seconds, crash, args=(reason,), kwargs={"status": STOPPED})
    timer.daemon = True
    timer.start()
    return timer
