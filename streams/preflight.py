"""What must be true of the broker before a worker joins its group."""

from confluent_kafka.admin import AdminClient

from schemas.topics import ANSWERS, AUDIT, CATALOG
from streams import librdkafka
from streams.lanes import LANES
from streams.settings import Settings, SettingsError

ANSWER_S = 10.0


def preflight(settings: Settings) -> None:
    """Raise where answers would have nowhere to go."""
    found = AdminClient(librdkafka.client(settings, "admin")).list_topics(timeout=ANSWER_S).topics
    lanes, audit = ([lane.topic(settings.topic_prefix) for lane in LANES], settings.topic_prefix + AUDIT)
    needed = [*lanes, *(settings.topic_prefix + name for name in (AUDIT, CATALOG, *ANSWERS.values()))]
    missing = sorted(set(needed) - set(found))
    if missing:
        raise SettingsError(f"topics are missing: {', '.join(missing)}; run: intents topics --create")
    lines = len(found[audit].partitions)
    for lane in lanes:
        if lines < len(found[lane].partitions):
            raise SettingsError(
                f"{audit} has {lines} partitions, {lane} {len(found[lane].partitions)}; "
                "give it as many: intents topics --create"
            )
