"""What a batch is answered with: scorer and desk, made of the settings and the catalogs that count."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

from processors.book import Book, book
from processors.desk import Desk, Limits
from processors.score import ConstantScorer
from processors.scorer import Comparer, Scorer
from schemas.catalog import Catalog, Domain, Intent, Snapshot
from schemas.topics import named
from schemas.vocabulary import Mode
from streams.scoring.cache import Asked, Remembering
from streams.scoring.punctual import Punctual
from streams.settings import Settings, SettingsError

UNTAUGHT: Mapping[str, Intent] = {}
# What an intent says of itself: its description, its examples.
Lesson: TypeAlias = tuple[str, tuple[str, ...]]
NO_LESSON: Lesson = ("", ())
Domains: TypeAlias = dict[str, tuple[Domain, dict[str, Lesson]]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A desk with the scorer that its catalogs need; a batch takes one and keeps it to its end.

    The hasty one is asked when there is no time.
    """

    desk: Desk
    scorer: Scorer
    hasty: Scorer | None = None


@dataclass(slots=True)
class Current:
    """What counts now; whoever finds something newer puts it in its place."""

    ready: Ready


def _nobody(hits: int, texts: int) -> None:
    """Nobody wants to know what was remembered."""


def prepare(
    settings: Settings,
    snapshots: Sequence[Snapshot],
    scorer: Scorer | None = None,
    asked: Asked = _nobody,
) -> Ready:
    """Everything that these catalogs need, loaded; a scorer may be given where another than the real one is wanted."""
    return Preparing(settings, scorer, asked).ready(snapshots)


@runtime_checkable
class Teachable(Protocol):
    """A scorer that can be taught other intents without being loaded again."""

    def retaught(self, intents: Mapping[str, Intent]) -> Scorer:
        """Itself where nothing changes by it."""
        ...


@runtime_checkable
class Hasty(Protocol):
    """A scorer with a cheaper stage."""

    def in_haste(self, otherwise: Scorer) -> Scorer | None:
        """That stage alone, what it can't read left to another; None where it can't do without the rest."""
        ...


class Preparing:
    """Makes ready what catalogs need, over and over; what a new set of catalogs leaves as it was is kept."""

    def __init__(self, settings: Settings, scorer: Scorer | None = None, asked: Asked = _nobody) -> None:
        """Nothing is loaded yet."""
        self._settings = settings
        self._scorer = scorer
        self._asked = asked
        self._books: dict[tuple[str, str, str], Book] = {}
        self._experts: tuple[list[Domains], dict[str, Scorer]] = ([], {})
        self._memories: dict[int, tuple[Scorer, Scorer]] = {}

    def ready(self, snapshots: Sequence[Snapshot]) -> Ready:
        """Everything that these catalogs need; raises, with nothing changed, where one can't be used."""
        # What counts must not depend on the order in which a worker learnt of it.
        snapshots = sorted(snapshots, key=lambda each: each.catalog.tenant)
        scorer = self._taught(taught_by(snapshots))
        books = {each.catalog.tenant: self._book(each, scorer.name) for each in snapshots}
        experts = self._specialists([each.catalog for each in snapshots])
        found = experts[1]
        memories = {id(each): (each, self._remembering(each)) for each in (scorer, *found.values())}
        desk = Desk(
            books=books,
            now=time.time(),
            mode=Mode(self._settings.mode),
            topics=named(self._settings.topic_prefix),
            limits=Limits(self._settings.record_bytes),
            specialists={name: memories[id(each)][1] for name, each in found.items()},
            comparer=scorer if isinstance(scorer, Comparer) else None,
        )
        self._scorer, self._experts, self._memories = scorer, experts, memories
        self._books = {(tenant, each.hash, scorer.name): each for tenant, each in books.items()}
        whole = memories[id(scorer)][1]
        return Ready(desk, whole, scorer.in_haste(whole) if isinstance(scorer, Hasty) else None)

    def _taught(self, intents: Mapping[str, Intent]) -> Scorer:
        """The scorer, loaded once; a bundle that can't be taught these is told as one that can't be used."""
        if self._scorer is None:
            self._scorer = load_scorer(self._settings, intents)
        if not isinstance(self._scorer, Teachable):
            return self._scorer
        from streams.scoring.bundles import BundleError

        try:
            return self._scorer.retaught(intents)
        except BundleError as error:
            raise SettingsError(f"INTENTS_BUNDLE: {error}") from None

    def _book(self, snapshot: Snapshot, model: str) -> Book:
        known = self._books.get((snapshot.catalog.tenant, snapshot.hash, model))
        return known or book(snapshot, model)

    def _specialists(self, catalogs: Sequence[Catalog]) -> tuple[list[Domains], dict[str, Scorer]]:
        """The bundles of all domains, loaded again only where a domain, or what its intents say, is another."""
        domains = [found for found in map(_domains, catalogs) if found]
        if domains == self._experts[0]:
            return self._experts
        return domains, load_specialists(self._settings, *catalogs)

    def _remembering(self, scorer: Scorer) -> Scorer:
        """With a budget, a memory, as long as it is the same scorer; a constant one is faster than any memory."""
        known = self._memories.get(id(scorer))
        if known:
            return known[1]
        if isinstance(scorer, ConstantScorer):
            return scorer
        budget = self._settings.score_deadline_ms / 1000
        punctual = Punctual(scorer, budget) if budget else scorer
        if self._settings.scorer == "constant" or not self._settings.score_cache:
            return punctual
        return Remembering(punctual, self._settings.score_cache, self._asked)


def _domains(catalog: Catalog) -> Domains:
    """All that the specialists depend on."""
    return {
        name: (special, {each: _lesson(intent) for each, intent in catalog.of(name).items()})
        for name, special in catalog.domains.items()
    }


def taught_by(snapshots: Iterable[Snapshot]) -> dict[str, Intent]:
    """The intents of all tenants that a bundle can know; what two tenants call by one name is one intent.

    Where only one of them says what it is, that counts: or none could say more of it while workers run.
    """
    found: dict[str, Intent] = {}
    for snapshot in snapshots:
        for name, intent in snapshot.catalog.leaves.items():
            if _lesson(found.setdefault(name, intent)) == NO_LESSON:
                found[name] = intent
            if _lesson(intent) not in (NO_LESSON, _lesson(found[name])):
                raise SettingsError(
                    f"catalog of {snapshot.catalog.tenant}: {name} is described otherwise for another tenant; "
                    "one bundle serves both: describe it alike, or give it a name of its own"
                )
    return found


def _lesson(intent: Intent) -> Lesson:
    """What an intent says of itself."""
    return intent.description, intent.examples


def bundle_folder(settings: Settings) -> Path:
    """Where the bundle lies that the settings name, else the one that ships."""
    from streams.scoring.bundles import shipped

    return Path(settings.bundle) if settings.bundle else shipped()


def load_scorer(settings: Settings, intents: Mapping[str, Intent] = UNTAUGHT) -> Scorer:
    """The scorer that the settings name, taught those of the intents that it was not trained for."""
    if settings.scorer == "constant":
        return ConstantScorer()
    from streams.scoring.bundles import BundleError, load
    from streams.scoring.providers import provider
    from streams.scoring.scorer import OnnxScorer

    try:
        where = provider(settings.provider)
    except BundleError as error:
        raise SettingsError(str(error)) from None
    try:
        return OnnxScorer(
            load(bundle_folder(settings), settings.bundle_sha256 or None),
            first_stage=settings.first_stage == "on",
            intents=intents,
            provider=where,
        )
    except BundleError as error:
        raise SettingsError(f"INTENTS_BUNDLE: {error}") from None


def load_specialists(settings: Settings, *catalogs: Catalog) -> dict[str, Scorer]:
    """The scorers of the bundles that the domains of catalogs name, by that name."""
    wanted = {special.bundle for catalog in catalogs for special in catalog.domains.values()}
    if settings.scorer == "constant" or not wanted:
        return {bundle: ConstantScorer() for bundle in wanted}
    from streams.scoring.bundles import BundleError
    from streams.scoring.providers import provider
    from streams.scoring.specialists import specialists

    try:
        beside = bundle_folder(settings).parent
        return {**specialists(catalogs, beside, settings.first_stage == "on", provider(settings.provider))}
    except BundleError as error:
        raise SettingsError(f"INTENTS_CATALOG: {error}") from None
