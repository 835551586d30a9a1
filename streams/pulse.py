"""What librdkafka's statistics say of the brokers and of what waits."""

import msgspec


class _Broker(msgspec.Struct, frozen=True):
    state: str
    nodeid: int


class _Partition(msgspec.Struct, frozen=True):
    consumer_lag: int = -1


class _Topic(msgspec.Struct, frozen=True):
    partitions: dict[str, _Partition] = {}


class _Statistics(msgspec.Struct, frozen=True):
    brokers: dict[str, _Broker] = {}
    topics: dict[str, _Topic] = {}


class Pulse:
    """The last word of the statistics, once a second."""

    def __init__(self) -> None:
        """Nothing heard yet: the broker counts as away."""
        self._decode = msgspec.json.Decoder(_Statistics).decode
        self.broker_up = False
        self.lag = 0

    def hear(self, statistics: str) -> None:
        """Take in one report."""
        said = self._decode(statistics)
        self.broker_up = any(broker.state == "UP" and broker.nodeid >= 0 for broker in said.brokers.values())
        partitions = [
            part for topic in said.topics.values() for name, part in topic.partitions.items() if name != "-1"
        ]
        self.lag = sum(max(part.consumer_lag, 0) for part in partitions)

    def broker_away(self) -> bool:
        """Whether no broker answers."""
        return not self.broker_up
