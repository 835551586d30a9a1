"""What fitted confidences hold for."""

import hashlib

from schemas.catalog import Catalog


def intents_sha256(catalog: Catalog) -> str:
    """The set of intents that a message may be given, whatever else is said of them."""
    return hashlib.sha256("\n".join(sorted(catalog.intents)).encode()).hexdigest()


def fits(catalog: Catalog, model: str) -> bool:
    """Whether the catalog's fitted confidences hold under a bundle."""
    fitted = catalog.fitted
    return fitted is not None and fitted.bundle == model and fitted.intents_sha256 == intents_sha256(catalog)
