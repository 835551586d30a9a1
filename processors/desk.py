"""What a batch is decided under."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.catalog import Snapshot
from schemas.topics import Names, named
from schemas.vocabulary import Mode


@dataclass(frozen=True, slots=True)
class Limits:
    """What a record may be at most."""

    record_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class Desk:
    """What a batch is decided under; now is in seconds since 1970."""

    catalogs: Mapping[str, Snapshot]
    now: float
    mode: Mode = Mode.DECIDE
    topics: Names = field(default_factory=named)
    ce_source: str = "/intents"
    limits: Limits = Limits()
    model_down: bool = False

    def __post_init__(self) -> None:
        """A tenant without a catalog of its own is decided under the default one, so it has to be there."""
        if "default" not in self.catalogs:
            raise ValueError("no catalog for tenant 'default'")

    def snapshot(self, tenant: str) -> Snapshot:
        """The catalog that counts for a tenant."""
        return self.catalogs.get(tenant) or self.catalogs["default"]
