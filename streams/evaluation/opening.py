"""Bundles as a worker would take them, ready to be evaluated."""

from pathlib import Path

import msgspec

from streams.evaluation.evaluating import Candidate
from streams.scoring.bundles import BundleError, load, shipped
from streams.settings import Settings, SettingsError
from streams.wiring import load_scorer


def candidate(settings: Settings, folder: Path | None = None) -> Candidate:
    """The bundle in a folder, else the one that the settings name; only that one can be pinned."""
    told = msgspec.structs.replace(settings, scorer="onnx")
    if folder is not None:
        told = msgspec.structs.replace(told, bundle=str(folder), bundle_sha256="")
    path = Path(told.bundle) if told.bundle else shipped()
    try:
        bundle = load(path, told.bundle_sha256 or None)
    except BundleError as error:
        raise SettingsError(str(error)) from None
    return Candidate(bundle, lambda: load_scorer(told))
