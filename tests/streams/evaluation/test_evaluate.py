"""`intents evaluate` with real bundles of a tiny encoder."""

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from schemas.manifest import Manifest
from streams.cli import intents
from streams.evaluation.labelled import LabelError
from streams.settings import SettingsError

# A tiny network takes microseconds: its time says nothing.
PATIENT = ("--max-latency", "20")


def told(*arguments: str | Path) -> Result:
    """What the command answers."""
    return CliRunner().invoke(intents, ["evaluate", *map(str, arguments)])


def refusal(*arguments: str | Path) -> str:
    """Why the command does not begin."""
    error = told(*arguments).exception
    assert isinstance(error, SettingsError | LabelError)
    return str(error)


@pytest.fixture(scope="module")
def report(good: Path, data: Path) -> dict[str, object]:
    """The JSON report of the good bundle."""
    result = told("--bundle", good, "--data", data, "--json")
    assert result.exit_code == 0
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_the_accuracy_is_the_one_that_training_measured(report: dict[str, object], good: Path) -> None:
    manifest = msgspec.json.decode((good / "manifest.json").read_bytes(), type=Manifest)
    assert report["accuracy"] == pytest.approx(manifest.measured.accuracy, abs=5e-5)
    assert report["messages"] == 60
    assert report["not_scored"] == 0
    assert report["unknown_intents"] == []


def test_every_figure_has_its_place_in_the_json(report: dict[str, object]) -> None:
    for name in (
        "macro_f1",
        "calibration_error",
        "at_threshold",
        "out_of_scope",
        "precision",
        "speed",
        "cost",
    ):
        assert report[name], name
    for name in ("intents", "reliability", "curve"):
        assert isinstance(report[name], list)
        assert report[name]
    assert report["comparison"] is None


def test_a_million_messages_cost_what_the_formula_says(report: dict[str, object]) -> None:
    speed, cost = report["speed"], report["cost"]
    assert isinstance(speed, dict)
    assert isinstance(cost, dict)
    core_hours = 1_000_000 / speed["messages_per_s"] / 3600
    assert cost["million"] == pytest.approx(core_hours * 0.04, abs=1e-6)


def test_another_threshold_routes_more(good: Path, data: Path) -> None:
    strict, loose = (
        json.loads(told("--bundle", good, "--data", data, "--json", "-", "--threshold", value).stdout)
        for value in ("0.999", "0.1")
    )
    assert strict["at_threshold"]["coverage"] < loose["at_threshold"]["coverage"]


def test_a_pipe_gets_plain_lines(good: Path, data: Path) -> None:
    result = told("--bundle", good, "--data", data)
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert re.search(r"^accuracy +\d+\.\d\d% \(", result.stdout, re.MULTILINE)
    assert re.search(r"^order\.status +\d", result.stdout, re.MULTILINE)


def test_a_planted_worse_candidate_does_not_pass(good: Path, flipped: Path, data: Path) -> None:
    result = told("--bundle", flipped, "--against", good, "--data", data, "--gate", *PATIENT)
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("intents: gate:")]
    assert "accuracy fell by" in line
    assert "recall of order.status fell" in line


def test_the_same_candidate_passes_with_differences_of_exactly_nothing(good: Path, data: Path) -> None:
    result = told("--bundle", good, "--against", good, "--data", data, "--gate", "--json", *PATIENT)
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["gate"] == []
    assert {each["difference"] for each in found["comparison"]["differences"]} == {0.0}


def test_a_better_candidate_passes(good: Path, flipped: Path, data: Path) -> None:
    assert told("--bundle", good, "--against", flipped, "--data", data, "--gate", *PATIENT).exit_code == 0


def test_without_a_gate_a_worse_bundle_is_only_told(good: Path, flipped: Path, data: Path) -> None:
    result = told("--bundle", flipped, "--against", good, "--data", data)
    assert result.exit_code == 0
    assert "McNemar's exact p" in result.stdout


def test_other_labels_are_said_plainly(good: Path, other_labels: Path, data: Path) -> None:
    result = told("--bundle", other_labels, "--against", good, "--data", data)
    assert re.search(r"only other-0\.1\.0\S+ knows money\.back", result.stdout)
    assert re.search(r"^not in the bundle +refund\.request$", result.stdout, re.MULTILINE)


def test_a_second_bundle_tells_what_int8_loses(good: Path, data: Path) -> None:
    found = json.loads(told("--bundle", good, "--fp32", good, "--data", data, "--json").stdout)
    by_manifest, here = found["precision"]
    assert by_manifest["measured_on"].startswith("its own test split")
    assert (here["loss"], here["low"], here["high"]) == (0, 0, 0)


def test_messages_beside_the_split_count_as_out_of_scope_alone(
    good: Path, data: Path, tmp_path: Path
) -> None:
    lines = (data / "test.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "test.jsonl").write_bytes(b"".join(line for line in lines if b'"oos"' not in line))
    (tmp_path / "oos_test.jsonl").write_bytes(b"".join(line for line in lines if b'"oos"' in line))
    found = json.loads(told("--bundle", good, "--data", tmp_path, "--json").stdout)
    assert (found["messages"], found["beside"], found["out_of_scope"]["messages"]) == (40, 20, 20)
    assert found["at_threshold"]["coverage"] > 0


def test_the_page_needs_nothing_beside_it(good: Path, data: Path, tmp_path: Path) -> None:
    where = ("--html", tmp_path / "made" / "report.html", "--pictures", tmp_path / "made")
    result = told("--bundle", good, "--against", good, "--data", data, *where)
    assert result.exit_code == 0
    page = (tmp_path / "made" / "report.html").read_text()
    assert len(re.findall(r'(?:src|srcset)="data:image/png;base64,', page)) == 6, "three, light as dark"
    assert not re.search(r'(?:src|srcset|href)="(?!data:)', page)
    assert "http" not in page
    for name in ("reliability", "coverage", "confusions"):
        assert (tmp_path / "made" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_no_text_of_a_message_is_on_the_page(good: Path, data: Path, tmp_path: Path) -> None:
    told(
        "--bundle",
        good,
        "--data",
        data,
        "--html",
        tmp_path / "report.html",
        "--json",
        tmp_path / "report.json",
    )
    texts = [json.loads(line)["text"] for line in (data / "test.jsonl").read_text().splitlines()]
    for written in ("report.html", "report.json"):
        assert not [text for text in texts if text in (tmp_path / written).read_text()]


def test_without_matplotlib_pictures_are_refused_at_once_with_the_remedy(data: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from streams.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        code,
        "evaluate",
        "--data",
        str(data),
        "--html",
        str(tmp_path / "a.html"),
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode != 0
    assert "pip install intent-stream[report]" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_gate_needs_a_bundle_to_hold_against(data: Path) -> None:
    result = told("--data", data, "--gate")
    assert result.exit_code == 2
    assert "--gate needs --against" in result.output


def test_a_folder_without_the_split_is_named(good: Path, data: Path) -> None:
    assert "exam.jsonl: No such file" in refusal("--bundle", good, "--data", data, "--split", "exam")


def test_a_folder_that_is_no_bundle_is_named(data: Path) -> None:
    assert "manifest.json: No such file" in refusal("--bundle", data, "--data", data)


def test_help_shows_an_example() -> None:
    assert "intents evaluate --data onnx_models/data/support" in told("--help").output
