"""The Faust app: one agent over batches, the HTTP pages, an orderly start, an orderly stop."""

import asyncio
import os
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import faust
from faust.app.base import BootStrategy
from faust.web import Request, Response, View
from mode import Service

from streams.ending import crash, end_within
from streams.logs import configuration
from streams.reading import Reading
from streams.wiring import Worker

LOOK_S = 5.0


class WithoutFaustsKafka(BootStrategy):
    """Faust boots everything but its own consumer and producer: ours carry the data."""

    enable_kafka = False


class Runner(faust.Worker):
    """A Faust worker that is gone as soon as everything has stopped."""

    async def _sentinel_task(self) -> None:
        """Do not sleep for the second that Faust keeps the loop open for, after all of it has ended."""


class Threads(Service):
    """The reading threads with the sending one as one Faust service, stopped before the agent is."""

    def __init__(self, worker: Worker, **options: Any) -> None:
        """Threads that do not yet run."""
        super().__init__(**options)
        self._worker = worker

    async def on_start(self) -> None:
        """Start sending, then reading; the reader itself waits until sending is ready."""
        self._worker.outbox.start()
        for reader in self._worker.readers:
            reader.intake.start()

    async def on_stop(self) -> None:
        """Finish what is in the air, commit, close; if that takes too long, end without it."""
        worker = self._worker
        end_within(worker.settings.stop_deadline_ms / 1000, "stopping took too long")
        worker.catalogs.stop()
        worker.journey.stop()
        for reader in worker.readers:
            reader.intake.stop()
        for reader in worker.readers:
            await asyncio.to_thread(reader.intake.join)
        worker.outbox.stop()
        await asyncio.to_thread(worker.outbox.join)


def build(worker: Worker) -> faust.App:
    """An app that runs this worker."""
    settings = worker.settings
    app = faust.App(
        "intent-stream",
        broker="kafka://",
        store="memory://",
        # Faust makes this folder at every start; nothing is kept in it, so one does for all.
        datadir=str(Path(tempfile.gettempdir()) / f"intent-stream-{os.getuid()}"),
        web_bind=settings.http_host,
        web_host=settings.http_host,
        web_port=settings.http_port,
        worker_redirect_stdouts=False,
        logging_config=configuration(settings.log_level),
    )
    app.boot_strategy = WithoutFaustsKafka(app)
    _answer_batches(app, worker)
    _serve_pages(app, worker)
    return app


def run(worker: Worker) -> None:
    """Run until a signal ends it."""
    app = build(worker)
    Runner(app, quiet=True, loglevel="INFO").execute_from_commandline()


def _answer_batches(app: faust.App, worker: Worker) -> None:
    """A batch is one Faust event; the agent takes it through its journey in a thread of its own."""
    settings = worker.settings
    batches = app.channel(maxsize=1)
    journeys = ThreadPoolExecutor(1, thread_name_prefix="journey")

    @app.agent(batches, name="answer")
    async def answer(readings: faust.StreamT[Reading]) -> None:
        loop = asyncio.get_running_loop()
        async for reading in readings:
            try:
                await loop.run_in_executor(journeys, worker.journey.travel, reading)
            except Exception as error:
                crash("answering failed", error)

    @app.task  # type: ignore[untyped-decorator]
    async def begin(app: faust.App) -> None:
        loop = asyncio.get_running_loop()
        app.flow_control.resume()
        for reader in worker.readers:
            reader.intake.hand_over = lambda reading: _hand_over(loop, batches, reading)
        await app.add_runtime_dependency(Threads(worker, loop=loop, beacon=app.beacon))

    @app.timer(interval=min(LOOK_S, settings.commit_deadline_ms / 2000))  # type: ignore[untyped-decorator]
    async def look() -> None:
        await asyncio.to_thread(worker.look)


def _hand_over(loop: asyncio.AbstractEventLoop, batches: Any, reading: Reading) -> None:
    """Give a batch to the agent from another thread; a batch that can't be given must not be forgotten."""

    def check(sent: "Future[Any]") -> None:
        if sent.exception() is not None:
            crash("handing over a batch failed", sent.exception())

    asyncio.run_coroutine_threadsafe(batches.send(value=reading), loop).add_done_callback(check)


def _serve_pages(app: faust.App, worker: Worker) -> None:
    """What Kubernetes and Prometheus ask."""

    @app.page("/live")
    async def live(page: View, request: Request) -> Response:
        alive = worker.live()
        return page.text(
            "live\n" if alive else "records wait and nothing moves\n", status=200 if alive else 503
        )

    @app.page("/ready")
    async def ready(page: View, request: Request) -> Response:
        missing = worker.not_ready()
        return page.text(f"{missing or 'ready'}\n", status=503 if missing else 200)

    @app.page("/metrics")
    async def metrics(page: View, request: Request) -> Response:
        return page.bytes(worker.metrics.page(), content_type="text/plain; version=0.0.4")
