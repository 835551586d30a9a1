"""What a batch is answered with: scorer and desk, made of the settings and the catalogs that count."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from processors.book import book
from processors.flow import Desk, Limits
from processors.score import Comparer, ConstantScorer, Scorer
from schemas.catalog import Catalog, Intent, Snapshot
from schemas.topics import named
from schemas.vocabulary import Mode
from streams.scoring.cache import Asked, Remembering
from streams.settings import Settings, SettingsError

UNTAUGHT: Mapping[str, Intent] = {}


@dataclass(frozen=True, slots=True)
class Ready:
    """A desk with the scorer that its catalogs need; a batch takes one and keeps it to its end."""

    desk: Desk
    scorer: Scorer


@dataclass(slots=True)
class Current:
    """What counts now; whoever finds something newer puts it in its place."""

    ready: Ready


def prepare(
    settings: Settings,
    snapshots: Sequence[Snapshot],
    scorer: Scorer | None = None,
    asked: Asked = lambda hits, texts: None,
) -> Ready:
    """Everything that these catalogs need, loaded; a scorer may be given where another than the real one is wanted."""
    given = scorer or load_scorer(settings, taught_by(snapshots))

    def remembering(each: Scorer) -> Scorer:
        """A constant scorer is faster than any memory."""
        if settings.scorer == "constant" or not settings.score_cache:
            return each
        return Remembering(each, settings.score_cache, asked)

    specialists = {
        name: remembering(each)
        for snapshot in snapshots
        for name, each in load_specialists(settings, snapshot.catalog).items()
    }
    desk = Desk(
        books={each.catalog.tenant: book(each, given.name) for each in snapshots},
        now=time.time(),
        mode=Mode(settings.mode),
        topics=named(settings.topic_prefix),
        limits=Limits(settings.record_bytes),
        specialists=specialists,
        comparer=given if isinstance(given, Comparer) else None,
    )
    return Ready(desk, remembering(given))


def taught_by(snapshots: Iterable[Snapshot]) -> dict[str, Intent]:
    """The intents of all tenants that a bundle can know; what two tenants call by one name is one intent."""
    found: dict[str, Intent] = {}
    for snapshot in snapshots:
        for name, intent in snapshot.catalog.leaves.items():
            other = found.setdefault(name, intent)
            if (other.description, other.examples) != (intent.description, intent.examples):
                raise SettingsError(
                    f"catalog of {snapshot.catalog.tenant}: {name} is described otherwise for another tenant; "
                    "one bundle serves both: describe it alike, or give it a name of its own"
                )
    return found


def load_scorer(settings: Settings, intents: Mapping[str, Intent] = UNTAUGHT) -> Scorer:
    """The scorer that the settings name, taught those of the intents that it was not trained for."""
    if settings.scorer == "constant":
        return ConstantScorer()
    from streams.scoring.bundles import BundleError, load, shipped
    from streams.scoring.providers import provider
    from streams.scoring.scorer import OnnxScorer

    path = Path(settings.bundle) if settings.bundle else shipped()
    try:
        where = provider(settings.provider)
    except BundleError as error:
        raise SettingsError(str(error)) from None
    try:
        return OnnxScorer(
            load(path, settings.bundle_sha256 or None),
            first_stage=settings.first_stage == "on",
            intents=intents,
            provider=where,
        )
    except BundleError as error:
        raise SettingsError(f"INTENTS_BUNDLE: {error}") from None


def load_specialists(settings: Settings, catalog: Catalog) -> dict[str, Scorer]:
    """The scorers of the bundles that a catalog's domains name, by that name."""
    if settings.scorer == "constant" or not catalog.domains:
        return {special.bundle: ConstantScorer() for special in catalog.domains.values()}
    from streams.scoring.bundles import BundleError, shipped
    from streams.scoring.providers import provider
    from streams.scoring.specialists import specialists

    try:
        path = Path(settings.bundle) if settings.bundle else shipped()
        return {
            **specialists(catalog, path.parent, settings.first_stage == "on", provider(settings.provider))
        }
    except BundleError as error:
        raise SettingsError(f"INTENTS_CATALOG: {error}") from None
