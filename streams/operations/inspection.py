"""The look at a whole installation, part by part."""

from collections.abc import Callable, Sequence

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.lanes import LANES
from streams.operations import group
from streams.operations.admin import BrokerError, Operations, connect, found_topics, operations, said
from streams.operations.checks import broker, guard, model, published, redis, rights, topics
from streams.operations.checks import settings as settings_check
from streams.operations.findings import Finding
from streams.operations.halts import halts
from streams.operations.topology import names
from streams.settings import Settings, SettingsError


def inspect(settings: Settings, unread: Sequence[str]) -> list[Finding]:
    """Everything that is wrong, and one line for each part where nothing is."""
    own = settings_check.look(settings, unread)
    return [*own, *_kafka(settings), *redis.look(settings), *model.look(settings)]


def _kafka(settings: Settings) -> list[Finding]:
    try:
        return _parts(settings, connect(settings))
    except BrokerError as error:
        return [Finding(broker.PART, "wrong", str(error))]
    except (SettingsError, KafkaException):
        return [Finding(broker.PART, "unknown", "not looked at, since its options are refused")]


def _parts(settings: Settings, client: AdminClient) -> list[Finding]:
    """What can be seen of each part; a refusal in one hides no other."""
    allowed = operations(client, names(settings))
    found = found_topics(client, [name for name, rights in allowed.items() if rights])
    looks: dict[str, Callable[[], list[Finding]]] = {
        broker.PART: lambda: broker.look(settings, client, found),
        rights.PART: lambda: rights.look(settings, allowed, _groups(settings, client)),
        topics.PART: lambda: topics.look(settings, found, allowed),
        guard.PART: lambda: _guard(settings, client),
        published.PART: lambda: published.look(settings, found, allowed),
    }
    return [finding for part, look in looks.items() for finding in _seen(part, look)]


def _guard(settings: Settings, client: AdminClient) -> list[Finding]:
    """Where the group may not be read, its offsets would be waited for in vain."""
    closed = [name for name, allowed in _groups(settings, client).items() if "READ" not in allowed]
    if not closed:
        return guard.look(halts(settings))
    return [Finding(guard.PART, "unknown", f"may not READ group {closed[0]}, where the notes are")]


def _groups(settings: Settings, client: AdminClient) -> dict[str, Operations]:
    """What we may do with the group of each lane."""
    names = [lane.group(settings.group) for lane in LANES]
    return {name: group.operations(client, name) for name in names}


def _seen(part: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except KafkaException as error:
        return [Finding(part, "unknown", said(error.args[0]))]
    except TimeoutError:
        return [Finding(part, "unknown", "the broker did not answer in time; try again")]
