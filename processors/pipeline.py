"""The way of a batch, from raw records to the events that answer them."""

from typing import TypeAlias

from processors.compare import compare
from processors.consult import consult
from processors.decide import decide
from processors.decode import decode
from processors.defer import defer
from processors.desk import Desk
from processors.enrich import enrich, wanted
from processors.flow import (
    Answered,
    Answers,
    Contexts,
    Decision,
    Decoded,
    Enriched,
    Message,
    Rejection,
    Scored,
)
from processors.halving import along
from processors.postmark import postmark
from processors.reject import reject, rejected
from processors.route import route
from processors.score import ModelDown, score
from processors.scorer import Scorer
from processors.triage import triage

Settled: TypeAlias = Decision | Rejection | Answered

__all__ = ["ModelDown", "answer", "decode", "reject", "wanted"]


def answer(decoded: Decoded, contexts: Contexts, scorer: Scorer, desk: Desk) -> Answers:
    """One answer with one audit record for every record of the batch, in its order.

    What a step settles passes by the later ones; what a step can't take is rejected. Raises ModelDown only.
    """
    mark = postmark(decoded.received_at, desk)
    admitted: list[Message | Rejection | Answered]
    enriched: list[Enriched | Rejection | Answered]
    triaged: list[Enriched | Settled]
    scored: list[Scored | Settled]
    decided: list[Settled]
    answered: list[Answered | Rejection]

    admitted = along(Message, decoded.items, lambda messages: defer(messages, contexts, mark))
    enriched = along(Message, admitted, lambda messages: enrich(messages, contexts, desk))
    triaged = along(Enriched, enriched, lambda known: triage(known, desk))
    scored = along(Enriched, triaged, lambda undecided: score(undecided, scorer, desk))
    scored = along(Scored, scored, lambda broad: consult(broad, scorer, desk))
    scored = along(Scored, scored, lambda unsure: compare(unsure, scorer, desk))
    decided = along(Scored, scored, lambda opinions: decide(opinions, desk))
    answered = along(Decision, decided, lambda decisions: route(decisions, mark))
    return _gathered([rejected(one, mark) if isinstance(one, Rejection) else one for one in answered])


def _gathered(answered: list[Answered]) -> Answers:
    return Answers(
        per_record=tuple([one.events for one in answered]),
        outcomes=tuple([(one.kind, one.reason) for one in answered]),
        whose=tuple([(one.decided_by, one.tenant) for one in answered]),
        flags=tuple([one.flags for one in answered]),
    )
