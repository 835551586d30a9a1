"""The statistics of librdkafka, as far as we listen."""

from typing import Any

import msgspec

from streams.pulse import Pulse


def statistics(**fields: Any) -> str:
    return msgspec.json.encode({"name": "rdkafka#consumer-1", "ts": 1, **fields}).decode()


def brokers(*states: tuple[str, int]) -> dict[str, Any]:
    return {f"b{place}": {"state": state, "nodeid": node} for place, (state, node) in enumerate(states)}


def test_before_the_first_word_the_broker_counts_as_away() -> None:
    assert Pulse().broker_away()


def test_one_broker_that_is_up_is_enough() -> None:
    pulse = Pulse()
    pulse.hear(statistics(brokers=brokers(("DOWN", 1), ("UP", 2))))
    assert not pulse.broker_away()


def test_a_bootstrap_address_or_a_coordinator_is_no_broker() -> None:
    pulse = Pulse()
    pulse.hear(statistics(brokers=brokers(("UP", -1), ("DOWN", 1))))
    assert pulse.broker_away()


def test_the_broker_is_away_again_when_the_last_one_goes() -> None:
    pulse = Pulse()
    pulse.hear(statistics(brokers=brokers(("UP", 1))))
    pulse.hear(statistics(brokers=brokers(("TRY_CONNECT", 1))))
    assert pulse.broker_away()


def test_the_lag_is_the_sum_over_real_partitions_whose_lag_is_known() -> None:
    pulse = Pulse()
    parts = {"0": {"consumer_lag": 5}, "1": {"consumer_lag": -1}, "2": {}, "-1": {"consumer_lag": 100}}
    pulse.hear(statistics(topics={"messages.inbound": {"partitions": parts}, "other": {}}))
    assert pulse.lag == 5
