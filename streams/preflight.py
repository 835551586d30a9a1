"""What must be true of the broker before a worker joins its group."""

from confluent_kafka.admin import AdminClient

from schemas.topics import ANSWERS, AUDIT, CATALOG, INBOUND
from streams import librdkafka
from streams.settings import Settings, SettingsError

ANSWER_S = 10.0


def preflight(settings: Settings) -> None:
    """Raise where answers would have nowhere to go."""
    found = AdminClient(librdkafka.client(settings, "admin")).list_topics(timeout=ANSWER_S).topics
    needed = [settings.topic_prefix + name for name in (INBOUND, AUDIT, CATALOG, *ANSWERS.values())]
    missing = sorted(set(needed) - set(found))
    if missing:
        raise SettingsError(f"topics are missing: {', '.join(missing)}; run: intents topics --create")
    lane, audit = (len(found[settings.topic_prefix + name].partitions) for name in (INBOUND, AUDIT))
    if audit < lane:
        raise SettingsError(
            f"{settings.topic_prefix}{AUDIT} has {audit} partitions, {settings.topic_prefix}{INBOUND} {lane}; "
            "give it as many: intents topics --create"
        )
