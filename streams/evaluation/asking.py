"""One message on the worker's way, with what each stage took."""

import time
from collections.abc import Sequence
from typing import Protocol

import msgspec

from processors.audit import line as written
from processors.compare import compare
from processors.consult import consult
from processors.decide import decide
from processors.desk import Desk
from processors.enrich import enrich, wanted
from processors.explain import Said, why
from processors.flow import Decision, Decoded, Enriched, Rejection, ScoreFailed, Scores
from processors.opinions import OPINIONS
from processors.particulars import particulars
from processors.postmark import postmark
from processors.score import score
from processors.scorer import Scorer
from processors.triage import triage
from schemas.audit import Advice
from schemas.events import Opinion, Target
from schemas.vocabulary import Decider, Flag, Kind, Reason, RiskClass, Stage
from streams.evaluation.question import AskError, Question
from streams.evaluation.steps import received

# A busy machine interrupts now and then, so the shortest of a few readings counts: one that was interrupted
# took longer than the reading and the network together, and left the network no time.
READINGS = 3


class Reads(Protocol):
    """Whatever makes tokens of texts, as the scorer does first."""

    def read(self, texts: Sequence[str]) -> Sequence[object]:
        """The tokens of every text."""
        ...


class Stages(msgspec.Struct, frozen=True):
    """Milliseconds a stage; a stage that was not needed took none."""

    tokenise: float = 0.0
    network: float = 0.0
    decide: float = 0.0


class Asked(msgspec.Struct, frozen=True):
    """What became of a message, under the names that answers have; scores are the best of every label."""

    text: str
    kind: Kind
    reason: Reason
    decided_by: Decider
    intent: str | None
    confidence: float | None
    margin: float | None
    risk: RiskClass | None
    target: Target | None
    alternatives: tuple[Opinion, ...]
    scores: tuple[Opinion, ...]
    stage: Stage | None
    failed: str | None
    flags: tuple[Flag, ...]
    model: str | None
    opinions: tuple[Advice, ...]
    catalog: str
    milliseconds: Stages
    explanation: tuple[Said, ...]


def ask(question: Question, scorer: Scorer, reader: Reads, desk: Desk) -> Asked:
    """The message decoded, triaged, scored, decided by the worker's own steps."""
    (read,) = received([question.inbound], question.headers)
    if isinstance(read, Rejection):
        raise AskError(f"{read.cause}: {read.detail}")
    contexts = question.contexts(wanted(Decoded((read,), 0.0), desk))
    (settled,) = triage(enrich([read], contexts, desk), desk)
    if isinstance(settled, Decision):
        return _asked(settled, None, Stages(), desk)
    return _scored(settled, scorer, reader, desk)


def _scored(waiting: Enriched, scorer: Scorer, reader: Reads, desk: Desk) -> Asked:
    """The message that a model has to look at."""
    tokenise = min(_reading(waiting.message.text, reader) for _ in range(READINGS))
    began = time.perf_counter()
    (scored,) = compare(consult(score([waiting], scorer, desk), scorer, desk), scorer, desk)
    answered = time.perf_counter()
    (decision,) = decide([scored], desk)
    decided = time.perf_counter()
    # The scorer reads the text once more: what is left of its time is the network's.
    network = max(0.0, answered - began - tokenise)
    return _asked(decision, scored.scores, Stages(*map(_ms, (tokenise, network, decided - answered))), desk)


def _reading(text: str, reader: Reads) -> float:
    """Seconds until a text is tokens."""
    began = time.perf_counter()
    reader.read([text])
    return time.perf_counter() - began


def _asked(decision: Decision, scores: Scores | ScoreFailed | None, stages: Stages, desk: Desk) -> Asked:
    """The decision as it is told."""
    mark = postmark(desk.now, desk)
    line = written(decision, particulars(decision, "", mark), mark)
    return Asked(
        text=decision.enriched.message.text,
        kind=decision.kind,
        reason=decision.reason,
        decided_by=decision.decided_by,
        intent=decision.intent,
        confidence=decision.confidence,
        margin=decision.margin,
        risk=decision.risk,
        target=decision.target,
        alternatives=decision.alternatives,
        scores=scores.ranked[:OPINIONS] if isinstance(scores, Scores) else (),
        stage=scores.stage if isinstance(scores, Scores) else None,
        failed=scores.detail if isinstance(scores, ScoreFailed) else None,
        flags=decision.flags,
        model=decision.model,
        opinions=decision.opinions,
        catalog=decision.catalog,
        milliseconds=stages,
        explanation=tuple(why(line, desk.book(decision.enriched.message.tenant))),
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
