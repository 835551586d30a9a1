"""Bundles as a worker would take them, ready to be evaluated."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from schemas.catalog import Intent
from streams.evaluation.evaluating import Candidate
from streams.ready import UNTAUGHT, bundle_folder, load_scorer
from streams.scoring.bundles import BundleError, load
from streams.settings import Settings, SettingsError


def candidate(
    settings: Settings, folder: Path | None = None, intents: Mapping[str, Intent] = UNTAUGHT
) -> Candidate:
    """The bundle in a folder, else the one that the settings name; only that one can be pinned.

    It is taught those intents that it was not trained for.
    """
    told = msgspec.structs.replace(settings, scorer="onnx")
    if folder is not None:
        told = msgspec.structs.replace(told, bundle=str(folder), bundle_sha256="")
    try:
        bundle = load(bundle_folder(told), told.bundle_sha256 or None)
    except BundleError as error:
        raise SettingsError(str(error)) from None
    return Candidate(bundle, lambda: load_scorer(told, intents))
