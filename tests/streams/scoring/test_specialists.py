"""A broad bundle with a specialised one beside it, from the catalog's file to the audit record."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from onnx_models.corpus.reading import read
from onnx_models.training.train import train
from processors.flow import Answers, Contexts
from processors.pipeline import answer
from processors.scorer import Scorer
from schemas.audit import AuditRecord
from streams.catalogs.files import load_catalogs
from streams.cli import intents
from streams.operations.checks.model import look
from streams.ready import load_specialists, prepare
from streams.scoring.bundles import MODEL, load
from streams.settings import Settings, SettingsError
from streams.wiring import wire
from tests.onnx_models import tiny
from tests.processors.samples import decoded, record, written

# What the broad bundle takes for one intent are two to the specialist, who knows no refunds.
ORDERS = {
    "order.status": ("where", "track", "parcel"),
    "order.late": ("arrive", "shipped"),
    "oos": tiny.TOPICS["oos"],
}
CATALOG = """
tenant: default
defaults: {confidence: 0.6}
intents:
  order.status: &usual {risk_class: read_only, target: {kind: workflow, name: orders}}
  order.late: *usual
  refund.request: *usual
"""
LATE, REFUND = "please shipped arrive shipped", "the money back refund"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both bundles lie."""
    folder = tmp_path_factory.mktemp("bundles")
    for name, topics in (("broad-0.1.0", tiny.TOPICS), ("orders-0.1.0", ORDERS)):
        data = tiny.write_data(tmp_path_factory.mktemp("data"), topics)
        train(tiny.encoder(), read(data), folder / name, seed=3, max_tokens=24, wish=None)
    return folder


@pytest.fixture
def settings(bundles: Path, tmp_path: Path) -> Settings:
    """A worker whose catalog names the specialist."""
    return told(bundles, tmp_path, "order: {bundle: orders-0.1.0, sure: 0.6}")


def told(bundles: Path, folder: Path, *domains: str) -> Settings:
    """Settings with a catalog of these domains."""
    path = folder / "catalog.yaml"
    path.write_text(CATALOG + f"domains: {{{', '.join(domains)}}}\n", encoding="utf-8")
    return Settings(bundle=str(bundles / "broad-0.1.0"), catalog=str(path))


def answered(settings: Settings, *texts: str) -> Answers:
    """What a worker under these settings answers."""
    ready = prepare(settings, load_catalogs(settings))
    records = [record(written(text=text), offset=place) for place, text in enumerate(texts)]
    return answer(decoded(*records), Contexts(), ready.scorer, ready.desk)


def specialists(settings: Settings) -> dict[str, Scorer]:
    """The scorers that the catalog's domains name."""
    (snapshot,) = load_catalogs(settings)
    return load_specialists(settings, snapshot.catalog)


def audits(answers: Answers) -> list[AuditRecord]:
    """The audit records of the answers."""
    return [msgspec.json.decode(events[-1].value or b"", type=AuditRecord) for events in answers.per_record]


def test_the_specialist_finds_what_the_broad_bundle_does_not_know(bundles: Path, settings: Settings) -> None:
    late, refund = audits(answered(settings, LATE, REFUND))
    broad, special = (load(bundles / name).name for name in ("broad-0.1.0", "orders-0.1.0"))
    assert (late.intent, late.model) == ("order.late", special)
    first, second = late.opinions
    assert (first.model, first.domain, first.ranked[0].intent) == (broad, None, "order.status")
    assert (second.model, second.domain, second.ranked[0].intent) == (special, "order", "order.late")
    assert late.confidence == pytest.approx(
        first.ranked[0].confidence * second.ranked[0].confidence, abs=2e-6
    )
    assert (refund.intent, refund.model, refund.opinions) == ("refund.request", broad, ())


def test_without_domains_the_broad_bundle_is_alone(bundles: Path, tmp_path: Path) -> None:
    settings = told(bundles, tmp_path)
    (late,) = audits(answered(settings, LATE))
    assert (late.intent, late.opinions) == ("order.status", ())
    assert specialists(settings) == {}


def test_one_bundle_of_two_domains_is_loaded_once(bundles: Path, tmp_path: Path) -> None:
    named = [f"{domain}: {{bundle: orders-0.1.0}}" for domain in ("order", "refund")]
    settings = told(bundles, tmp_path, *named)
    assert list(specialists(settings)) == ["orders-0.1.0"]


def broken(bundles: Path, folder: Path) -> Path:
    """The specialist with a network that is not the manifest's."""
    shutil.copytree(bundles / "orders-0.1.0", folder / "broken")
    (folder / "broken" / MODEL).write_bytes(b"\x00")
    return folder / "broken"


@pytest.mark.parametrize(
    ("domain", "said"),
    [
        (
            "order: {bundle: ordres-0.1.0}",
            "domains.order.bundle: there is no bundle at .*ordres-0.1.0; put it",
        ),
        ("order: {bundle: BROKEN}", "domains.order.bundle: .*model.onnx: its SHA-256 is not the manifest's"),
        (
            f"order: {{bundle: orders-0.1.0, sha256: {'ab' * 32}}}",
            "domains.order.sha256: .* or pin this one",
        ),
    ],
)
def test_a_worker_does_not_start_with_a_specialist_that_it_can_not_trust(
    bundles: Path, tmp_path: Path, domain: str, said: str
) -> None:
    settings = told(bundles, tmp_path, domain.replace("BROKEN", str(broken(bundles, tmp_path))))
    with pytest.raises(SettingsError, match=said):
        wire(settings)
    wrong = [each for each in look(settings) if each.state == "wrong"]
    assert [each.part for each in wrong] == ["catalog"]
    assert "\n" not in wrong[0].text


def test_a_pinned_specialist_is_taken(bundles: Path, tmp_path: Path) -> None:
    pin = load(bundles / "orders-0.1.0").digest
    absolute = bundles / "orders-0.1.0"
    settings = told(bundles, tmp_path, f"order: {{bundle: {absolute}, sha256: '{pin}'}}")
    (name,) = specialists(settings)
    assert name == str(absolute)


def test_check_tells_of_each_domain(settings: Settings, bundles: Path) -> None:
    bundle, domain, catalog = look(settings)
    assert (bundle.state, domain.state, catalog.state) == ("ok", "ok", "ok"), "order.late is the specialist's"
    assert (domain.part, "from 0.6 on" in domain.text) == ("domain order", True)
    assert load(bundles / "orders-0.1.0").name in domain.text


def test_check_finds_a_specialist_that_is_none(bundles: Path, tmp_path: Path) -> None:
    settings = told(bundles, tmp_path, "refund: {bundle: orders-0.1.0}")
    domain = look(settings)[1]
    assert (domain.part, domain.state) == ("domain refund", "wrong")
    assert "does not know refund.request" in domain.text


def test_ask_shows_both_opinions(settings: Settings) -> None:
    environment = {"INTENTS_BUNDLE": settings.bundle, "INTENTS_CATALOG": settings.catalog}
    found = json.loads(CliRunner().invoke(intents, ["ask", LATE, "--json"], env=environment).stdout)
    assert found["intent"] == "order.late"
    assert [each["domain"] for each in found["opinions"]] == [None, "order"]
    plain = CliRunner().invoke(intents, ["ask", LATE], env=environment).stdout
    assert [line.split()[3] for line in plain.splitlines() if line.startswith("opinion")] == [
        "everything:",
        "order:",
    ]


def test_a_constant_scorer_stands_in_for_specialists_too(settings: Settings) -> None:
    constant = msgspec.structs.replace(settings, scorer="constant")
    assert [each.name for each in specialists(constant).values()] == ["constant"]


def test_one_bundle_of_two_tenants_knows_what_either_teaches_it(bundles: Path, tmp_path: Path) -> None:
    """The one that comes later may not take from the other what it was taught."""
    domain = "domains: {order: {bundle: orders-0.1.0, sure: 0.6}}\n"
    weather = "  order.weather: {<<: *usual, examples: [the weather, moon weather]}\n"
    catalogs = tmp_path / "catalogs"
    catalogs.mkdir()
    (catalogs / "a.yaml").write_text(CATALOG + weather + domain)
    (catalogs / "b.yaml").write_text(CATALOG.replace("tenant: default", "tenant: shop") + domain)
    settings = Settings(bundle=str(bundles / "broad-0.1.0"), catalog=str(catalogs))
    desk = prepare(settings, load_catalogs(settings)).desk
    assert desk.specialists["orders-0.1.0"].labels == (*sorted(ORDERS), "order.weather")
