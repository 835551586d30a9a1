"""What the looks of `intents check` make of what they see, where no server is needed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.commands.tables import lines
from streams.operations.admin import Found
from streams.operations.checks import guard, model, settings
from streams.operations.checks.broker import faults
from streams.operations.findings import Finding
from streams.operations.halts import Halt
from streams.settings import Settings, read

KAFKA_4 = {
    "transaction.max.timeout.ms": "900000",
    "group.min.session.timeout.ms": "6000",
    "group.max.session.timeout.ms": "1800000",
    "offset.metadata.max.bytes": "4096",
    "offsets.retention.minutes": "10080",
    "transaction.state.log.min.isr": "2",
    "group.coordinator.rebalance.protocols": "classic,consumer,streams",
}
LANE = Found(3, {"retention.ms": "604800000"})


def broker_faults(
    config: Mapping[str, str], count: int = 3, lane: Found | None = LANE, **of: int
) -> list[str]:
    """What is wrong with a broker of these settings, seen with ours."""
    return faults(Settings(**of), {**KAFKA_4, **config}, count, lane)  # type: ignore[arg-type]


def test_a_broker_as_it_comes_is_well() -> None:
    assert broker_faults({}) == []
    assert broker_faults({"inter.broker.protocol.version": "3.9-IV0"}) == []


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"inter.broker.protocol.version": "2.8-IV1"}, "version 2.8-IV1 is too old"),
        ({"transaction.max.timeout.ms": "9999"}, "lower INTENTS_TRANSACTION_TIMEOUT_MS"),
        ({"group.min.session.timeout.ms": "10001"}, "set INTENTS_SESSION_TIMEOUT_MS between"),
        ({"group.max.session.timeout.ms": "9999"}, "set INTENTS_SESSION_TIMEOUT_MS between"),
        ({"offset.metadata.max.bytes": "4095"}, "set offset.metadata.max.bytes=4096"),
        ({"offsets.retention.minutes": "10079"}, "set offsets.retention.minutes=10080"),
        ({"transaction.state.log.min.isr": "4"}, "only 3 of them, 4 are needed"),
        ({"group.coordinator.rebalance.protocols": "consumer"}, "add classic to"),
    ],
)
def test_a_broker_that_would_break_a_promise_is_told_with_the_remedy(
    config: Mapping[str, str], said: str
) -> None:
    (fault,) = broker_faults(config)
    assert said in fault


def test_more_replicas_than_brokers_are_wrong() -> None:
    assert broker_faults({}, count=3, replicas=3) == []
    assert len(broker_faults({}, count=3, replicas=4)) == 1


def test_messages_that_are_kept_for_ever_are_no_reason_to_keep_offsets_so() -> None:
    assert broker_faults({}, lane=Found(3, {"retention.ms": "-1"})) == []
    assert broker_faults({}, lane=None) == []


def test_a_slip_of_the_pen_is_told_with_what_was_meant() -> None:
    found = settings.look(Settings(), ["INTENTS_TOPIC_PREFX", "INTENTS_X"])
    assert [each.text for each in found] == [
        "INTENTS_TOPIC_PREFX is no setting; did you mean INTENTS_TOPIC_PREFIX?",
        "INTENTS_X is no setting; remove it",
    ]


def test_what_is_set_is_shown_without_secrets() -> None:
    ours = read({"INTENTS_INSTANCE": "w-1", "INTENTS_KAFKA__SASL_PASSWORD": "hunter2", "INTENTS_GROUP": "g"})
    (found,) = settings.look(ours, [])
    assert found == Finding("settings", "ok", "group=g, instance=w-1, kafka sasl.password=***")


def test_a_refused_value_of_a_secret_option_is_not_quoted() -> None:
    ours = read({"INTENTS_KAFKA__SSL_KEY_PEM": "hunter2", "INTENTS_KAFKA__SECURITY_PROTOCOL": "ssl"})
    (found,) = settings.look(ours, [])
    assert found.state == "wrong"
    assert "hunter2" not in found.text


def test_a_stopped_partition_is_told_with_the_remedy() -> None:
    (found,) = guard.look([Halt("messages.inbound", 3, 812, "2026-11-21T10:00:00Z")])
    assert found.state == "wrong"
    assert found.text.startswith("messages.inbound/3 stands still since 2026-11-21T10:00:00Z")
    assert found.text.endswith("intents check --accept-rejections")


def test_a_catalog_is_judged_where_the_bundle_can_not_be_loaded(tmp_path: Path) -> None:
    bundle, *catalogs = model.look(Settings(bundle=str(tmp_path / "none")))
    assert (bundle.part, bundle.state) == ("bundle", "wrong")
    assert [(each.part, each.state) for each in catalogs] == [("catalog", "ok")] * 2
    assert [each.text.partition(",")[0] for each in catalogs] == ["tenant internal", "tenant default"]


def test_every_error_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "catalog.yaml"
    broken.write_text("tenant: default\nintents: [\n")
    found = model.look(Settings(catalog=str(broken), scorer="constant"))[-1]
    assert found.state == "wrong"
    assert "\n" not in found.text


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert lines([("ok", "broker", "up"), ("wrong", "b", "")]) == ["ok     broker  up", "wrong  b"]
    assert lines([]) == []
