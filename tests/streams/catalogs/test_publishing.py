"""How a publishing ends that goes wrong halfway."""

from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.catalogs import publishing
from streams.catalogs.publishing import Fenced
from streams.operations.admin import BrokerError
from streams.settings import Settings

FENCED = KafkaError(KafkaError._FENCED, "fenced by a newer instance", fatal=True)
UNDONE = KafkaError(KafkaError.INVALID_TXN_STATE, "undo it", txn_requires_abort=True)
TIMED_OUT = KafkaError(KafkaError._TIMED_OUT, "too late")


class Doomed:
    """A producer whose transaction fails, with what is heard of it at each end."""

    def __init__(self, commit: KafkaError, abort: KafkaError | None = None) -> None:
        """It has begun nothing."""
        self._ends, self.aborted = {"commit": commit, "abort": abort}, False

    def begin_transaction(self) -> None:
        """Begun."""

    def produce(self, topic: str, value: bytes | None, key: bytes) -> None:
        """Taken."""

    def commit_transaction(self, seconds: float) -> None:
        """Fails."""
        raise KafkaException(self._ends["commit"])

    def abort_transaction(self, seconds: float) -> None:
        """Fails where it was told to."""
        self.aborted = True
        if self._ends["abort"] is not None:
            raise KafkaException(self._ends["abort"])


def commit(producer: Any) -> None:
    """Publish one record with it."""
    publishing._commit(Settings(), producer, {b"key": b"value"})


@pytest.mark.parametrize(
    "producer", [Doomed(FENCED), Doomed(UNDONE, FENCED)], ids=["at once", "while undoing"]
)
def test_who_was_overtaken_is_told_so_whenever_it_hears_of_it(producer: Doomed) -> None:
    with pytest.raises(Fenced):
        commit(producer)


@pytest.mark.parametrize("abort", [None, TIMED_OUT], ids=["undone", "left to the broker"])
def test_what_failed_for_another_reason_is_one_line_with_the_first_cause(abort: KafkaError | None) -> None:
    producer = Doomed(UNDONE, abort)
    with pytest.raises(BrokerError, match=r"publishing on catalog: .*undo it"):
        commit(producer)
    assert producer.aborted
