"""The look at a whole installation, part by part."""

from collections.abc import Callable, Sequence

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.admin import BrokerError, connect, found_topics, operations, said
from streams.checks import broker, guard, model, redis, rights, topics
from streams.checks import settings as settings_check
from streams.findings import Finding
from streams.halts import halts
from streams.settings import Settings, SettingsError
from streams.topology import names


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
    visible = [name for name in names(settings) if allowed.get(name)]
    found = found_topics(client, visible)
    looks: dict[str, Callable[[], list[Finding]]] = {
        broker.PART: lambda: broker.look(settings, client, found),
        rights.PART: lambda: rights.look(settings, client, allowed),
        topics.PART: lambda: topics.look(settings, found, allowed),
        guard.PART: lambda: guard.look(halts(settings)),
    }
    return [finding for part, look in looks.items() for finding in _guarded(part, look)]


def _guarded(part: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except KafkaException as error:
        return [Finding(part, "unknown", said(error.args[0]))]
    except TimeoutError:
        return [Finding(part, "unknown", "the broker did not answer in time; try again")]
