"""`intents demo`: show messages being answered, with nothing else installed."""

import itertools
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

import click

from streams.settings import Settings, read

if TYPE_CHECKING:
    from streams.commands.demo_screen import Screen
    from streams.demo.demonstration import Demonstration

# How long one message may hold up the next, how long all of them may take, a moment for the eye.
PATIENCE_S = 2.0
ANSWERED_S = 30.0
PAUSE_S = 0.1


class Ending:
    """What Ctrl-C and SIGTERM do: end us, the worker first."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._asked = False

    def __call__(self, _number: int, _frame: object) -> NoReturn:
        """Interrupt whatever is going on."""
        self._asked = True
        raise KeyboardInterrupt

    def heed(self) -> None:
        """Interrupt again if somebody asked: an exception in a finaliser is printed, then forgotten."""
        if self._asked:
            raise KeyboardInterrupt


@click.command()
def demo() -> None:
    """Feed a few dozen messages of all kinds through a real worker, show each answer as it arrives.

    Broker and Redis run inside this process, so nothing has to be installed and nothing is kept. On a
    terminal you may then type messages of your own. INTENTS_BUNDLE and INTENTS_CATALOG are used where they
    are set.

    \b
    Example:
      intents demo
    """
    began = time.monotonic()
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ending)
    try:
        raise SystemExit(_show(read(), began, ending))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _show(settings: Settings, began: float, ending: Ending) -> int:
    """Start everything, feed the samples, let people type; the exit status."""
    from rich.console import Console

    from streams.commands.demo_screen import Screen
    from streams.demo.child import ChildError, child
    from streams.demo.demonstration import Demonstration
    from streams.demo.embedded import embedded

    try:
        with (
            embedded() as servers,
            child(_for_the_worker(settings, servers.brokers, servers.redis_url)) as worker,
            Screen(Console(), began) as screen,
        ):
            demonstration = Demonstration(servers)
            worker.await_ready()
            return _play(demonstration, screen, ending)
    except ChildError as error:
        click.echo(f"intents: {error}", err=True)
        return 1


def _for_the_worker(settings: Settings, brokers: str, redis_url: str) -> dict[str, str]:
    """Model and catalog as they are set here, all else as the demonstration needs it."""
    return {
        "INTENTS_BUNDLE": settings.bundle,
        "INTENTS_BUNDLE_SHA256": settings.bundle_sha256,
        "INTENTS_CATALOG": settings.catalog,
        "INTENTS_SCORER": settings.scorer,
        "INTENTS_BROKERS": brokers,
        "INTENTS_REDIS_URL": redis_url,
        # A Redis in a Python thread takes its time, and the mock lets a fetch wait to its end.
        "INTENTS_CONTEXT_DEADLINE_MS": "500",
        "INTENTS_KAFKA__FETCH_WAIT_MAX_MS": "5",
    }


def _play(demonstration: "Demonstration", screen: "Screen", ending: Ending) -> int:
    """Feed all samples, then those that are typed; zero where every message got exactly one answer."""
    from streams.commands.demo_messages import samples

    screen.header()
    for sample in samples():
        ending.heed()
        demonstration.send(sample)
        screen.show(demonstration.hear(PATIENCE_S))
        time.sleep(PAUSE_S if screen.console.is_terminal else 0)
    screen.show(demonstration.hear(ANSWERED_S))
    screen.show(demonstration.hear_late())
    screen.summary(demonstration.sent())
    if screen.console.is_terminal and sys.stdin.isatty():
        _converse(demonstration, screen)
    return 0 if demonstration.answered_once() else 1


def _converse(demonstration: "Demonstration", screen: "Screen") -> None:
    """Answer what is typed until nothing is."""
    from streams.commands.demo_messages import typed

    screen.rest()
    try:
        for number in itertools.count():
            text = screen.console.input("\nyour message (Enter alone ends): ").strip()
            if not text:
                return
            demonstration.send(typed(text, number))
            screen.show(demonstration.hear(ANSWERED_S))
    except (EOFError, KeyboardInterrupt):
        screen.console.print()
