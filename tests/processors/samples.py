"""Values to try the steps with, every one valid unless told otherwise."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from processors.book import Book, book
from processors.decide import decide
from processors.decode import decode
from processors.desk import Desk, Limits
from processors.flow import (
    Batch,
    Context,
    Decision,
    Decoded,
    Enriched,
    Facts,
    Headers,
    Message,
    Opinion,
    Record,
    Scored,
    ScoreFailed,
    Scores,
    Source,
)
from schemas.catalog import Catalog, Defaults, Intent, Snapshot
from schemas.catalog_file import parse
from schemas.events import Target
from schemas.topics import named
from schemas.vocabulary import Mode, RiskClass, TargetKind

RECEIVED = 1_795_255_200.0
NOW = RECEIVED + 0.25
TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SHIPPED = sorted((Path(__file__).parents[2] / "schemas" / "catalogs").glob("*.yaml"))

INTENTS = {
    "refund.request": Intent(RiskClass.DELEGATED, Target(TargetKind.AGENT_POOL, "billing")),
    "order.status": Intent(RiskClass.READ_ONLY, Target(TargetKind.WORKFLOW, "order.status")),
    "order.cancel": Intent(RiskClass.DESTRUCTIVE, Target(TargetKind.WORKFLOW, "order.cancel")),
}


def written(**fields: Any) -> bytes:
    """A message as JSON; says something unless told otherwise."""
    return msgspec.json.encode({"text": "where is my parcel"} | fields)


def record(
    value: bytes | None = b'{"text":"where is my parcel"}',
    *,
    key: bytes | None = b"c-42",
    headers: Headers = (),
    offset: int = 7,
) -> Record:
    """A record of partition 3."""
    return Record(Source("messages.inbound", 3, offset), key, value, headers, 1_795_255_199_000)


def batch(*records: Record) -> Batch:
    """Records that were received together."""
    return Batch(records, RECEIVED)


def decoded(*records: Record) -> Decoded:
    """Records after decoding."""
    return decode(batch(*records), Limits())


def message(
    text: str = "where is my parcel", *, headers: Headers = (), offset: int = 7, **fields: Any
) -> Message:
    """A decoded message."""
    (one,) = decoded(record(written(text=text, **fields), headers=headers, offset=offset)).items
    assert isinstance(one, Message), one
    return one


def enriched(text: str = "where is my parcel", *, context: Facts | None = None, **fields: Any) -> Enriched:
    """A message of a customer of whom nothing is known, unless told otherwise."""
    return Enriched(message(text, **fields), Context({} if context is None else context, {}, {}))


def scores(intent: str = "refund.request", confidence: float = 0.97, *, truncated: bool = False) -> Scores:
    """A sure opinion, unless told otherwise, with two more behind it."""
    rest = round((1 - confidence) / 2, 6)
    ranked = (Opinion(intent, confidence), Opinion("order.status", rest), Opinion("weather", rest))
    return Scores(ranked, round(confidence - rest, 6), truncated)


def scored(
    intent: str = "refund.request", confidence: float = 0.97, *, truncated: bool = False, **fields: Any
) -> Scored:
    """A message with opinions."""
    return Scored(enriched(**fields), scores(intent, confidence, truncated=truncated), "fake-1")


def unscored(failed: ScoreFailed) -> Scored:
    """A message without opinions."""
    return Scored(enriched(), failed, "fake-1")


def snapshot(
    threshold: float = 0.85,
    *,
    intents: Mapping[str, Intent] = INTENTS,
    tenant: str = "default",
    defaults: Defaults | None = None,
) -> Snapshot:
    """A small catalog."""
    return Snapshot(
        Catalog(
            tenant=tenant,
            intents=dict(intents),
            ceiling=RiskClass.DESTRUCTIVE,
            defaults=defaults or Defaults(confidence=threshold),
        ),
        hash=f"hash-{tenant}",
    )


def desk(
    threshold: float = 0.85,
    *,
    mode: Mode = Mode.DECIDE,
    model_down: bool = False,
    prefix: str = "",
    others: Sequence[Snapshot] = (),
) -> Desk:
    """What a batch is decided under."""
    snapshots = [snapshot(threshold), *others]
    return Desk(
        books={each.catalog.tenant: book(each) for each in snapshots},
        now=NOW,
        mode=mode,
        topics=named(prefix),
        ce_source="/intents/test",
        model_down=model_down,
    )


def opened(text: str, model: str = "") -> Book:
    """The catalog of a text, ready under a bundle."""
    return book(parse(text), model, text)


def shipped_desk() -> Desk:
    """The desk of an installation with the catalogs that ship."""
    snapshots = [parse(path.read_text(encoding="utf-8")) for path in SHIPPED]
    return Desk(books={each.catalog.tenant: book(each) for each in snapshots}, now=NOW)


def decision(**changes: Any) -> Decision:
    """A routed refund, unless told otherwise."""
    (one,) = decide([scored()], desk())
    return msgspec.structs.replace(one, **changes)


class ListedScorer:
    """Gives to each text the opinion that a list names, to every other one a sure refund."""

    name = "listed-1"
    labels: tuple[str, ...] = (*INTENTS, "oos")

    def __init__(self, listed: Mapping[str, Scores | ScoreFailed | Exception] | None = None) -> None:
        """Nothing listed, unless told otherwise."""
        self._listed = listed or {}
        self.asked: list[tuple[str, ...]] = []

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """Raises where the list says so, for the whole call, as a runtime does."""
        self.asked.append(tuple(texts))
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Scores | ScoreFailed:
        found = self._listed.get(text, scores())
        if isinstance(found, Exception):
            raise found
        return found


class BrokenScorer:
    """A model that is down."""

    name = "broken-1"
    labels: tuple[str, ...] = ("oos",)

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """Fails, whatever the text is."""
        raise RuntimeError("no memory for " + " ".join(texts))
