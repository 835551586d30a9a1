"""Catalogs for live tests, published as an operator or as somebody careless does."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from confluent_kafka import Producer

from schemas.catalog import Snapshot
from schemas.catalog_file import parse
from schemas.published import Pointer, pointer_key, version_key, written
from schemas.topics import CATALOG
from streams.catalogs.publishing import Wish, publish
from streams.catalogs.topic import read
from streams.settings import Settings
from streams.settings import read as settings_of
from tests.ground.process import wait_until
from tests.live.command import Ran, intents
from tests.live.stand import RunningWorker, Stand

_INFO = re.compile(r'^intents_catalog_info\{catalog="(\w+)",tenant="([^"]+)"\} 1.0$', re.MULTILINE)
ONE_RULE = """
tenant: {tenant}
ceiling: destructive
intents:
  order.status: {{risk_class: read_only, target: {{kind: workflow, name: {target}}}}}
  refund.request: {{risk_class: delegated, target: {{kind: agent_pool, name: billing}}}}
rules:
  - name: parcel
    intent: order.status
    when: ['{when}']
"""


def text(target: str = "status", when: str = "true", tenant: str = "default") -> str:
    """A catalog whose one rule sends every message to a target, unless told otherwise."""
    return ONE_RULE.format(tenant=tenant, target=target, when=when)


def file(folder: Path, *words: str, **named: str) -> Path:
    """The same in a file."""
    path = folder / f"{named.get('tenant', 'default')}.yaml"
    path.write_text(text(*words, **named))
    return path


def settings(stand: Stand, instance: str = "operator") -> Settings:
    """Those of a command at this stand."""
    return settings_of(stand.environment(instance, 6066))


def command(stand: Stand, *words: str) -> Ran:
    """`intents catalog WORDS`."""
    return intents(stand.environment("operator", 6066), "catalog", *words)


def put(stand: Stand, content: str, expected: str | None = None) -> Snapshot:
    """Publish over what counts, or over what is expected."""
    snapshot = parse(content)
    tenant = snapshot.catalog.tenant
    pointer = read(settings(stand)).current(tenant)
    counts = expected or (pointer.hash if pointer else None)
    publish(settings(stand), Wish(tenant, snapshot.hash, counts, "test"), snapshot)
    return snapshot


def put_unchecked(stand: Stand, content: bytes, previous: str, tenant: str = "default") -> str:
    """A version with its pointer, whatever it holds, as a tool that checks nothing would write it."""
    now = datetime.now(UTC)
    hash = hashlib.sha256(content).hexdigest()
    version = msgspec.json.encode({"catalog": msgspec.Raw(content), "by": "careless", "at": now})
    producer = Producer({"bootstrap.servers": stand.topics.bootstrap, "partitioner": "murmur2_random"})
    topic = stand.topics.name(CATALOG)
    producer.produce(topic, version, version_key(tenant, hash))
    producer.produce(topic, written(Pointer(hash, previous, "careless", now)), pointer_key(tenant))
    assert producer.flush(20) == 0
    return hash


def counting(worker: RunningWorker) -> dict[str, str]:
    """Which version a worker decides under, for each tenant."""
    return {tenant: hash for hash, tenant in _INFO.findall(worker.page("/metrics")[1])}


def await_counting(worker: RunningWorker, hash: str, tenant: str = "default") -> None:
    """Wait until a worker decides under a version."""
    until(lambda: counting(worker).get(tenant) == hash, f"{hash[:12]} to count\n{worker.process.tail(5)}")


def until(said: Callable[[], bool], what: str) -> None:
    """Wait as long as a slow machine needs."""
    wait_until(said, 40, what)
