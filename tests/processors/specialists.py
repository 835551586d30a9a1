"""Bundles that know what they are told, for a tenant with a specialist for IT."""

from collections.abc import Mapping, Sequence

import numpy as np

from processors.book import Book, book
from processors.consult import consult
from processors.desk import Desk
from processors.flow import Scored, ScoreFailed, Scores
from processors.opinions import opinions
from processors.score import score
from processors.scorer import Scorer
from schemas.catalog import Catalog, Defaults, Domain, Intent, Snapshot
from schemas.events import Target
from schemas.vocabulary import RiskClass, TargetKind
from tests.processors.samples import NOW, enriched

BROAD = ("it.vpn", "it.laptop", "order.status", "oos")
SPECIAL = ("it.vpn", "it.printer", "oos")
INTENTS = {
    name: Intent(RiskClass.READ_ONLY, Target(TargetKind.WORKFLOW, name))
    for name in ("it.vpn", "it.laptop", "it.printer", "order.status")
}
DOMAINS = {"it": Domain("it-1.0.0")}


def said(labels: tuple[str, ...], *shares: float, cut: bool = False) -> Scores:
    """The scores of a text by the probability of every label."""
    (found,) = opinions(np.array([shares]), labels, [cut])
    return found


class Knowing:
    """Says of each text what it was given; of a batch the last digits move, as they do on a real network."""

    def __init__(
        self,
        name: str,
        usual: Scores,
        listed: Mapping[str, Scores | ScoreFailed | Exception] | None = None,
        jitter: float = 0.0,
    ) -> None:
        """One usual answer, others for listed texts."""
        self.name, self.labels = name, usual.labels
        self.asked: list[tuple[str, ...]] = []
        self._usual, self._listed, self._jitter = usual, listed or {}, jitter

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """Raises for the whole call where the list says so, as a runtime does."""
        self.asked.append(tuple(texts))
        return [self._one(text, len(texts) > 1) for text in texts]

    def _one(self, text: str, together: bool) -> Scores | ScoreFailed:
        found = self._listed.get(text, self._usual)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, ScoreFailed) or not together:
            return found
        moved = (found.shares[0] + self._jitter, found.shares[1] - self._jitter, *found.shares[2:])
        return said(found.labels, *moved)


SURE = said(BROAD, 0.5, 0.45, 0.04, 0.01)
UNSURE = said(BROAD, 0.5, 0.39, 0.1, 0.01)
PRINTER = said(SPECIAL, 0.05, 0.93, 0.02)


def catalog(
    tenant: str = "default", domains: Mapping[str, Domain] = DOMAINS, threshold: float = 0.85
) -> Snapshot:
    """A catalog whose domain it has a specialist, unless told otherwise."""
    defaults = Defaults(confidence=threshold)
    return Snapshot(Catalog(tenant, INTENTS, defaults=defaults, domains=dict(domains)), f"hash-{tenant}")


def desk(specialist: Scorer, *snapshots: Snapshot) -> Desk:
    """A desk for which the specialist is there."""
    return Desk(books(*snapshots), NOW, specialists={"it-1.0.0": specialist})


def books(*snapshots: Snapshot) -> dict[str, Book]:
    """The catalogs beside one without a specialist, where none of them is of its tenant."""
    given = snapshots or (catalog(),)
    return {each.catalog.tenant: book(each) for each in (catalog(domains={}), *given)}


def consulted(broad: Scorer, under: Desk, *texts: str, tenant: str = "default") -> list[Scored]:
    """Texts scored, then consulted about."""
    waiting = [enriched(text, tenant=tenant) for text in texts]
    return consult(score(waiting, broad, under), broad, under)


def shares(scored: Scored) -> dict[str, float]:
    """The probability of every label."""
    assert isinstance(scored.scores, Scores)
    return dict(zip(scored.scores.labels, scored.scores.shares, strict=True))
