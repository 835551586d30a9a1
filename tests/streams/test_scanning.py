"""Where partitions end, on a broker that has just changed its mind about who leads them."""

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from streams.operations.scanning import span


class Moving:
    """A reader whose broker answers with these errors before it knows the marks."""

    def __init__(self, *errors: int) -> None:
        self.errors = list(errors)

    def get_watermark_offsets(self, place: TopicPartition, timeout: float) -> tuple[int, int]:
        if self.errors:
            raise KafkaException(KafkaError(self.errors.pop(0)))
        return place.partition, 10


def test_a_partition_that_is_given_another_leader_is_asked_again() -> None:
    moving = Moving(KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)
    assert span(moving, "audit", 3) == (3, 10)  # type: ignore[arg-type]


def test_what_waiting_does_not_mend_is_said_at_once() -> None:
    forbidden = Moving(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        span(forbidden, "audit", 3)  # type: ignore[arg-type]
