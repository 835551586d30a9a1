"""What Prometheus reads of a worker."""

from processors.flow import Answers
from schemas.vocabulary import Cause, Kind, Reason
from streams.metrics import Metrics


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_committed_answers_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics({}, ready=lambda: 1)
    routed, dead = (Kind.ROUTED, Reason.ABOVE_THRESHOLD), (Kind.REJECTED, Cause.BAD_JSON)
    metrics.committed(Answers(((), (), ()), (routed, routed, dead)), 0.01)
    assert sample(metrics, "intents_answers_total", kind="routed", reason="above_threshold") == 2
    assert sample(metrics, "intents_answers_total", kind="rejected", reason="bad_json") == 1
    assert sample(metrics, "intents_batch_records_sum") == 3
    assert sample(metrics, "intents_stage_seconds_count", stage="commit") == 1


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
