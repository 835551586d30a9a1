"""Catalogs come from a file or a folder of them, one for each tenant."""

from pathlib import Path

import pytest

from streams.catalogs.files import load_catalogs, read
from streams.settings import Settings, SettingsError

CATALOG = (
    "tenant: TENANT\nintents:\n  order: {risk_class: read_only, target: {kind: workflow, name: orders}}\n"
)


def write(folder: Path, name: str, tenant: str, more: str = "") -> Path:
    """A catalog of a tenant in a file."""
    path = folder / name
    path.write_text(CATALOG.replace("TENANT", tenant) + more, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    """What is said of a file or folder that can't be used."""
    with pytest.raises(SettingsError) as told:
        load_catalogs(Settings(catalog=str(path)))
    assert str(path.parent) in str(told.value)
    return str(told.value)


def test_without_a_setting_the_catalogs_that_ship_count() -> None:
    assert [each.catalog.tenant for each in load_catalogs(Settings())] == ["internal", "default"]


def test_a_file_is_one_tenants_catalog(tmp_path: Path) -> None:
    (found,) = load_catalogs(Settings(catalog=str(write(tmp_path, "any.txt", "acme"))))
    assert (found.catalog.tenant, len(found.hash)) == ("acme", 64)


def test_a_folder_holds_a_file_for_each_tenant_whatever_else_lies_there(tmp_path: Path) -> None:
    write(tmp_path, "b.yml", "shop")
    write(tmp_path, "a.yaml", "acme")
    (tmp_path / "notes.txt").write_text("no catalog")
    found = load_catalogs(Settings(catalog=str(tmp_path)))
    assert [each.catalog.tenant for each in found] == ["acme", "shop"]


def test_a_comment_changes_no_hash(tmp_path: Path) -> None:
    plain, noted = write(tmp_path, "a.yaml", "acme"), write(tmp_path, "b.yaml", "acme", "# why\n")
    assert read(plain) == read(noted)


def test_two_files_of_one_tenant_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(tmp_path, name, "acme")
    assert "two files are of tenant acme; keep one" in refused(tmp_path)


def test_a_folder_without_a_catalog_is_refused(tmp_path: Path) -> None:
    assert "holds no .yaml or .yml file" in refused(tmp_path)


def test_what_is_not_there_or_is_no_text_is_refused(tmp_path: Path) -> None:
    assert "can't be read: No such file" in refused(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("tenant: é".encode("latin-1"))
    assert "can't be read: it is not UTF-8" in refused(tmp_path / "latin.yaml")


def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "acme")
    other = write(tmp_path, "b.yaml", "shop", "sink_label: order\n")
    said = refused(tmp_path)
    assert f"INTENTS_CATALOG={other}: line 4: sink_label: " in said


def test_a_rule_that_does_not_compile_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    rules = "rules:\n- name: a\n  intent: order\n  when:\n  - text\n"
    assert "a.yaml: line 8: rules.0.when.0: gives string" in refused(write(tmp_path, "a.yaml", "acme", rules))
