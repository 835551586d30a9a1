"""How long scoring takes, measured on texts that the scorer has not seen before."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer

from streams.evaluation.figures import Cost, Speed
from streams.evaluation.quality import rounded
from streams.evaluation.verdicts import Watch
from streams.memory import settle
from streams.scoring.bundles import TOKENIZER, Bundle

# A p99 needs a few hundred; more would only make people wait.
ALONE = 400
IN_BATCHES = 4096
BATCH = 512
# Scored before the clock starts: what is loaded with the first text, or with the first foreign one, is no
# message's cost.
FIRST = ("where is my order?", "wo bleibt denn meine Bestellung, ich warte seit einer Woche darauf?")


class Asked(Protocol):
    """Whatever answers texts."""

    def score(self, texts: Sequence[str]) -> Sequence[object]:
        """One answer for every text."""
        ...


class Tokens:
    """The tokens of texts, as a bundle's tokenizer tells them apart."""

    def __init__(self, bundle: Bundle) -> None:
        """Load the tokenizer, which takes a customer's [SEP] for five characters."""
        self._tokenizer = Tokenizer.from_str(bundle.files[TOKENIZER].decode("utf-8"))
        self._tokenizer.encode_special_tokens = True

    def count(self, texts: Sequence[str]) -> int:
        """How many there are in whole texts."""
        return sum(len(self._tokenizer.encode(text).ids) for text in texts)


@dataclass(slots=True)
class Clock:
    """What one scorer took: alone by the clock on the wall, in batches of the processor's own time."""

    alone_s: list[float] = field(default_factory=list)
    batches_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """Which texts are scored alone, which in batches: none is met twice, as a cache would make it cheap."""

    alone: tuple[str, ...]
    batches: tuple[tuple[str, ...], ...]

    @property
    def batched(self) -> list[str]:
        """Every text of the batches."""
        return [text for batch in self.batches for text in batch]


def course(texts: Sequence[str]) -> Course:
    """Every fourth of the different texts alone, the others in batches, in the order they lie."""
    different = list(dict.fromkeys(texts))
    alone = different[::4][:ALONE]
    kept = set(alone)
    others = [text for text in different if text not in kept][:IN_BATCHES] or alone
    starts = range(0, len(others), BATCH)
    return Course(tuple(alone), tuple(tuple(others[start : start + BATCH]) for start in starts))


def timed(scorers: Sequence[Asked], way: Course, watch: Watch) -> list[Clock]:
    """What each scorer takes; they take turns, so that a busy machine is as busy for all of them."""
    clocks = [Clock() for _ in scorers]
    settle()
    for scorer in scorers:
        scorer.score(FIRST)
    for text in way.alone:
        for scorer, clock in zip(scorers, clocks, strict=True):
            began = time.perf_counter()
            scorer.score([text])
            clock.alone_s.append(time.perf_counter() - began)
        watch(1)
    for batch in way.batches:
        for scorer, clock in zip(scorers, clocks, strict=True):
            # Time that others use of the core is not counted: messages a second are a core's own.
            began = time.process_time()
            scorer.score(batch)
            clock.batches_s += time.process_time() - began
        watch(len(batch))
    return clocks


def speed(clock: Clock, way: Course, bundle: Bundle) -> Speed:
    """The clock's times as figures."""
    texts = way.batched
    p50, p99 = np.percentile(np.array(clock.alone_s) * 1000, (50, 99)).tolist()
    return Speed(
        alone_p50_ms=round(p50, 3),
        alone_p99_ms=round(p99, 3),
        alone_messages=len(way.alone),
        messages_per_s=round(len(texts) / clock.batches_s, 1),
        tokens_per_s=round(Tokens(bundle).count(texts) / clock.batches_s, 1),
        batch_messages=len(texts),
    )


def cost(measured: Speed, core_hour: float) -> Cost:
    """What a million messages cost on cores of that price, kept busy."""
    return Cost(rounded(1e6 / measured.messages_per_s / 3600 * core_hour), core_hour)
