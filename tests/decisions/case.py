"""The shape of a case in the decision table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from schemas.catalog_file import StrictLoader
from schemas.vocabulary import Channel, RiskClass

FOLDER = Path(__file__).parent
Shares = dict[str, float]
Failure = Literal["raises", "no number", "too few", "down", "language"]


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A message with who sent it; fields are those of the wire."""

    text: str | msgspec.UnsetType = msgspec.UNSET
    subject: str | None = None
    tenant: str | None = None
    customer: str | None = None
    channel: Channel | None = None
    locale: str | None = None
    deadline: str | None = None
    intent: str | None = None
    safety_mode: RiskClass | None = None
    permissions: list[str] | None = None
    signals: dict[str, Any] | None = None
    sender: str | None = None
    redriven: bool = False
    id: str | None = None


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What Redis knows: of the customer, of systems, of the stock."""

    customer: dict[str, Any] | None = None
    system: dict[str, Any] = {}
    stock: dict[str, Any] = {}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the table; without scores or failure the model must not be asked.

    Shares are the model's probabilities by label, those of the text asked about alone where they differ;
    of some models only the best few are known.
    """

    becomes: dict[str, Any]
    catalog: str = ""
    message: Written = Written()
    facts: Facts | Literal["unreadable"] = Facts()
    scores: Shares | None = None
    alone: Shares | Literal["raises"] | None = None
    failure: Failure | None = None
    likeness: Shares = {}
    truncated: bool = False
    only_best: bool = False


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the table: its cases by their names, with the catalog that those have that name none."""

    catalog: str
    cases: dict[str, Case]
    about: str = ""


def sheets() -> Mapping[str, Sheet]:
    """Every file of the table, by its name."""
    found = {}
    for path in sorted((FOLDER / "cases").glob("*.yaml")):
        try:
            found[path.stem] = msgspec.convert(
                yaml.load(path.read_text(encoding="utf-8"), StrictLoader), Sheet
            )
        except (yaml.YAMLError, msgspec.ValidationError) as error:
            raise ValueError(f"{path.name}: {error}") from None
    return found


def cases() -> dict[str, Case]:
    """Every case by the name of its file, with its sentence."""
    return {
        f"{file}: {name}": msgspec.structs.replace(case, catalog=case.catalog or sheet.catalog)
        for file, sheet in sheets().items()
        for name, case in sheet.cases.items()
    }
