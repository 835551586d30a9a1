"""The step that asks a domain's own bundle where the broad one is sure of the domain."""

from collections.abc import Sequence
from functools import lru_cache
from math import fsum

import msgspec
import numpy as np

from processors.book import Book
from processors.calibration import NEAR
from processors.decide import on_edge
from processors.desk import Desk
from processors.flow import Advice, Scored, ScoreFailed, Scores
from processors.look import look
from processors.opinions import opinions, whole
from processors.score import alone, asked
from processors.scorer import Scorer


class Question(msgspec.Struct, frozen=True, gc=False):
    """A message that a specialist should look at, with what the broad bundle said of it."""

    scored: Scored
    broad: Scores
    domain: str
    book: Book
    scorer: Scorer
    specialist: Scorer

    @property
    def text(self) -> str:
        """What there is to understand."""
        return self.scored.enriched.message.text


def consult(scored: Sequence[Scored], scorer: Scorer, desk: Desk) -> list[Scored]:
    """Every message, with the specialist's opinion inside of a domain that the broad one is sure of.

    A specialist is asked once for all; where it fails on a message, the broad opinion stands. ModelDown where it
    can score nothing.
    """
    if not desk.specialists or desk.hurried:
        return list(scored)
    found = [_question(one, scorer, desk) for one in scored]
    questions = {place: one for place, one in enumerate(found) if isinstance(one, Question)}
    told: dict[int, Scored] = {}
    for specialist in {id(one.specialist): one.specialist for one in questions.values()}.values():
        own = {place: one for place, one in questions.items() if one.specialist is specialist}
        said = asked([one.text for one in own.values()], specialist)
        told |= {place: _told(own[place], each) for place, each in zip(own, said, strict=True)}
    return [told[place] if isinstance(one, Question) else one for place, one in enumerate(found)]


def _question(scored: Scored, scorer: Scorer, desk: Desk) -> Scored | Question:
    """Who is to be asked about a message; itself where nobody is."""
    book = desk.known(scored.enriched.message.tenant)
    for domain, special in book.catalog.domains.items():
        scores = scored.scores
        if isinstance(scores, Scores) and abs(mass(scores, domain) - special.sure) < NEAR:
            scores = alone(scored.enriched.message.text, scorer)
            scored = msgspec.structs.replace(scored, scores=scores)
        if isinstance(scores, Scores) and mass(scores, domain) >= special.sure:
            return Question(scored, scores, domain, book, scorer, desk.specialists[special.bundle])
    return scored


def _told(question: Question, said: Scores | ScoreFailed) -> Scored:
    """The message with both opinions; with the broad one alone where there is no other."""
    if isinstance(said, Scores):
        return _settled(question, said)
    broad = _advice(question.scorer.name, None, question.broad, question)
    failed = Advice(question.specialist.name, question.domain, (), said.detail)
    return msgspec.structs.replace(question.scored, opinions=(broad, failed))


def _settled(question: Question, said: Scores) -> Scored:
    """The message with both opinions; next to the threshold with those of its text alone."""
    together = _joined(question, question.broad, said)
    if isinstance(together.scores, ScoreFailed):
        return together
    if not on_edge(look(together.enriched, together.scores, question.book), question.book):
        return together
    broad, special = alone(question.text, question.scorer), alone(question.text, question.specialist)
    if isinstance(broad, ScoreFailed) or isinstance(special, ScoreFailed):
        return together
    return _joined(question, broad, special)


def _joined(question: Question, broad: Scores, special: Scores) -> Scored:
    """The message with the specialist's opinion at its place in the broad one, as with each by itself."""
    name, domain, sink = question.specialist.name, question.domain, question.book.catalog.sink_label
    both = combined(broad, special, domain, sink)
    advice = (
        _advice(question.scorer.name, None, broad, question),
        _advice(name, domain, special, question),
    )
    return Scored(question.scored.enriched, both, name, advice)


def _advice(model: str, domain: str | None, scores: Scores, question: Question) -> Advice:
    """What a bundle said, in the words of the tenant's catalog."""
    return Advice(model, domain, look(question.scored.enriched, scores, question.book).scores.ranked)


def combined(broad: Scores, special: Scores, domain: str, sink: str) -> Scores:
    """Inside of the domain the specialist's shares of what the broad one gives to all of it, outside the broad one's.

    What the specialist gives to anything else is the sink's: nothing is made to add up, the sum stays what it was.
    """
    labels, own = whole(special)
    inside = {labels[place]: own[place] for place in places(labels, domain)}
    labels, given = whole(broad)
    shares = dict(zip(labels, given, strict=True))
    weight = mass(broad, domain)
    for label in [*[labels[place] for place in places(labels, domain)], *inside]:
        shares[label] = weight * inside.get(label, 0.0)
    shares[sink] = shares.get(sink, 0.0) + weight * max(0.0, 1 - fsum(inside.values()))
    cut = broad.truncated or special.truncated
    (both,) = opinions(np.array([list(shares.values())]), one(tuple(shares)), [cut])
    return msgspec.structs.replace(both, stage=special.stage)


def mass(scores: Scores, domain: str) -> float:
    """The probability of all labels of a domain together."""
    labels, shares = whole(scores)
    return fsum([shares[place] for place in places(labels, domain)])


@lru_cache(maxsize=256)
def one(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The same object for all equal labels: a catalog keeps a view of each."""
    return labels


@lru_cache(maxsize=256)
def places(labels: tuple[str, ...], domain: str) -> tuple[int, ...]:
    """Where the labels of a domain stand; the same for all texts of a scorer."""
    return tuple([place for place, label in enumerate(labels) if within(label, domain)])


def within(label: str, domain: str) -> bool:
    """Whether a label is of a domain: what its name has before the first dot."""
    return label.startswith(f"{domain}.")
