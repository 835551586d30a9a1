"""The topics as they should be, held against those that are there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from schemas import topics
from schemas.topics import Topic
from streams.operations.admin import Found
from streams.settings import Settings

CLEANUP = "cleanup.policy"
RETENTION = "retention.ms"
SIZE = "max.message.bytes"
SHOWN = (RETENTION, CLEANUP, SIZE, "compression.type")
# What is kept for a court or a model: shorter is wrong; elsewhere the operator may choose.
KEPT = frozenset({topics.AUDIT, topics.FEEDBACK})


@dataclass(frozen=True, slots=True)
class Compared:
    """One topic, wanted and found, with what is wrong about it, each fault in one line."""

    topic: Topic
    name: str
    partitions: int
    config: Mapping[str, str]
    found: Found | None
    faults: tuple[str, ...]

    @property
    def state(self) -> str:
        """In one word."""
        if self.found is None:
            return "missing"
        if self.faults:
            return "wrong"
        if not self.found.config:
            return "unknown"
        same = all(self.found.config.get(key) == value for key, value in self.config.items())
        return "ok" if same else "differs"


def names(settings: Settings) -> list[str]:
    """All topics under the prefix of this installation."""
    return [settings.topic_prefix + topic.name for topic in topics.ALL]


def compare(
    settings: Settings, found: Mapping[str, Found], hidden: Collection[str] = frozenset()
) -> list[Compared]:
    """Every topic with its faults, but for those that we may not see."""
    audit, prefix = _audit_partitions(settings, found, hidden), settings.topic_prefix
    seen = [topic for topic in topics.ALL if prefix + topic.name not in hidden]
    return [_compare(settings, topic, found.get(prefix + topic.name), audit) for topic in seen]


def wanted_config(settings: Settings, topic: Topic) -> Mapping[str, str]:
    """The settings of a topic as we would make it: what we send or take must fit."""
    needed = settings.record_bytes if topic in topics.LANES else settings.message_bytes
    return {**topic.config, SIZE: str(max(needed, int(topic.config[SIZE])))}


def _compare(settings: Settings, topic: Topic, found: Found | None, audit: int) -> Compared:
    name = settings.topic_prefix + topic.name
    partitions = audit if topic.name == topics.AUDIT else settings.partitions
    if found is None:
        faults: tuple[str, ...] = (f"{name} is missing; run: intents topics --create",)
    else:
        too_few = (_too_few(name, found, audit),) if topic.name == topics.AUDIT else ()
        faults = tuple(fault for fault in (*too_few, *_config_faults(settings, topic, found)) if fault)
    return Compared(topic, name, partitions, wanted_config(settings, topic), found, faults)


def _audit_partitions(settings: Settings, found: Mapping[str, Found], hidden: Collection[str]) -> int:
    """A record's audit goes to the partition of the same number, whichever lane it came in."""
    lanes = [settings.topic_prefix + lane.name for lane in topics.LANES]
    widths = {lane: found[lane].partitions if lane in found else settings.partitions for lane in lanes}
    return max((width for lane, width in widths.items() if lane not in hidden), default=1)


def _too_few(name: str, found: Found, wanted: int) -> str:
    if found.partitions >= wanted:
        return ""
    return f"{name} has {found.partitions} partitions, the lanes have {wanted}; run: intents topics --create"


def _config_faults(settings: Settings, topic: Topic, found: Found) -> list[str]:
    """What would break a promise; what is only otherwise than we would make it is no fault."""
    name = settings.topic_prefix + topic.name
    return [
        f"{name} has {key}={found.config[key]}, needs {needed}; run: kafka-configs --alter "
        f"--entity-type topics --entity-name {name} --add-config {key}={needed}"
        for key, needed in _needed(settings, topic, found.config).items()
    ]


def _needed(settings: Settings, topic: Topic, found: Mapping[str, str]) -> dict[str, str]:
    """The settings that must be otherwise, as they must be; none where we may not read them."""
    if not found:
        return {}
    needed = {}
    size = settings.record_bytes if topic in topics.LANES else settings.message_bytes
    if found[CLEANUP] != topic.config[CLEANUP]:
        needed[CLEANUP] = topic.config[CLEANUP]
    if int(found[SIZE]) < size:
        needed[SIZE] = str(size)
    if topic.name in KEPT and 0 <= int(found[RETENTION]) < int(topic.config[RETENTION]):
        needed[RETENTION] = topic.config[RETENTION]
    return needed
