"""Which bundles are taken, which are refused."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from schemas.manifest import Manifest, Scope
from streams.scoring.bundles import BundleError, load, shipped

MB = 1_000_000


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the shipped bundle that may be spoiled; its large files are only pointed to."""
    large = ("model.onnx", "first_stage.npz")
    for path in shipped().iterdir():
        if path.name in large:
            (tmp_path / path.name).symlink_to(path)
        else:
            shutil.copy(path, tmp_path / path.name)
    return tmp_path


def spoil(path: Path) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def rewrite(folder: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Put another manifest in the place of the one that is there."""
    path = folder / "manifest.json"
    manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    path.write_bytes(msgspec.json.encode(change(manifest)))


def test_the_shipped_bundle_is_whole() -> None:
    found = load(shipped())
    digest = hashlib.sha256((shipped() / "manifest.json").read_bytes()).hexdigest()
    assert found.digest == digest
    assert found.name == f"support-0.2.0+{digest[:8]}"
    for name, expected in found.manifest.files.items():
        assert hashlib.sha256((shipped() / name).read_bytes()).hexdigest() == expected


def test_the_shipped_bundle_is_small_enough_to_be_in_every_copy_of_the_repository() -> None:
    assert sum(path.stat().st_size for path in shipped().iterdir()) < 30 * MB


def test_the_shipped_bundle_is_as_good_as_was_asked() -> None:
    measured = load(shipped()).manifest.measured
    assert measured.accuracy >= 0.9
    assert measured.coverage >= 0.8
    assert measured.accuracy_covered >= 0.95
    assert measured.out_of_scope_let_through <= 0.1


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_with_a_bit_changed_is_named(bundle: Path, name: str) -> None:
    spoil(bundle / name)
    with pytest.raises(
        BundleError, match=rf"{name}: its SHA-256 is not the manifest's; copy the bundle again"
    ):
        load(bundle)


@pytest.mark.parametrize("name", ["manifest.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=rf"{name}: No such file .*set INTENTS_BUNDLE"):
        load(bundle)


def test_a_pin_that_fits_is_taken_in_any_case(bundle: Path) -> None:
    digest = load(bundle).digest
    assert load(bundle, pin=digest.upper()).digest == digest


def test_another_bundle_than_the_pinned_one_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleError, match="INTENTS_BUNDLE_SHA256 wants 0000"):
        load(bundle, pin="0" * 64)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda manifest: msgspec.structs.replace(manifest, temperature=9.0), "temperature is not from"),
        (lambda manifest: msgspec.structs.replace(manifest, format=2), "Invalid enum value 2"),
        (lambda manifest: msgspec.structs.replace(manifest, files={}), "lists no model.onnx"),
        (lambda manifest: msgspec.structs.replace(manifest, golden=()), "length >= 1"),
        (
            lambda manifest: msgspec.structs.replace(manifest, labels=("a", "b", "a")),
            "a label is there twice",
        ),
        (
            lambda manifest: msgspec.structs.replace(manifest, scope=Scope("none", 0, 0, 0, 0)),
            r"scope\.label is none of the labels",
        ),
    ],
)
def test_a_manifest_that_can_not_be_right_is_refused(
    bundle: Path, change: Callable[[Manifest], Manifest], complaint: str
) -> None:
    rewrite(bundle, change)
    with pytest.raises(BundleError, match=complaint):
        load(bundle)


def test_a_manifest_that_is_no_json_is_refused(bundle: Path) -> None:
    (bundle / "manifest.json").write_text("hello")
    with pytest.raises(BundleError, match=r"manifest\.json: JSON is malformed"):
        load(bundle)
