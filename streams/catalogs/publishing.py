"""Publishing: a version with its pointer in one transaction, if the pointer is still where it was expected."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from confluent_kafka import KafkaError, KafkaException, Producer

from schemas.catalog import SHORT, Snapshot
from schemas.catalog_file import CatalogError
from schemas.published import Pointer, Version, pointer_key, version_key, written
from schemas.topics import CATALOG
from streams import librdkafka
from streams.catalogs.archive import Archive
from streams.catalogs.topic import read
from streams.operations.admin import QUIET, BrokerError, said
from streams.settings import Settings
from streams.transaction import CALL_S, FENCED, insist

DEADLINE_S = 30.0
# To be fenced is a word for whoever published, not for librdkafka to shout at a terminal.
UNHEARD = logging.Logger("unheard", logging.CRITICAL + 1)
TOO_LARGE = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG_SIZE})


class PublishedMeanwhile(Exception):
    """Somebody else's version counts by now; says whose."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to count for a tenant, instead of what, by whom, why."""

    tenant: str
    hash: str
    expected: str | None
    by: str
    note: str | None = None


def publish(settings: Settings, wish: Wish, snapshot: Snapshot | None = None) -> Pointer:
    """Make a version count; a snapshot brings one that may not be on the topic yet.

    The transactional id is the same for all who publish for a tenant: whoever begins ends what others had begun, sees
    all that they finished, and is alone until somebody else begins. So the pointer can be compared, then set.
    Raises PublishedMeanwhile where it is not where it was expected, CatalogError where the version is nowhere.
    """
    producer = _alone(settings, wish.tenant)
    archive = read(settings)
    found = archive.current(wish.tenant)
    if (found.hash if found else None) != wish.expected:
        raise PublishedMeanwhile(_meanwhile(wish.tenant, found))
    pointer = Pointer(wish.hash, wish.expected, wish.by, datetime.now(UTC), wish.note)
    records: dict[bytes, bytes | None] = {
        version_key(wish.tenant, wish.hash): _version(archive, wish, pointer, snapshot),
        pointer_key(wish.tenant): written(pointer),
    }
    return _settled(settings, wish, pointer, lambda: _commit(settings, producer, records))


def remove(settings: Settings, tenant: str, expected: str) -> None:
    """Take a tenant's pointer away, if it is still where it was expected: its messages are nobody's then."""
    producer = _alone(settings, tenant)
    found = read(settings).current(tenant)
    if found is None or found.hash != expected:
        raise PublishedMeanwhile(_meanwhile(tenant, found))
    try:
        _commit(settings, producer, {pointer_key(tenant): None})
    except Fenced:
        raise PublishedMeanwhile(_at_it(tenant)) from None


class Fenced(Exception):
    """Somebody else has begun to publish."""


def _settled(settings: Settings, wish: Wish, pointer: Pointer, commit: Callable[[], None]) -> Pointer:
    """The pointer, once it counts; a commit that was fenced may have been just in time."""
    try:
        commit()
    except Fenced:
        found = read(settings).current(wish.tenant)
        if found != pointer:
            lost = found is not None and found.hash != wish.expected
            said = _meanwhile(wish.tenant, found) if lost else _at_it(wish.tenant)
            raise PublishedMeanwhile(said) from None
    return pointer


def _version(archive: Archive, wish: Wish, pointer: Pointer, snapshot: Snapshot | None) -> bytes:
    """The version as it lies there, who published it first unchanged, else the new one.

    It is written again with every pointer, so that whoever follows the topic needs to remember none but the latest.
    """
    known = archive.versions.get((wish.tenant, wish.hash))
    if known is not None:
        return known
    if snapshot is None:
        raise CatalogError([((), f"version {wish.hash[:SHORT]} of {wish.tenant} is not on the topic")])
    return written(Version(snapshot.catalog, wish.by, pointer.at, wish.note, wish.expected))


def _alone(settings: Settings, tenant: str) -> Producer:
    """A producer that nobody else's can work beside: its id is the topic's, whatever group somebody is of."""
    transactional_id = f"{settings.topic_prefix}{CATALOG}-{tenant}"
    producer = Producer({**librdkafka.sender(settings, transactional_id), **QUIET}, logger=UNHEARD)
    try:
        insist(lambda: producer.init_transactions(CALL_S), DEADLINE_S)
    except KafkaException as error:
        doing = f"beginning transactions as {transactional_id}"
        raise BrokerError(f"{doing}: {said(error.args[0])}") from None
    return producer


def _commit(settings: Settings, producer: Producer, records: dict[bytes, bytes | None]) -> None:
    """All of these records or none."""
    topic = settings.topic_prefix + CATALOG
    try:
        producer.begin_transaction()
        for key, value in records.items():
            producer.produce(topic, value, key)
        insist(lambda: producer.commit_transaction(CALL_S), DEADLINE_S)
    except KafkaException as error:
        if _fenced(error) or _fenced_by_now(producer):
            raise Fenced from None
        raise BrokerError(f"publishing on {topic}: {_told(error.args[0])}") from None


def _fenced_by_now(producer: Producer) -> bool:
    """Undo what was begun; a producer that was fenced may hear of it only here."""
    try:
        insist(lambda: producer.abort_transaction(CALL_S), DEADLINE_S)
    except KafkaException as error:
        # Where it can't be undone for another reason, the broker does so when its time is up.
        return _fenced(error)
    return False


def _fenced(error: KafkaException) -> bool:
    return error.args[0].code() in FENCED or bool(error.args[0].fatal())


def _told(cause: KafkaError) -> str:
    if cause.code() in TOO_LARGE:
        return f"{cause.str()}; raise INTENTS_MESSAGE_BYTES, and max.message.bytes of the topic with it"
    return said(cause)


def _meanwhile(tenant: str, found: Pointer | None) -> str:
    """Who was faster."""
    if found is None:
        return (
            f"nothing counts for {tenant}: it was removed, or never published; publish again without --expect"
        )
    return (
        f"published meanwhile by {found.by} at {found.at:%Y-%m-%d %H:%M:%S} UTC: {found.hash[:SHORT]} counts for "
        f"{tenant}; look at `intents catalog diff --tenant {tenant}`, then publish again"
    )


def _at_it(tenant: str) -> str:
    return f"somebody else is publishing for {tenant} at this moment; look at `intents catalog show`, then try again"
