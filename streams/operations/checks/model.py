"""The look at bundles and catalog, each alone, then one against the other."""

from collections.abc import Iterable, Sequence

from processors.consult import within
from processors.scorer import Scorer
from schemas.catalog import SHORT, Catalog, Snapshot
from schemas.fitted import fits
from streams.catalogs.files import load_catalogs
from streams.operations.findings import Finding, judged
from streams.ready import load_scorer, load_specialists, taught_by
from streams.settings import Settings, SettingsError

BUNDLE = "bundle"
CATALOG = "catalog"
SHOWN = 5


def look(settings: Settings) -> list[Finding]:
    """Load all of them the way a worker does."""
    snapshots = _snapshots(settings)
    if isinstance(snapshots, Finding):
        return [*held(settings, ()), snapshots]
    return held(settings, snapshots)


def held(settings: Settings, snapshots: Sequence[Snapshot]) -> list[Finding]:
    """The bundle, then these catalogs against it."""
    scorer = _scorer(settings, snapshots)
    findings = [scorer if isinstance(scorer, Finding) else _bundle(settings, scorer)]
    return [*findings, *(each for snapshot in snapshots for each in _tenant(settings, snapshot, scorer))]


def _tenant(settings: Settings, snapshot: Snapshot, scorer: Scorer | Finding) -> list[Finding]:
    """A tenant's catalog with its specialists, held against the bundle."""
    experts = _specialists(settings, snapshot.catalog)
    if isinstance(experts, Finding):
        return [experts]
    # The constant scorer knows a handful of intents, on purpose.
    if isinstance(scorer, Finding) or settings.scorer == "constant":
        return _catalog(snapshot, frozenset())
    findings, labels = [], set(scorer.labels)
    for domain, special in snapshot.catalog.domains.items():
        expert = experts[special.bundle]
        findings += _specialist(snapshot.catalog, domain, scorer, expert)
        labels |= {label for label in expert.labels if within(label, domain)}
    return [*findings, *_catalog(snapshot, frozenset(labels)), *_fitted(snapshot, scorer.name)]


def _fitted(snapshot: Snapshot, model: str) -> list[Finding]:
    """Fitted confidences that do not hold here are said so, as the defaults count instead."""
    fitted = snapshot.catalog.fitted
    if fitted is None or fits(snapshot.catalog, model):
        return []
    what = "another bundle" if fitted.bundle != model else "another set of intents"
    text = (
        f"the fitted confidences of {snapshot.catalog.tenant} hold for {what} ({fitted.bundle}), so the defaults "
        "count; run: intents thresholds fit"
    )
    return [Finding(CATALOG, "warning", text)]


def _scorer(settings: Settings, snapshots: Sequence[Snapshot]) -> Scorer | Finding:
    try:
        return load_scorer(settings, taught_by(snapshots))
    except Exception as error:
        return _unloaded(BUNDLE, error, "look at INTENTS_BUNDLE and INTENTS_BUNDLE_SHA256")


def _specialists(settings: Settings, catalog: Catalog) -> dict[str, Scorer] | Finding:
    try:
        return load_specialists(settings, catalog)
    except Exception as error:
        return _unloaded(CATALOG, error, "look at the catalog's domains")


def _unloaded(part: str, error: Exception, remedy: str) -> Finding:
    """What kept something from being loaded; our own errors name their remedy."""
    text = str(error) if isinstance(error, SettingsError) else f"can't be loaded: {error}; {remedy}"
    return Finding(part, "wrong", " ".join(text.split()))


def _specialist(catalog: Catalog, domain: str, broad: Scorer, special: Scorer) -> list[Finding]:
    """A specialist has to know all of its domain; the broad bundle something of it, or it is never sure."""
    faults, intents = [], catalog.of(domain).keys()
    if not any(within(label, domain) for label in broad.labels):
        faults.append(
            f"the bundle knows nothing of {domain}, so its specialist is never asked; train it for that"
        )
    if missing := intents - set(special.labels):
        remedy = "give each 5 to 10 examples, train for them, or remove them"
        faults.append(f"{special.name} does not know {_some(missing)}, which nobody would get; {remedy}")
    sure = catalog.domains[domain].sure
    return judged(
        f"domain {domain}", faults, f"{special.name}, asked where the bundle is sure from {sure} on"
    )


def _bundle(settings: Settings, scorer: Scorer) -> Finding:
    pinned = "pinned" if settings.bundle_sha256 else "not pinned (INTENTS_BUNDLE_SHA256)"
    return Finding(BUNDLE, "ok", f"{scorer.name}, {len(scorer.labels)} labels, {pinned}")


def _snapshots(settings: Settings) -> tuple[Snapshot, ...] | Finding:
    try:
        return load_catalogs(settings)
    except SettingsError as error:
        return Finding(
            CATALOG, "wrong", f"{' '.join(str(error).split())}; mend the file, or set INTENTS_CATALOG"
        )


def _catalog(snapshot: Snapshot, labels: frozenset[str]) -> list[Finding]:
    """A catalog may have fewer intents than the bundle, never others."""
    catalog = snapshot.catalog
    aliases = {alias for each in catalog.intents.values() for alias in each.aliases}
    known = {*catalog.intents, *aliases, catalog.sink_label}
    well = f"tenant {catalog.tenant}, {len(catalog.intents)} intents, {snapshot.hash[:SHORT]}"
    if not labels:
        return [Finding(CATALOG, "ok", well)]
    if labels - known:
        well += f"; the bundle also knows {_some(labels - known)}, which people get"
    unknown = _unknown(catalog, labels)
    remedy = "give each 5 to 10 examples, train for them, or remove them"
    fault = f"names {_some(unknown)}, which the bundle does not know; {remedy}"
    return judged(CATALOG, [fault] if unknown else [], well)


def _unknown(catalog: Catalog, labels: frozenset[str]) -> set[str]:
    """What nobody would get: leaves that no label stands for, under their name or an alias."""
    unknown = {name for name, each in catalog.leaves.items() if not labels & {name, *each.aliases}}
    return unknown | ({catalog.sink_label} - labels)


def _some(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - SHOWN} more" if len(ordered) > SHOWN else ""
    return ", ".join(ordered[:SHOWN]) + more
