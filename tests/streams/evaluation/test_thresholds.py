"""`intents thresholds fit`, from labelled messages to what the next decision is held against."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from processors.desk import Desk
from processors.flow import Opinion, ScoreFailed, Scores
from schemas.catalog_file import parse
from schemas.vocabulary import RiskClass
from streams.cli import intents
from streams.evaluation.effects import effects
from streams.evaluation.labelled import Labelled, Messages
from streams.evaluation.promising import Wanted, promise
from streams.evaluation.routes import Way, candidates, fittable, weigh
from streams.operations.checks import model
from streams.settings import Settings, SettingsError
from tests.processors.samples import NOW, opened

CATALOG = """# Acme's own.
tenant: acme
ceiling: read_only
defaults: {margin: 0.1}
rules: [{name: r, intent: order.status, says: [parcel number]}]
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: o}, aliases: [track]}
  order.cancel: {risk_class: destructive, target: {kind: workflow, name: c}}
  order.old: {risk_class: read_only, target: {kind: workflow, name: o}, deprecated: order.status}
  order.sure: {risk_class: read_only, target: {kind: workflow, name: s}, confidence: 0.9}
  legal: {risk_class: read_only, target: {kind: agent_pool, name: l}, always_human: true}
  legal.threat: {risk_class: read_only, target: {kind: agent_pool, name: l}}
"""
TINY = """# Of three.
tenant: default
ceiling: destructive
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: o}}
  refund.request: {risk_class: network, target: {kind: workflow, name: r}}
"""


class Spoken:
    """Gives to `INTENT CONFIDENCE ...` what it says."""

    name = "spoken-1"
    labels: tuple[str, ...] = ("track", "order.cancel", "order.old", "order.sure", "legal.threat", "oos")

    def score(self, texts: Sequence[str]) -> list[Scores | ScoreFailed]:
        """Two opinions of every text; nothing of one that begins with a question mark."""
        return [self._one(*text.split()[:2]) for text in texts]

    def _one(self, intent: str, confidence: str) -> Scores | ScoreFailed:
        if intent == "?":
            return ScoreFailed("not today")
        best, other = float(confidence), round(1 - float(confidence), 6)
        return Scores((Opinion(intent, best), Opinion("oos", other)), round(best - other, 6), False)


def way(catalog: str = CATALOG) -> Way:
    """The tenant's desk."""
    book = opened(catalog, Spoken.name)
    return Way(book.catalog.tenant, Desk({book.catalog.tenant: book}, NOW), Spoken())


def messages(*lines: tuple[str, str]) -> Messages:
    """Texts with what they mean."""
    own = tuple(Labelled(text, intent, str(place)) for place, (text, intent) in enumerate(lines))
    return Messages("made up", own, (), "0" * 64)


def many(intent: str, sure: float, right: int, wrong: int = 0) -> list[tuple[str, str]]:
    """Messages of which the scorer says the same."""
    name = "order.status" if intent == "track" else intent
    return [(f"{intent} {sure} {place}", name if place >= wrong else "oos") for place in range(right + wrong)]


def watched(_: int) -> None:
    """Nobody waits."""


def test_a_route_is_what_the_classifier_prefers_whatever_keeps_it_back_today() -> None:
    said = messages(
        ("track 0.51 below margin, above a half", "order.status"),
        ("track 0.6 right", "order.status"),
        ("track 0.7 right by alias", "track"),
        ("track 0.8 wrong", "order.cancel"),
        ("order.cancel 0.9 above the ceiling", "order.cancel"),
        ("order.cancel 0.9 no intent of ours", "weather.today"),
        ("oos 0.99 the sink", "order.status"),
        ("order.old 0.99 never routed", "order.old"),
        ("order.sure 0.99 has its own", "order.sure"),
        ("legal.threat 0.99 always to a person", "legal.threat"),
        ("track 0.99 what a rule knows: parcel number", "order.status"),
        ("? 0 not scored", "order.status"),
    )
    weighed = weigh(said.own, way(), watched)
    found = candidates(weighed, way())
    ours, theirs = found[RiskClass.READ_ONLY]["order.status"], found[RiskClass.DESTRUCTIVE]["order.cancel"]
    assert (ours.confidence.tolist(), ours.wrong.tolist()) == ([0.6, 0.7, 0.8], [False, False, True])
    assert (theirs.confidence.tolist(), theirs.wrong.tolist()) == ([0.9, 0.9], [False, True])
    assert {name for each in found.values() for name in each} == {"order.status", "order.cancel"}
    assert (weighed.settled, weighed.messages) == (1, 12)
    assert fittable(way().book.catalog) == ["order.status", "order.cancel"]


def test_what_is_promised_is_what_the_next_message_is_held_against() -> None:
    lines = [*many("track", 0.7, 200), *many("track", 0.6, 0, 50), *many("order.cancel", 0.9, 30)]
    said, ours = messages(*lines), way()
    weighed = weigh(said.own, ours, watched)
    promises, fitted = promise(weighed, ours, Wanted(0.02, 0.95))
    assert fitted is not None
    assert fitted.intents == {"order.status": 0.61}
    assert [(each.risk, each.intent, each.promised) for each in promises] == [
        (RiskClass.READ_ONLY, None, False),
        (RiskClass.READ_ONLY, "order.status", True),
        (RiskClass.DESTRUCTIVE, None, False),
    ]
    held = way(CATALOG + f"fitted: {msgspec.json.encode(fitted).decode()}\n")
    assert held.book.entries["order.status"].confidence == 0.61
    assert held.book.entries["order.cancel"].confidence == 0.85
    found = effects(said, weighed, ours, fitted)
    every = found.of[-1]
    assert (every.risk, every.before, every.after, every.gained, every.lost) == (None, 0, 200, 200, 0)
    assert (every.wrong_before, every.wrong_after) == (0, 0)


def test_coverage_that_is_lost_is_told_too() -> None:
    lines = [*many("track", 0.95, 200), *many("track", 0.86, 10, 10)]
    said, ours = messages(*lines), way()
    weighed = weigh(said.own, ours, watched)
    found = effects(said, weighed, ours, promise(weighed, ours, Wanted(0.02, 0.95))[1]).of[0]
    assert (found.risk, found.before, found.wrong_before) == (RiskClass.READ_ONLY, 220, 10)
    assert (found.after, found.wrong_after, found.gained, found.lost) == (200, 0, 0, 20)


def test_nothing_is_fitted_where_nothing_can_be_promised() -> None:
    said = messages(*many("track", 0.99, 148), *many("order.cancel", 0.99, 0, 900))
    promises, fitted = promise(weigh(said.own, way(), watched), way(), Wanted(0.02, 0.95))
    assert fitted is None
    assert [(each.confidence, each.needed) for each in promises if each.intent is None] == [
        (0.85, 149),
        (0.85, None),
    ]


def test_what_was_fitted_for_another_bundle_or_other_intents_does_not_count() -> None:
    said = messages(*many("track", 0.7, 200))
    _, fitted = promise(weigh(said.own, way(), watched), way(), Wanted(0.02, 0.95))
    text = CATALOG + f"fitted: {msgspec.json.encode(fitted).decode()}\n"
    assert opened(text, "spoken-1").entries["order.status"].confidence == 0.5
    assert opened(text, "spoken-2").entries["order.status"].confidence == 0.85
    more = text.replace(
        "intents:\n", "intents:\n  x: {risk_class: network, target: {kind: workflow, name: x}}\n"
    )
    assert opened(more, "spoken-1").entries["order.status"].confidence == 0.85


def fit(*arguments: str | Path) -> Result:
    """What the command answers."""
    return CliRunner().invoke(intents, ["thresholds", "fit", *map(str, arguments)])


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A catalog of the tiny bundle's intents."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def loosely(good: Path, data: Path, *more: str | Path) -> tuple[str | Path, ...]:
    """Arguments for which sixty messages are enough."""
    return (
        "--error",
        "0.2",
        "--error",
        "network=0.2",
        "--confidence",
        "0.8",
        "--bundle",
        good,
        "--data",
        data,
        *more,
    )


def test_the_whole_way_from_messages_to_a_worker_that_heeds_it(
    good: Path, flipped: Path, data: Path, catalog: Path
) -> None:
    result = fit(*loosely(good, data, "--split", "test", "--into", catalog))
    assert result.exit_code == 0, result.output
    assert catalog.read_text().startswith(TINY)
    fitted = parse(catalog.read_text()).catalog.fitted
    assert fitted is not None
    assert (fitted.error, fitted.certainty, set(fitted.classes)) == (0.2, 0.8, {"read_only", "network"})
    told = {folder: check(folder, catalog) for folder in (good, flipped)}
    assert told[good] == []
    assert len(told[flipped]) == 1
    assert "hold for another bundle" in told[flipped][0]
    assert "so the defaults count; run: intents thresholds fit" in told[flipped][0]


def check(bundle: Path, catalog: Path) -> list[str]:
    """What `intents check` warns of."""
    found = model.look(Settings(bundle=str(bundle), catalog=str(catalog)))
    return [each.text for each in found if each.state == "warning"]


def test_another_set_of_intents_is_a_warning(good: Path, data: Path, catalog: Path) -> None:
    fit(*loosely(good, data, "--into", catalog))
    assert check(good, catalog) == []
    catalog.write_text(catalog.read_text().replace("  refund.request:", "  refund.asked:"))
    assert ["another set of intents" in each for each in check(good, catalog)] == [True]


def test_the_json_has_everything_that_the_tables_say(good: Path, data: Path, catalog: Path) -> None:
    result = fit(*loosely(good, data, "--catalog", catalog, "--then", "test", "--json", "--family"))
    found = json.loads(result.stdout)
    assert (found["tenant"], found["wanted"]["together"]) == ("default", True)
    assert [Path(each["source"]).name for each in found["effects"]] == ["valid.jsonl", "test.jsonl"]
    assert [each["messages"] for each in found["effects"]] == [60, 60]
    assert found["fitted"]["together"] is True
    assert found["promises"][0]["certainty"] > 0.8


def test_the_tables_say_what_is_promised_what_is_not_what_it_changes(
    good: Path, data: Path, catalog: Path
) -> None:
    said = fit("--bundle", good, "--data", data, "--catalog", catalog).stdout
    assert "no promise, stays at 0.85" in said
    assert "about 149 would have to" in said
    assert "Nothing can be promised, so nothing changes." in said
    said = fit(*loosely(good, data, "--catalog", catalog)).stdout
    assert said.count("  promised\n") == 2
    assert "--family makes all of them hold at once" in said
    assert "\nfitted:\n  bundle: good" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--error", "much"), "write SHARE or one of read_only"),
        (("--error", "harmless=0.1"), "write SHARE or one of read_only"),
        (("--error", "1"), "a share lies between 0 and 1"),
        (("--error", "network=0.01", "--error", "destructive=0.02"), "destructive is riskier than network"),
        (("--confidence", "1"), "0<x<1"),
    ],
)
def test_what_can_not_be_promised_to_anyone_is_refused(
    arguments: tuple[str, ...], said: str, data: Path
) -> None:
    result = fit("--data", data, *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_an_unknown_tenant_is_told_whose_catalogs_there_are(good: Path, data: Path, catalog: Path) -> None:
    error = fit("--bundle", good, "--data", data, "--catalog", catalog, "--tenant", "acme").exception
    assert isinstance(error, SettingsError)
    assert str(error) == "no catalog of tenant acme; --tenant is one of default"


def test_a_catalog_stays_as_it_is_where_nothing_can_be_promised(
    good: Path, data: Path, catalog: Path
) -> None:
    error = fit("--bundle", good, "--data", data, "--into", catalog).exception
    assert isinstance(error, SettingsError)
    assert "nothing can be promised" in str(error)
    assert catalog.read_text() == TINY
