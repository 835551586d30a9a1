"""The dashboard asks for nothing that a worker doesn't tell."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from processors.flow import Answers
from streams.metrics import Metrics

ROOT = Path(__file__).parents[1]
DASHBOARD = json.loads((ROOT / "helm/grafana/dashboards/intents.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
# What a worker names, then the labels that Prometheus adds.
ADDED_BY_PROMETHEUS = {"instance", "job"}


def told() -> dict[str, set[str]]:
    """Every sample that a worker tells, with its labels."""
    metrics = Metrics({"messages.inbound": lambda: 0}, ready=lambda: 1)
    metrics.travelled(decode=0.001, context=0.001, answer=0.001)
    metrics.committed(Answers(per_record=(), outcomes=()), 0.01)
    families = text_string_to_metric_families(metrics.page().decode())
    samples = {sample.name: set(sample.labels) for family in families for sample in family.samples}
    return samples | {
        "intents_answers_total": {"kind", "reason", "decided_by", "tenant"},
        "intents_deferred_total": {"tenant", "reason"},
    }


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_asks_for_what_a_worker_tells(query: str) -> None:
    samples = told()
    names = set(re.findall(r"intents_\w+", query))
    assert names
    assert names <= samples.keys()
    known = set().union(*(samples[name] for name in names)) | ADDED_BY_PROMETHEUS
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split(",")}
    assert grouped <= known
    assert set(re.findall(r"(\w+)=", query)) <= known


def test_what_compose_mounts_is_there() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    folders = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert folders
    assert all((ROOT / folder).exists() for folder in folders)
