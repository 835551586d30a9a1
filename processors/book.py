"""A catalog made ready to decide under: names resolved, limits inherited, rules compiled."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
from cel_expr_python import cel

from processors.calibration import DECIMALS
from processors.conditions import ConditionError, Phrases, condition, phrases
from processors.signals import looked_at
from processors.views import View, view
from schemas.catalog import UNSURE, Catalog, Grade, Intent, OnRuleError, Rule, Snapshot
from schemas.catalog_file import CatalogError, Path
from schemas.events import Target
from schemas.fitted import fits
from schemas.vocabulary import Channel, Kind, RiskClass, TargetKind

_NO_GRADE = Grade()


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An intent with everything that counts for it, inherited or its own."""

    name: str
    risk: RiskClass
    target: Target
    confidence: float
    margin: float
    floor: float
    unsure: Kind
    agent: Target | None
    above: tuple[str, ...]
    version: int
    allowed: int
    always_human: bool
    deprecated: str | None
    priority: int
    steps: int | None
    review: float
    detours: tuple[tuple[cel.Expression, Target], ...]
    channels: frozenset[Channel]
    locales: tuple[str, ...]
    examples: tuple[str, ...]
    skips: bool

    def draws(self, event_id: str) -> bool:
        """Whether this message is of the share that a person looks at; the same one always is."""
        return self.review > 0 and zlib.crc32(event_id.encode()) < self.review * 2**32

    @property
    def depth(self) -> int:
        """How many intents are above it."""
        return len(self.above)


class Line(msgspec.Struct, frozen=True, gc=False):
    """A rule, ready to be asked."""

    name: str
    entry: Entry
    says: Phrases | None
    when: tuple[cel.Expression, ...]
    channels: frozenset[Channel]
    locales: tuple[str, ...]
    on_error: OnRuleError
    conditions: int


@dataclass(frozen=True, slots=True)
class Book:
    """A tenant's catalog, ready; the same catalog under the same bundle is the same book."""

    snapshot: Snapshot
    entries: dict[str, Entry]
    names: dict[str, str]
    kinds: dict[str, frozenset[str]]
    rules: tuple[Line, ...]
    exemplified: tuple[str, ...]
    signals: frozenset[str] | None
    _locales: tuple[str, ...]
    _views: dict[tuple[int, str | None, frozenset[str] | None], View] = field(
        default_factory=dict, compare=False
    )

    @property
    def catalog(self) -> Catalog:
        """What it was made of."""
        return self.snapshot.catalog

    @property
    def hash(self) -> str:
        """Which version of the catalog it is."""
        return self.snapshot.hash

    def entry(self, name: str | None) -> Entry | None:
        """The intent of that name or alias."""
        return self.entries.get(self.names.get(name, "")) if name is not None else None

    def locale(self, given: str | None) -> str | None:
        """The language that a message is in, as far as anybody said."""
        return given or next(iter(self.catalog.locales), None)

    def view(self, labels: tuple[str, ...], channel: Channel | None, locale: str | None) -> View:
        """How a bundle's labels are seen from a channel in a language; made once where it will be asked for again."""
        spoken = self._spoken(self.locale(locale))
        key = (id(labels), channel, spoken)
        found = self._views.get(key)
        if found is None or found.labels is not labels:
            found = self._views[key] = self._view(labels, channel, spoken)
        return found

    def fleeting(self, labels: tuple[str, ...], channel: Channel | None, locale: str | None) -> View:
        """The same for labels that are never seen again."""
        return self._view(labels, channel, self._spoken(self.locale(locale)))

    def served(self, locale: str | None) -> bool:
        """Whether the tenant serves the language of a message; one that names none is taken."""
        return locale is None or not self.catalog.locales or self.spoken(locale, self.catalog.locales)

    def spoken(self, locale: str | None, languages: Sequence[str]) -> bool:
        """Whether a message's locale, or the one that is meant where it names none, is one of these languages."""
        given = self.locale(locale)
        return given is not None and any(speaks(given, each) for each in languages)

    def candidate(self, entry: Entry, channel: Channel | None, locale: str | None) -> bool:
        """Whether an intent can be meant on a channel, in a language."""
        return _open(entry, channel, self._spoken(self.locale(locale)))

    def _view(self, labels: tuple[str, ...], channel: Channel | None, spoken: frozenset[str] | None) -> View:
        """Of intents only those are looked at that a label means, with what is above them."""
        meant = {self.names[label] for label in labels if label in self.names}
        meant |= {parent for name in meant for parent in self.entries[name].above}
        candidates = frozenset(name for name in meant if _open(self.entries[name], channel, spoken))
        return view(labels, self.names, candidates, self.catalog.sink_label)

    def _spoken(self, locale: str | None) -> frozenset[str] | None:
        """Which of the languages that any intent is limited to a locale is in; none where nobody said."""
        if locale is None or not self._locales:
            return None
        return frozenset(each for each in self._locales if speaks(locale, each))


def book(snapshot: Snapshot, model: str = "", text: str = "") -> Book:
    """The catalog, ready; raises CatalogError, with the line where its text is given, where a condition is none.

    Fitted confidences count only under the bundle, for the intents that they were fitted for.
    """
    catalog, faults = snapshot.catalog, list(_faults(snapshot.catalog))
    if faults:
        raise CatalogError(faults, text)
    fitted = catalog.fitted if fits(catalog, model) else None
    entries = {name: _entry(catalog, name, fitted is not None) for name in catalog.intents}
    names = {name: name for name in entries}
    names |= {alias: name for name, each in catalog.intents.items() for alias in each.aliases}
    locales = {locale for each in catalog.intents.values() for locale in each.locales}
    lines = tuple(_line(catalog, rule, entries[rule.intent]) for rule in catalog.rules)
    kinds = {
        name: frozenset([name, *(each for each, entry in entries.items() if name in entry.above)])
        for name in {parent for entry in entries.values() for parent in entry.above}
    }
    taught = [name for name, each in catalog.intents.items() if each.examples and catalog.defaults.band > 0]
    seen = looked_at([source for _, source in conditions(catalog)])
    return Book(snapshot, entries, names, kinds, lines, tuple(taught), seen, tuple(sorted(locales)))


def speaks(locale: str, language: str) -> bool:
    """Whether a locale is of a language: `de-AT` is of `de`, not of `de-CH`."""
    given, wanted = locale.replace("_", "-").lower(), language.replace("_", "-").lower()
    return given == wanted or given.startswith(f"{wanted}-")


def _open(entry: Entry, channel: Channel | None, spoken: frozenset[str] | None) -> bool:
    """A limit counts where it is known that it is not met: nobody has to say where he writes."""
    if entry.channels and channel is not None and channel not in entry.channels:
        return False
    return not entry.locales or spoken is None or not spoken.isdisjoint(entry.locales)


def _entry(catalog: Catalog, name: str, fitted: bool) -> Entry:
    intent, above = catalog.intents[name], tuple(catalog.above(name))
    grade = catalog.classes.get(intent.risk_class, _NO_GRADE)
    ceiling = intent.risk_class if name in catalog.permitted else catalog.ceiling
    family = [intent, *(catalog.intents[each] for each in above)]
    confidence = _confidence(catalog, name, family, fitted)
    unsure = next((each.unsure for each in family if each.unsure), catalog.defaults.unsure)
    return Entry(
        name=name,
        risk=intent.risk_class,
        target=intent.target,
        confidence=confidence,
        margin=_first([*(each.margin for each in family), grade.margin], catalog.defaults.margin),
        # .8 less .1 is more than .7 in floating point.
        floor=round(confidence - catalog.defaults.band, DECIMALS),
        unsure=UNSURE.get(unsure, Kind.ESCALATED),
        agent=_agent(catalog) if unsure == "policy_agent" else None,
        above=above,
        version=intent.version,
        allowed=max(ceiling.rung, catalog.ceiling.rung),
        always_human=any(each.always_human for each in family),
        deprecated=intent.deprecated,
        priority=intent.priority,
        steps=grade.steps,
        review=grade.review,
        detours=tuple((condition(each.when), each.target) for each in intent.detours),
        channels=frozenset(intent.channels),
        locales=intent.locales,
        examples=intent.examples,
        skips=catalog.defaults.on_rule_error == "skip",
    )


def _agent(catalog: Catalog) -> Target | None:
    """Who gets what is unsure, where that is neither a person nor the customer."""
    agent = catalog.defaults.policy_agent
    return Target(TargetKind.POLICY_AGENT, agent) if agent else None


def _confidence(catalog: Catalog, name: str, family: list[Intent], fitted: bool) -> float:
    """What an operator wrote at the intent or above it, else what was fitted, else its class's, else the tenant's."""
    found = [each.confidence for each in family]
    risk = family[0].risk_class
    if fitted and catalog.fitted is not None:
        found += [catalog.fitted.intents.get(name), catalog.fitted.classes.get(risk)]
    found.append(catalog.classes.get(risk, _NO_GRADE).confidence)
    return _first(found, catalog.defaults.confidence)


def _first(given: list[float | None], otherwise: float) -> float:
    return next((each for each in given if each is not None), otherwise)


def _line(catalog: Catalog, rule: Rule, entry: Entry) -> Line:
    return Line(
        name=rule.name,
        entry=entry,
        says=phrases(rule.says),
        when=tuple(condition(each) for each in rule.when),
        channels=frozenset(rule.channels),
        locales=rule.locales,
        on_error=rule.on_error or catalog.defaults.on_rule_error,
        conditions=sum(map(bool, (rule.says, rule.channels, rule.locales))) + len(rule.when),
    )


def _faults(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Every condition that is none."""
    for path, source in conditions(catalog):
        try:
            condition(source)
        except ConditionError as error:
            yield path, str(error)


def conditions(catalog: Catalog) -> Iterator[tuple[Path, str]]:
    """Every expression with where it stands."""
    for place, rule in enumerate(catalog.rules):
        for number, source in enumerate(rule.when):
            yield ("rules", place, "when", number), source
    for name, intent in catalog.intents.items():
        for number, detour in enumerate(intent.detours):
            yield ("intents", name, "detours", number, "when"), detour.when
