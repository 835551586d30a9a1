"""What the README shows as a catalog is one."""

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from processors.book import book
from processors.rules import told
from schemas.catalog_file import parse
from schemas.publish import FOLDER, documents
from tests.processors.samples import enriched

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
# What a part of a catalog is shown without.
AROUND = "tenant: acme\nintents: {it.access: {risk_class: read_only, target: {kind: workflow, name: it}}}\n"


def whole(example: str) -> str:
    """The example as a catalog; one that begins in the middle gets the rest."""
    return example if re.search(r"^tenant:", example, re.MULTILINE) else AROUND + example


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: str(text).partition("\n")[0])
def test_every_example_is_a_catalog_whose_rules_can_be_asked_of_whom_nothing_is_known(example: str) -> None:
    ready = book(parse(whole(example)), text=whole(example))
    assert told(enriched("words"), ready).failed == ()
    schema = Draft202012Validator(yaml.safe_load((FOLDER / "catalog.json").read_text(encoding="utf-8")))
    schema.validate(yaml.safe_load(whole(example)))


def test_there_is_a_whole_catalog_and_it_names_a_schema_that_is_there() -> None:
    named = re.findall(r"\$schema=(\S+)", "".join(EXAMPLES))
    assert named
    assert all((Path(__file__).parents[1] / each).name in documents() for each in named)
    assert all((Path(__file__).parents[1] / each).is_file() for each in named)
