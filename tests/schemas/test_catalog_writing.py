"""A catalog that is written down reads as the same again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas
from schemas.catalog import (
    Catalog,
    Defaults,
    Detour,
    Domain,
    Facts,
    Fitted,
    Grade,
    Intent,
    Quota,
    Rule,
)
from schemas.catalog_file import parse, snapshot
from schemas.catalog_writing import write
from schemas.events import Target
from schemas.vocabulary import Channel, RiskClass, TargetKind

SHIPPED = sorted((Path(schemas.__file__).parent / "catalogs").glob("*.yaml"))
DESK = Target(TargetKind.AGENT_POOL, "desk")
# Every field is said otherwise than by default.
WHOLE = Catalog(
    tenant="acme",
    intents={
        "order": Intent(
            RiskClass.NETWORK,
            Target(TargetKind.WORKFLOW, "orders"),
            description="Wants: 'x' # no comment\nin two lines",
            examples=("yes", "1e3", "- a", "ä\U0001f643", "trailing "),
            aliases=("no",),
            version=2,
            slots=("order_id",),
            confidence=0.1 + 0.2,
            margin=1e-7,
            channels=(Channel.CHAT,),
            locales=("no", "de-AT"),
            always_human=True,
            priority=9,
            unsure="policy_agent",
            detours=(Detour('context.system.a == "b: c"', DESK),),
        ),
        "order.old": Intent(RiskClass.READ_ONLY, DESK, parent="order", deprecated="order"),
    },
    ceiling=RiskClass.READ_ONLY,
    permitted=("order",),
    trusted_sources=("/shop",),
    locales=("de",),
    defaults=Defaults(0.9, 0.1, "clarify", "clarify", "agent", "skip", "wait", 0.1, 0.7),
    classes={RiskClass.NETWORK: Grade(0.95, 0.2, 3, 0.5)},
    rules=(Rule("r", "order", ("a: b",), ('text == "#"',), (Channel.EMAIL,), ("de",), "skip"),),
    facts=Facts(("agents",), ("4711",)),
    quota=Quota(2.5, 7),
    fitted=Fitted(
        "b-1",
        "0" * 64,
        0.02,
        0.95,
        {RiskClass.NETWORK: 0.8},
        {"order": 0.7},
        True,
        {RiskClass.NETWORK: 0.01},
        (RiskClass.NETWORK,),
    ),
    sink_label="none",
    domains={"order": Domain("special-1", 0.8, "f" * 64)},
)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_catalogs_read_as_the_same_again(path: Path) -> None:
    shipped = parse(path.read_text(encoding="utf-8"))
    assert parse(write(shipped.catalog, "said\nof it")) == shipped


def test_a_catalog_that_says_everything_reads_as_the_same_again() -> None:
    assert parse(write(WHOLE)) == snapshot(WHOLE)


def test_what_is_as_it_is_by_default_is_not_written() -> None:
    plain = Catalog("acme", {"order": Intent(RiskClass.READ_ONLY, DESK)})
    assert write(plain, "for you") == (
        "# for you\ntenant: acme\nintents:\n  order:\n    risk_class: read_only\n"
        "    target: {kind: agent_pool, name: desk}\n"
    )


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() or "\n" in text))
def test_any_words_of_a_customer_survive(text: str) -> None:
    catalog = Catalog(
        "acme", {"order": Intent(RiskClass.READ_ONLY, DESK, description=text, examples=(text,))}
    )
    assert parse(write(catalog)).hash == snapshot(catalog).hash
