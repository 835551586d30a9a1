"""Publishing the catalogs of files where nobody has published any."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from schemas.catalog import Snapshot
from streams.catalogs.publishing import PublishedMeanwhile, Wish, publish
from streams.operations.admin import BrokerError
from streams.settings import Settings, SettingsError

# To begin transactions is waiting for the broker, most of a second the first time.
AT_ONCE = 8
SHIPPED = "the catalog that ships"

log = logging.getLogger("intents.catalogs")


def seeding(settings: Settings) -> Callable[[Sequence[Snapshot]], None]:
    """What plants seeds under these settings; several workers may plant at once, one of them does."""

    def seed(missing: Sequence[Snapshot]) -> None:
        with ThreadPoolExecutor(AT_ONCE, "seeding") as threads:
            list(threads.map(partial(_plant, settings), missing))

    return seed


def _plant(settings: Settings, seed: Snapshot) -> None:
    note = f"seeded: {settings.catalog or SHIPPED}"
    wish = Wish(seed.catalog.tenant, seed.hash, None, settings.instance, note)
    try:
        publish(settings, wish, seed)
    except PublishedMeanwhile:
        return
    except BrokerError as error:
        raise SettingsError(
            f"tenant {wish.tenant} has no catalog on the topic, and this worker could not publish its own: {error}; "
            "or run: intents catalog publish FILE"
        ) from None
    log.info("a catalog was seeded", extra={"tenant": wish.tenant, "catalog": wish.hash})
