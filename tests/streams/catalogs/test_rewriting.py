"""Fitted confidences go into a catalog's file, which otherwise stays as it is."""

from pathlib import Path

import pytest

from schemas.catalog import Fitted
from schemas.catalog_file import parse
from schemas.fitted import intents_sha256
from schemas.vocabulary import RiskClass
from streams.catalogs.rewriting import put, rewritten
from streams.settings import SettingsError

PLAIN = """# Ours.
tenant: acme   # the shop
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: orders}}  # often
# The end.
"""
SET = intents_sha256(parse(PLAIN).catalog)
OLD = f"""fitted:
  # From last year.
  bundle: old-1
  intents_sha256: {SET}
  error: 0.5
  certainty: 0.5
  classes:
    read_only: 0.6
"""
FLOW = f"fitted: {{bundle: old-1, intents_sha256: {SET}, error: 0.5, certainty: 0.5,\n  classes: {{}}}}\n"


def fitted(at: float = 0.91) -> Fitted:
    """What was found for the catalog above."""
    return Fitted("good-1", SET, 0.02, 0.95, {RiskClass.READ_ONLY: at}, errors={RiskClass.READ_ONLY: 0.02})


@pytest.mark.parametrize("before", [OLD, FLOW, ""], ids=["a block", "a flow", "none"])
@pytest.mark.parametrize("after", ["# Below.\ndefaults: {margin: 0.1}\n", "", "\n\n# Below.\n"])
def test_only_the_block_changes(before: str, after: str) -> None:
    text = rewritten(PLAIN + before + after, fitted())
    assert parse(text).catalog.fitted == fitted()
    kept = [line for line in text.splitlines() if line in (PLAIN + after).splitlines()]
    assert kept == (PLAIN + after).splitlines()
    assert "old-1" not in text


def test_a_block_at_the_top_stays_there() -> None:
    text = rewritten(OLD + PLAIN, fitted())
    assert text.startswith("fitted:\n")
    assert text.endswith(PLAIN)


def test_what_is_as_it_is_by_default_is_not_written() -> None:
    assert rewritten(PLAIN, fitted()).removeprefix(PLAIN).splitlines() == [
        "fitted:",
        "  bundle: good-1",
        f"  intents_sha256: {SET}",
        "  error: 0.02",
        "  certainty: 0.95",
        "  classes: {read_only: 0.91}",
        "  errors: {read_only: 0.02}",
    ]


def test_doing_it_again_changes_nothing() -> None:
    once = rewritten(PLAIN, fitted())
    assert rewritten(once, fitted()) == once
    assert rewritten(rewritten(once, fitted(0.5)), fitted()) == once


def test_the_ends_of_lines_stay_what_they_are() -> None:
    text = rewritten((PLAIN + OLD).replace("\n", "\r\n"), fitted())
    assert text.count("\n") == text.count("\r\n") > 5


def test_a_file_that_ends_without_a_line_end_gets_one() -> None:
    assert parse(rewritten(PLAIN.removesuffix("# The end.\n").rstrip(), fitted())).catalog.fitted == fitted()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN.replace("order.status", "order.place"), "another set of intents"),
        (
            '{"tenant": "acme", "intents": {"order.status": {"risk_class": "read_only", '
            '"target": {"kind": "workflow", "name": "orders"}}}}',
            "paste what is printed",
        ),
    ],
)
def test_what_can_not_be_done_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        rewritten(text, fitted())


def test_the_file_keeps_its_rights_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "acme.yaml", tmp_path / "link.yaml"
    real.write_text(PLAIN)
    real.chmod(0o640)
    link.symlink_to(real)
    put(link, fitted())
    assert parse(real.read_text()).catalog.fitted == fitted()
    assert (real.stat().st_mode & 0o777, link.is_symlink()) == (0o640, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["acme.yaml", "link.yaml"]


def test_a_file_that_is_no_catalog_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text("tenant: [")
    with pytest.raises(SettingsError, match=r"acme\.yaml"):
        put(path, fitted())
    assert path.read_text() == "tenant: ["
