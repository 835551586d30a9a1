"""The look at Redis: whether it answers, whether in time."""

import time

from redis import Redis
from redis.exceptions import RedisError

from processors.enrich import CUSTOMER
from streams.context import redis_key
from streams.operations.findings import Finding
from streams.settings import Settings, covered_url

PART = "redis"
PATIENCE_S = 2.0
QUESTIONS = 50


def look(settings: Settings) -> list[Finding]:
    """Ask as a worker asks, but with patience."""
    where = covered_url(settings.redis_url)
    try:
        times = _ask(settings.redis_url)
    except (RedisError, OSError, ValueError) as error:
        why = _said(error, settings.redis_url)
        return [Finding(PART, "wrong", f"{where} does not answer ({why}); look at INTENTS_REDIS_URL")]
    usual, slowest = times[QUESTIONS // 2] * 1000, times[-1] * 1000
    said = f"{where} answers in {usual:.1f} ms (slowest of {QUESTIONS}: {slowest:.1f})"
    if usual > settings.context_deadline_ms / 2:
        text = f"{said}, too near to the deadline; raise INTENTS_CONTEXT_DEADLINE_MS, or move Redis closer"
        return [Finding(PART, "wrong", text)]
    return [Finding(PART, "ok", f"{said}; the deadline is {settings.context_deadline_ms} ms")]


def _ask(url: str) -> list[float]:
    """How long each question took, the quickest first."""
    keys = [redis_key(("default", CUSTOMER, f"check-{number}")) for number in range(10)]
    with Redis.from_url(
        url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, protocol=2
    ) as client:
        client.ping()
        times = []
        for _ in range(QUESTIONS):
            began = time.perf_counter()
            client.mget(keys)
            times.append(time.perf_counter() - began)
    return sorted(times)


def _said(error: Exception, url: str) -> str:
    """The error, without the URL that holds the password."""
    return str(error).replace(url, covered_url(url)) or type(error).__name__
