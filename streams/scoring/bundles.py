"""Bundles as they lie on disk, taken only when every byte is what the manifest promises."""

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from processors.calibration import HIGHEST, LOWEST
from schemas.manifest import Manifest

MANIFEST, MODEL, TOKENIZER = "manifest.json", "model.onnx", "tokenizer.json"
FIRST_STAGE, ANCHORS = "first_stage.npz", "anchors.npz"
SHIPPED = "support-0.2.0"
AGAIN = "copy the bundle again, or train it with `make bundle`"


class BundleError(Exception):
    """A bundle that must not be used; says which file is wrong, with the remedy."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle; digest is the manifest's SHA-256, and through it the whole bundle's."""

    manifest: Manifest
    digest: str
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """What answers say it was: name, version, the beginning of the digest."""
        return f"{self.manifest.name}-{self.manifest.version}+{self.digest[:8]}"


def shipped() -> Path:
    """Where the bundle lies that comes with the package; nothing of its code is imported."""
    spec = importlib.util.find_spec("onnx_models")
    if spec is None or not spec.submodule_search_locations:
        raise BundleError("onnx_models is not installed; install intent-stream again, or set INTENTS_BUNDLE")
    return Path(spec.submodule_search_locations[0]) / "bundles" / SHIPPED


def load(path: Path, pin: str | None = None) -> Bundle:
    """The bundle in a folder, every hash checked, its own digest against the pin where there is one."""
    listing = _bytes(path / MANIFEST)
    digest = hashlib.sha256(listing).hexdigest()
    if pin is not None and pin.lower() != digest:
        raise BundleError(
            f"{path / MANIFEST}: its SHA-256 is {digest}, INTENTS_BUNDLE_SHA256 wants {pin}; "
            "set INTENTS_BUNDLE to the bundle you pinned, or pin this one"
        )
    manifest = _manifest(path / MANIFEST, listing)
    # Read once: what was hashed is what is used.
    names = [MODEL, TOKENIZER] if manifest.first_stage is None else [MODEL, TOKENIZER, FIRST_STAGE]
    names += [ANCHORS] if ANCHORS in manifest.files else []
    return Bundle(manifest, digest, {name: _verified(path, name, manifest) for name in names})


def _manifest(path: Path, listing: bytes) -> Manifest:
    """The manifest, or what is wrong with it."""
    try:
        manifest = msgspec.json.decode(listing, type=Manifest)
    except msgspec.DecodeError as error:
        raise BundleError(f"{path}: {error}; {AGAIN}") from None
    if not LOWEST <= manifest.temperature <= HIGHEST:
        raise BundleError(f"{path}: temperature is not from {LOWEST} to {HIGHEST}; {AGAIN}")
    if len(set(manifest.labels)) < len(manifest.labels):
        raise BundleError(f"{path}: a label is there twice; {AGAIN}")
    if manifest.scope is not None and manifest.scope.label not in manifest.labels:
        raise BundleError(f"{path}: scope.label is none of the labels; {AGAIN}")
    return manifest


def _verified(folder: Path, name: str, manifest: Manifest) -> bytes:
    """A file of the bundle, if it is the one that the manifest speaks of."""
    if name not in manifest.files:
        raise BundleError(f"{folder / MANIFEST}: lists no {name}; {AGAIN}")
    content = _bytes(folder / name)
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise BundleError(f"{folder / name}: its SHA-256 is not the manifest's; {AGAIN}")
    return content


def _bytes(path: Path) -> bytes:
    """The content of a file that has to be there."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror}; set INTENTS_BUNDLE to a bundle's folder") from None
