"""What holds for every test."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

# Files are handed out whole. The longest go first, or one process is still at them minutes after the others are done.
LONGEST: Final = (
    "test_reload.py",
    "test_chaos.py",
    "test_intake.py",
    "test_catalog.py",
    "test_errors.py",
    "test_lanes.py",
    "test_security.py",
    "test_redrive.py",
)
LIVE: Final = Path(__file__).parent / "live"

# A loaded machine may be slow at one example; that says nothing about the code.
settings.register_profile("house", deadline=None)
# `make prove` tries the promises on more.
settings.register_profile("prove", deadline=None, max_examples=4000)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Live files first, the longest of them before the others."""
    items.sort(key=lambda item: _turn(item.path))


def _turn(path: Path) -> int:
    if LIVE not in path.parents:
        return len(LONGEST) + 1
    return LONGEST.index(path.name) if path.name in LONGEST else len(LONGEST)
