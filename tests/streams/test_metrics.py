"""What Prometheus reads of a worker."""

from collections import Counter

import msgspec

from processors.flow import Answers, Contexts
from processors.pipeline import answer
from schemas.audit import AuditRecord
from schemas.vocabulary import Cause, Kind, Reason
from streams.metrics import Metrics
from tests.processors.samples import ListedScorer, decoded, desk, record, scores, snapshot, written

LISTED = {"unsure": scores(confidence=0.6), "other": scores("oos")}
MIXED: list[tuple[str, dict[str, str]]] = [
    ("sure", {}),
    ("sure", {"tenant": "acme"}),
    ("sure", {"tenant": "nobody-knows"}),
    ("unsure", {}),
    ("other", {}),
    ("", {}),
    ("sure", {"intent": "order.status"}),
]


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_committed_answers_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics({}, ready=lambda: 1)
    routed, dead = (Kind.ROUTED, Reason.ABOVE_THRESHOLD), (Kind.REJECTED, Cause.BAD_JSON)
    metrics.committed(Answers(((), (), ()), (routed, routed, dead)), 0.01)
    nobodys = {"decided_by": "", "tenant": ""}
    assert sample(metrics, "intents_answers_total", kind="routed", reason="above_threshold", **nobodys) == 2
    assert sample(metrics, "intents_answers_total", kind="rejected", reason="bad_json", **nobodys) == 1
    assert sample(metrics, "intents_batch_records_sum") == 3
    assert sample(metrics, "intents_stage_seconds_count", stage="commit") == 1


def test_what_else_was_true_of_an_answer_is_counted_from_nought_on() -> None:
    """From nought on, or Prometheus would not see the first of them as an increase."""
    metrics = Metrics({}, ready=lambda: 1)
    assert sample(metrics, "intents_flagged_total", flag="context_missing") == 0
    someone = record(written(text="sure", customer="u-7"))
    answers = answer(decoded(someone, record(b"{")), Contexts(), ListedScorer(LISTED), desk())
    metrics.committed(answers, 0.01)
    assert sample(metrics, "intents_flagged_total", flag="context_missing") == 1
    assert sample(metrics, "intents_flagged_total", flag="truncated") == 0


def test_the_counter_is_the_events_by_who_decided_for_whom() -> None:
    """Names of tenants come from customers: only those that have a catalog are labels."""
    records = [
        record(written(text=text, **more), offset=offset)
        for offset, (text, more) in enumerate(MIXED * 3 + MIXED[:2])
    ]
    other = desk(others=[snapshot(tenant="acme")])
    answers = answer(decoded(*records, record(b"{")), Contexts(), ListedScorer(LISTED), other)
    metrics = Metrics({}, ready=lambda: 1)
    metrics.committed(answers, 0.01)
    lines = [msgspec.json.decode(events[-1].value or b"", type=AuditRecord) for events in answers.per_record]
    events = Counter(
        (
            line.kind,
            line.reason or line.cause,
            line.decided_by or "",
            (line.tenant or "") if line.tenant in other.books else "",
        )
        for line in lines
    )
    assert len(events) == len(MIXED) + 1
    counted = {
        tuple(one.labels[name] for name in ("kind", "reason", "decided_by", "tenant")): one.value
        for family in metrics.registry.collect()
        for one in family.samples
        if one.name == "intents_answers_total"
    }
    assert counted == events


def test_the_stages_of_a_batch_are_timed() -> None:
    metrics = Metrics({}, ready=lambda: 1)
    metrics.travelled(0.1, 0.2, 0.3)
    found = [sample(metrics, "intents_stage_seconds_sum", stage=s) for s in ("decode", "context", "answer")]
    assert found == [0.1, 0.2, 0.3]


def test_lag_and_readiness_are_those_of_the_moment() -> None:
    now = {"lag": 7, "ready": 0}
    metrics = Metrics({"messages.inbound": lambda: now["lag"]}, ready=lambda: now["ready"])
    assert b'intents_lag_records{lane="messages.inbound"} 7.0' in metrics.page()
    now |= {"lag": 0, "ready": 1}
    assert b'intents_lag_records{lane="messages.inbound"} 0.0' in metrics.page()
    assert b"intents_ready 1.0" in metrics.page()


def test_the_version_that_counts_is_one_series_a_tenant() -> None:
    metrics = Metrics({}, ready=lambda: 1)
    for version in ("aa", "bb"):
        metrics.catalog_counts("acme", version)
    metrics.catalog_counts("shop", "cc")
    metrics.catalog_refused("acme")
    assert sample(metrics, "intents_catalog_info", tenant="acme", catalog="aa") is None
    assert sample(metrics, "intents_catalog_info", tenant="acme", catalog="bb") == 1
    assert sample(metrics, "intents_catalog_changes_total", tenant="acme", outcome="taken") == 2
    assert sample(metrics, "intents_catalog_changes_total", tenant="acme", outcome="refused") == 1
    metrics.catalog_gone("shop")
    metrics.catalog_gone("shop")
    assert sample(metrics, "intents_catalog_info", tenant="shop", catalog="cc") is None
