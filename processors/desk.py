"""What a batch is decided under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemas.catalog import Snapshot
from schemas.topics import Names, named
from schemas.vocabulary import Mode

# What a scorer gives travels on; the desk only holds those that may be asked.
if TYPE_CHECKING:
    from processors.score import Scorer


@dataclass(frozen=True, slots=True)
class Limits:
    """What a record may be at most."""

    record_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class Desk:
    """What a batch is decided under; now is in seconds since 1970.

    Specialists are the scorers of the bundles that the catalogs' domains name.
    """

    catalogs: Mapping[str, Snapshot]
    now: float
    mode: Mode = Mode.DECIDE
    topics: Names = field(default_factory=named)
    ce_source: str = "/intents"
    limits: Limits = Limits()
    model_down: bool = False
    specialists: "Mapping[str, Scorer]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A tenant without a catalog of its own is decided under the default one, so it has to be there.

        So has every specialist: one that is missing would be passed over in silence.
        """
        if "default" not in self.catalogs:
            raise ValueError("no catalog for tenant 'default'")
        for snapshot in self.catalogs.values():
            for domain, special in snapshot.catalog.domains.items():
                if special.bundle not in self.specialists:
                    raise ValueError(f"no scorer for the domain {domain!r} of {snapshot.catalog.tenant!r}")

    def snapshot(self, tenant: str) -> Snapshot:
        """The catalog that counts for a tenant."""
        return self.catalogs.get(tenant) or self.catalogs["default"]
