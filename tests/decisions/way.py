"""The way of one case through the real pipeline, told as its answer with its audit record."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import numpy as np

from processors.book import Book, book
from processors.decode import decode
from processors.desk import Desk, Limits
from processors.enrich import wanted
from processors.flow import (
    Batch,
    ContextKey,
    Contexts,
    Event,
    Json,
    Likeness,
    Record,
    ScoreFailed,
    Scores,
    Source,
)
from processors.opinions import opinions
from processors.pipeline import answer
from schemas import cloudevents
from schemas.catalog_file import parse
from schemas.topics import AUDIT, named
from schemas.vocabulary import Kind, Reason
from tests.decisions.case import FOLDER, Case, Shares

# Deadlines in the table are held against this moment: 2026-11-21T10:00:00Z.
NOW = 1_795_255_200.0
TEXT, NEIGHBOUR = "where is my parcel", "what somebody else wrote"
SHARES_OF_NEIGHBOUR = {"oos": 0.9, "weather": 0.1}
NO_NUMBERS = {"oos": float("nan"), "weather": float("nan")}


class Told(msgspec.Struct, frozen=True):
    """How a case came out: what its answer says, what its audit record says, which texts the model was asked."""

    answer: Mapping[str, Any]
    line: Mapping[str, Any]
    asked: bool


class ListingScorer:
    """Says of the case's text what the case lists; asked about it alone, what it lists for that."""

    name = "table-1"
    labels: tuple[str, ...] = ()

    def __init__(self, case: Case) -> None:
        """Nobody has asked yet."""
        self._case = case
        self.asked: set[str] = set()

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """Every case shares its batch with a neighbour, so that a lone text is one that is looked at again."""
        self.asked |= set(texts)
        found = [self._one(text, lone=len(texts) == 1) for text in texts]
        return found[1:] if self._case.failure == "too few" else found

    def _one(self, text: str, lone: bool) -> Scores | ScoreFailed:
        case = self._case
        if text != text_of(case):
            return scores(SHARES_OF_NEIGHBOUR)
        if case.failure == "raises" or (lone and case.alone == "raises"):
            raise RuntimeError(text)
        if case.failure == "language":
            return ScoreFailed("no language of the bundle's", Reason.LANGUAGE_UNSUPPORTED)
        shares = case.alone if lone and isinstance(case.alone, dict) else case.scores
        found = scores(shares or NO_NUMBERS, case.truncated)
        return msgspec.structs.replace(found, labels=(), shares=(), total=None) if case.only_best else found


class ListingComparer:
    """Knows how like the case's text is to each intent's examples, from the case's list."""

    def __init__(self, listed: Shares) -> None:
        """What is listed."""
        self._listed = listed

    def likeness(
        self, text: str, examples: Mapping[str, Sequence[str]], *, alone: bool = False
    ) -> tuple[Likeness, ...]:
        """Only of the intents that it is asked for; what is not listed is unlike."""
        found = [Likeness(name, 0, self._listed.get(name, 0.0)) for name in examples]
        return tuple(sorted(found, key=lambda each: (-each.likeness, each.intent)))


def differences(case: Case) -> list[str]:
    """What of all that a case names came out otherwise; nothing where the table holds."""
    found = told(case)
    if found.line["cause"] is not None:
        return [f"was rejected: {found.line['cause']}, {found.line['detail']}"]
    wrong = []
    for name, expected in case.becomes.items():
        for where, fields in (("answer", found.answer), ("audit record", found.line)):
            if name in fields and not _same(plainly(name, fields[name]), expected):
                wrong.append(f"{name} is {plainly(name, fields[name])!r} in the {where}, not {expected!r}")
        if name not in found.line:
            wrong.append(f"no audit record has a {name}")
    if found.asked is not asks(case):
        wrong.append(f"the model was {'' if found.asked else 'not '}asked")
    return wrong


def _same(found: Any, expected: Any) -> bool:
    """Opinions are in an order too."""
    return bool(found == expected) and (not isinstance(found, dict) or list(found) == list(expected))


def asks(case: Case) -> bool:
    """Whether a case is one for the model: it says what the model says, or how it fails."""
    return case.scores is not None or case.failure not in (None, "down")


def plainly(name: str, value: Any) -> Any:
    """What an event says as the table writes it: a target as two words, opinions by their intents."""
    if name == "target" and value is not None:
        return f"{value['kind']} {value['name']}"
    if name == "alternatives":
        return {each["intent"]: each["confidence"] for each in value}
    if name == "basis.likeness":
        return {each["intent"]: each["likeness"] for each in value}
    return value


def told(case: Case) -> Told:
    """The case decided in a batch of two, read from the events that went out."""
    found, scorer = catalog(case.catalog), ListingScorer(case)
    desk = Desk(
        books={found.catalog.tenant: found},
        now=NOW,
        model_down=case.failure == "down",
        comparer=ListingComparer(case.likeness),
    )
    decoded = decode(Batch((record(case, found), _neighbour(found)), NOW - 0.25), Limits())
    answers = answer(decoded, contexts(case, wanted(decoded, desk)), scorer, desk)
    events = answers.per_record[0]
    return Told(_answer(events), _line(events), text_of(case) in scorer.asked)


@cache
def catalog(name: str) -> Book:
    """The catalog of the table that is called so, ready."""
    text = (FOLDER / "catalogs" / f"{name}.yaml").read_text(encoding="utf-8")
    return book(parse(text), text=text)


def text_of(case: Case) -> str:
    """What the customer of a case wrote."""
    return TEXT if case.message.text is msgspec.UNSET else case.message.text


def record(case: Case, found: Book) -> Record:
    """The case's message on the topic, as a CloudEvent where somebody is its sender."""
    message = case.message
    fields = {"text": TEXT, "tenant": found.catalog.tenant, **msgspec.to_builtins(message)}
    if not isinstance(case.facts, str) and case.facts.customer is not None:
        fields.setdefault("customer", "u-7")
    headers: list[tuple[str, bytes]] = [("intent_redriven", b"1")] if fields.pop("redriven", False) else []
    sender = fields.pop("sender", None)
    if sender is not None:
        headers += [
            (cloudevents.SPECVERSION, b"1.0"),
            (cloudevents.ID, b"e-1"),
            (cloudevents.SOURCE, sender.encode()),
            (cloudevents.TYPE, b"message"),
        ]
    return Record(Source("messages.inbound", 3, 7), b"c-42", msgspec.json.encode(fields), tuple(headers), 0)


def contexts(case: Case, keys: frozenset[ContextKey]) -> Contexts:
    """What Redis said to the keys that the batch wants."""
    if isinstance(case.facts, str):
        return Contexts()
    shelves: Mapping[str, Mapping[str, Json]] = {"system": case.facts.system, "stock": case.facts.stock}
    return Contexts(
        {
            (tenant, kind, name): shelves[kind].get(name) if kind in shelves else case.facts.customer
            for tenant, kind, name in keys
        }
    )


def scores(shares: Shares, truncated: bool = False) -> Scores:
    """What a bundle gives that holds these labels for so probable; every bundle has a sink, and another label."""
    whole = shares if "oos" in shares else shares | {"oos": 0.0}
    whole = whole if len(whole) > 1 else whole | {"weather": 0.0}
    (found,) = opinions(np.array([list(whole.values())]), tuple(whole), [truncated])
    return found


def _neighbour(found: Book) -> Record:
    value = msgspec.json.encode({"text": NEIGHBOUR, "tenant": found.catalog.tenant})
    return Record(Source("messages.inbound", 3, 8), b"c-43", value, (), 0)


def _answer(events: Sequence[Event]) -> Mapping[str, Any]:
    """The one answer of a message, from the topic that is for its kind."""
    first, line = events
    fields: dict[str, Any] = msgspec.json.decode(first.value or b"")
    kind = Kind(_line([line])["kind"])
    if first.topic != named().answers[kind]:
        raise AssertionError(f"{kind} went to {first.topic}")
    return {"kind": kind, **fields}


def _line(events: Sequence[Event]) -> Mapping[str, Any]:
    """The one audit record of a message, with what it was held against, what was observed, beside the rest."""
    if events[-1].topic != AUDIT:
        raise AssertionError(f"the audit record went to {events[-1].topic}")
    fields: dict[str, Any] = msgspec.json.decode(events[-1].value or b"")
    parts = ("basis", "observed")
    return fields | {f"{part}.{name}": value for part in parts for name, value in fields[part].items()}
