"""What a batch is decided under."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from processors.book import Book
from processors.scorer import Comparer, Scorer
from schemas.topics import Names, named
from schemas.vocabulary import Mode


@dataclass(frozen=True, slots=True)
class Limits:
    """What a record may be at most."""

    record_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class Desk:
    """What a batch is decided under; now is in seconds since 1970.

    Hurried is a batch that nobody but the scorer is asked about. Specialists are the scorers of the bundles that
    the catalogs' domains name; the comparer holds what is ambiguous against the catalogs' examples.
    """

    books: Mapping[str, Book]
    now: float
    mode: Mode = Mode.DECIDE
    topics: Names = field(default_factory=named)
    ce_source: str = "/intents"
    limits: Limits = Limits()
    model_down: bool = False
    specialists: Mapping[str, Scorer] = field(default_factory=dict)
    comparer: Comparer | None = None
    hurried: bool = False

    def __post_init__(self) -> None:
        """Somebody's messages have to be decidable.

        So every specialist has to be there: one that is missing would be passed over in silence.
        """
        if not self.books:
            raise ValueError("no catalog for any tenant")
        for book in self.books.values():
            for domain, special in book.catalog.domains.items():
                if special.bundle not in self.specialists:
                    raise ValueError(f"no scorer for the domain {domain!r} of {book.catalog.tenant!r}")

    def book(self, tenant: str) -> Book | None:
        """The catalog that counts for a tenant; None where nobody wrote one."""
        return self.books.get(tenant)

    def known(self, tenant: str) -> Book:
        """The catalog of a tenant that has passed triage."""
        return self.books[tenant]
