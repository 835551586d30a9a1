"""The schema that editors check a catalog by takes what the worker takes, refuses what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from schemas.catalog_file import CatalogError, parse
from schemas.publish import FOLDER

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "schemas" / "catalogs").glob("*.yaml"))
OURS = [*SHIPPED, *sorted((ROOT / "tests" / "decisions" / "catalogs").glob("*.yaml"))]
FIRST_LINE = "# yaml-language-server: $schema="
SMALL = """
tenant: acme
classes: {network: {confidence: 0.9}}
rules:
  - {name: parcels, intent: order.status, says: [parcel]}
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: orders}, channels: [chat]}
"""
WRONG = {
    "a field that is misspelt": ("risk_class: read_only", "risk: read_only"),
    "a field of an intent that there is none of": ("channels:", "chanels:"),
    "an unknown risk": ("read_only", "harmless"),
    "an unknown risk class": ("classes: {network", "classes: {harmless"),
    "an unknown kind of target": ("kind: workflow", "kind: robot"),
    "a target without a name": ("{kind: workflow, name: orders}", "{kind: workflow}"),
    "a channel that there is none of": ("[chat]", "[fax]"),
    "a confidence above one": ("0.9", "1.1"),
    "a confidence that is a text": ("0.9", "'0.9'"),
    "a tenant that breaks keys": ("tenant: acme", "tenant: a/b"),
    "a rule without a name": ("name: parcels, ", ""),
    "a phrase that is no list": ("[parcel]", "parcel"),
}


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / "catalog.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_catalog_of_ours_is_what_the_schema_says(path: Path, schema: Draft202012Validator) -> None:
    schema.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_ships_tells_editors_where_its_schema_lies(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(FIRST_LINE)
    assert (path.parent / first.removeprefix(FIRST_LINE)).resolve() == (FOLDER / "catalog.json").resolve()


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_wrong_in_the_editor_too(
    change: tuple[str, str], schema: Draft202012Validator
) -> None:
    schema.validate(yaml.safe_load(SMALL))
    parse(SMALL)
    wrong = SMALL.replace(*change)
    assert wrong != SMALL
    with pytest.raises(ValidationError):
        schema.validate(yaml.safe_load(wrong))
    with pytest.raises(CatalogError):
        parse(wrong)


def test_every_field_of_a_catalog_has_its_words() -> None:
    shapes: dict[str, Any] = json.loads((FOLDER / "catalog.json").read_text(encoding="utf-8"))["$defs"]
    silent = [
        f"{name}.{field}"
        for name, shape in shapes.items()
        for field, told in shape.get("properties", {}).items()
        if not told.get("description")
    ]
    assert silent == []
