"""The specialised bundles that a catalog's domains name."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from schemas.catalog import Catalog, Domain, Intent
from streams.scoring.bundles import MANIFEST, Bundle, BundleError, load
from streams.scoring.providers import Provider
from streams.scoring.scorer import OnnxScorer


def specialists(
    catalogs: Iterable[Catalog], beside: Path, first_stage: bool, provider: Provider
) -> dict[str, OnnxScorer]:
    """A scorer for every bundle that a domain names, by that name; a name without a path lies in the folder beside.

    Each is verified as the worker's own is, then taught those of its domains' intents, of all tenants, that it was
    not trained for.
    """
    by_bundle: dict[str, list[tuple[str, Catalog]]] = {}
    for catalog in catalogs:
        for domain, special in catalog.domains.items():
            by_bundle.setdefault(special.bundle, []).append((domain, catalog))
    found = {}
    for name, wanted in by_bundle.items():
        intents = {each: intent for domain, catalog in wanted for each, intent in catalog.of(domain).items()}
        bundles = [_loaded(domain, catalog.domains[domain], beside / name) for domain, catalog in wanted]
        found[name] = _scorer(wanted[0][0], bundles[0], intents, first_stage, provider)
    return found


def _loaded(domain: str, special: Domain, path: Path) -> Bundle:
    """The bundle of a domain, if it is there, whole, the pinned one."""
    field = f"domains.{domain}"
    if not (path / MANIFEST).is_file():
        raise BundleError(f"{field}.bundle: there is no bundle at {path}; put it there, or name another")
    try:
        bundle = load(path)
    except BundleError as error:
        raise BundleError(f"{field}.bundle: {error}") from None
    if special.sha256 not in (None, bundle.digest):
        raise BundleError(
            f"{field}.sha256: the SHA-256 of {path / MANIFEST} is {bundle.digest}, not {special.sha256}; "
            "name the bundle you pinned, or pin this one"
        )
    return bundle


def _scorer(
    domain: str, bundle: Bundle, intents: Mapping[str, Intent], first_stage: bool, provider: Provider
) -> OnnxScorer:
    """The scorer of a bundle, if it computes here what it computed where it was made."""
    try:
        return OnnxScorer(bundle, first_stage=first_stage, intents=intents, provider=provider)
    except BundleError as error:
        raise BundleError(f"domains.{domain}.bundle: {error}") from None
