"""The way of one batch past the edges: decode, ask Redis, answer, hand on."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from processors.desk import Desk, Limits
from processors.flow import Answers, Batch, ContextKey, Contexts, Decoded, Event, Message, Record
from processors.haste import hurried
from processors.quota import Claim
from processors.score import ModelDown
from processors.scorer import Scorer
from schemas.vocabulary import Cause, Kind
from streams.context import ContextStore
from streams.ending import HALTED_REMEDY
from streams.guard import Guard
from streams.metrics import Metrics
from streams.outbox import Outbox, Parcel
from streams.pace import Pace
from streams.reading import Reading, traces_of
from streams.ready import Current, Ready

MODEL_RETRY_S = 0.5

log = logging.getLogger("intents.journey")


@dataclass(frozen=True, slots=True)
class Steps:
    """The pure steps, as the journey calls them."""

    decode: Callable[[Batch, Limits], Decoded]
    wanted: Callable[[Decoded, Desk], Collection[ContextKey]]
    claims: Callable[[Decoded, Desk], Sequence[Claim]]
    answer: Callable[[Decoded, Contexts, Scorer, Desk], Answers]
    reject: Callable[[Record, Cause, str, Desk], tuple[Event, ...]]


@dataclass(slots=True)
class ModelOutage:
    """What is done while the model can't be asked: wait, or escalate so many messages a minute.

    Escalate is what the worker does for tenants whose catalog does not say; a batch waits as long as one of its
    tenants would.
    """

    escalate: bool
    per_minute: int
    since: float = 0.0
    _minute: int = 0
    _spent: int = 0

    def may_escalate(self, decoded: Decoded, desk: Desk) -> bool:
        """Whether a batch may be escalated now; the last one of a minute may be over by a part."""
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._spent = minute, 0
        if self._spent >= self.per_minute or not self._wanted(decoded, desk):
            return False
        self._spent += len(decoded.items)
        return True

    def _wanted(self, decoded: Decoded, desk: Desk) -> bool:
        """Whether every tenant of a batch rather has a person than waits."""
        tenants = {item.tenant for item in decoded.items if isinstance(item, Message)}
        books = [book for tenant in tenants if (book := desk.book(tenant)) is not None]
        said = [book.catalog.defaults.on_model_down for book in books]
        return all(self.escalate if each is None else each == "escalate" for each in said or [None])


class Journey:
    """Takes a batch from reading to the outbox; one at a time."""

    def __init__(
        self,
        steps: Steps,
        store: ContextStore,
        current: Current,
        outbox: Outbox,
        pace: Pace,
        guard: Guard,
        outage: ModelOutage,
        metrics: Metrics,
        step_down_s: float = 0.0,
    ) -> None:
        """A journey with everything that it passes."""
        self._steps = steps
        self._store = store
        self._current = current
        self._outbox = outbox
        self._pace = pace
        self._guard = guard
        self._outage = outage
        self._metrics = metrics
        self._step_down_s = step_down_s
        self._stopping = threading.Event()

    def travel(self, reading: Reading) -> None:
        """Answer a batch, unless it has become void, under what counts when it comes in."""
        ready = self._current.ready
        begun = not reading.marks or self._outbox.mark(reading)
        answers = self._answers(reading, ready) if begun else None
        if answers is None:
            self._drop(reading)
        else:
            self._outbox.put(self._parcel(reading, answers))

    def _drop(self, reading: Reading) -> None:
        """Let a batch go unanswered; what was read behind it must not be committed past it.

        Its marks are taken back, or restarts, rebalances while the model is down would condemn a harmless record.
        """
        if not reading.void:
            if reading.marks:
                self._outbox.mark(reading.unbegun())
            reading.flight.raise_epoch()
        reading.flight.passed_on()
        reading.flight.landed(moved=False)

    def stop(self) -> None:
        """Answer what can be answered now, wait for nothing any more."""
        self._stopping.set()

    def waits_for_the_model(self) -> bool:
        """Whether a batch stands still because the model is down."""
        return self._outage.since > 0

    def _answers(self, reading: Reading, ready: Ready) -> Answers | None:
        """The answers of a batch; None once it is void."""
        return self._condemn(reading, ready.desk) if reading.condemned else self._answer(reading, ready)

    def _answer(self, reading: Reading, ready: Ready) -> Answers | None:
        """The batch through every step, timed."""
        began = perf_counter()
        decoded = self._steps.decode(reading.batch, ready.desk.limits)
        read = perf_counter()
        contexts = self._store.fetch(
            self._steps.wanted(decoded, ready.desk), self._steps.claims(decoded, ready.desk)
        )
        asked = perf_counter()
        answers = self._insist(reading, decoded, contexts, ready)
        ended = perf_counter()
        # What is only sent on costs next to nothing, so it says nothing of the next batch.
        self._pace.learn(len(reading.batch.records) - len(contexts.held), ended - began)
        self._metrics.travelled(read - began, asked - read, ended - asked)
        return answers

    def _insist(self, reading: Reading, decoded: Decoded, contexts: Contexts, ready: Ready) -> Answers | None:
        """Ask the model until it answers, is given up, or the batch is void."""
        hasty = ready.hasty if hurried(decoded, time.time(), self._step_down_s) else None
        while not reading.void:
            desk = replace(ready.desk, now=time.time(), hurried=hasty is not None)
            try:
                answers = self._steps.answer(decoded, contexts, hasty or ready.scorer, desk)
            except ModelDown as down:
                self._note_outage(down)
            else:
                self._outage.since = 0.0
                return answers
            if self._outage.may_escalate(decoded, desk):
                return self._steps.answer(decoded, contexts, ready.scorer, replace(desk, model_down=True))
            if self._stopping.wait(MODEL_RETRY_S) or reading.flight.recalled:
                break
        return None

    def _note_outage(self, down: ModelDown) -> None:
        if not self._outage.since:
            self._outage.since = time.monotonic()
            log.error("the model is down: %s", down)

    def _condemn(self, reading: Reading, desk: Desk) -> Answers:
        """A dead letter for the record that ended the process again and again."""
        record = reading.batch.records[0]
        detail = "the process ended each time this record was begun"
        events = self._steps.reject(record, Cause.PROCESS_ENDED, detail, replace(desk, now=time.time()))
        return Answers((events,), ((Kind.REJECTED, Cause.PROCESS_ENDED),))

    def _parcel(self, reading: Reading, answers: Answers) -> Parcel:
        """The answers on their way; the last ones where too much was rejected."""
        rejected = [kind is Kind.REJECTED for kind, _ in answers.outcomes]
        if any(rejected):
            causes = sorted({cause for kind, cause in answers.outcomes if kind is Kind.REJECTED})
            traces = traces_of(itertools.compress(reading.batch.records, rejected))
            said = {"rejected": sum(rejected), "causes": causes, "traces": traces}
            log.warning("records were rejected", extra=said)
        if not self._guard.trips(reading.batch.records, rejected):
            return Parcel(reading, answers)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        halts = f"{self._guard.rejected} of the recent records were rejected; {HALTED_REMEDY}"
        return Parcel(reading.halted(at), answers, halts)
