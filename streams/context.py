"""What Redis knows of a batch's customers, asked in one round trip."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import cast

import msgspec
from purgatory import SyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, TimeoutError
from redis.retry import Retry

from processors.flow import ContextKey, Contexts, Json, Source
from processors.quota import Claim
from streams import quotas
from streams.settings import SettingsError

FAILURES_BEFORE_OPEN = 3
OPEN_S = 2.0
# The order of conversations that wait hangs on the quotas' answer, so a slow Redis is given this many deadlines for it.
PATIENCE = 10

_decode: Callable[[bytes], Json] = msgspec.json.Decoder().decode
log = logging.getLogger("intents.context")


class ContextStore:
    """Redis behind a deadline of its own; a breaker spares the next batches the wait."""

    def __init__(self, client: Redis, patient: Redis | None = None) -> None:
        """A store over a client whose time-outs are set, and one that waits longer for what is asked again."""
        self._client = client
        self._patient = patient or client
        self._breakers = SyncCircuitBreakerFactory(default_threshold=FAILURES_BEFORE_OPEN, default_ttl=OPEN_S)
        self._away = False

    def fetch(self, wanted: Collection[ContextKey], claims: Sequence[Claim] = ()) -> Contexts:
        """These facts, with what is beyond a quota; none at all, and nothing held, when Redis is not in time."""
        if not wanted and not claims:
            return Contexts()
        try:
            with self._breakers.get_breaker("redis"):
                found, said = self._ask([redis_key(key) for key in wanted], claims)
        except (RedisError, OpenedState, OSError) as error:
            self._note(away=True, why=type(error).__name__)
            return (
                self._late(claims)
                if claims and isinstance(error, TimeoutError)
                else Contexts(metered=not claims)
            )
        self._note(away=False, why="")
        facts = {key: _fact(raw) for key, raw in zip(wanted, found, strict=True)}
        return Contexts(facts, quotas.held(claims, said) if claims else {})

    def _late(self, claims: Sequence[Claim]) -> Contexts:
        """What is beyond a quota, without facts; the lease says the same again to who did not hear it."""
        try:
            with self._breakers.get_breaker("redis"):
                return Contexts(held=quotas.held(claims, quotas.lease(self._patient, claims)))
        except (RedisError, OpenedState, OSError):
            return Contexts(metered=False)

    def _ask(self, keys: list[str], claims: Sequence[Claim]) -> tuple[list[bytes | None], object]:
        """One round trip, whatever is asked."""
        if not claims:
            return cast("list[bytes | None]", self._client.mget(keys)), ()
        with self._client.pipeline(transaction=False) as pipe:
            if keys:
                pipe.mget(keys)
            quotas.lease(pipe, claims)
            *found, said = pipe.execute()
        return (found[0] if found else []), said

    def admitted(self, claims: Sequence[Claim]) -> int:
        """How many of these, from the first on, their quotas have room for; all when Redis is not in time."""
        try:
            with self._breakers.get_breaker("redis"):
                return cast(int, quotas.admit(self._client, claims))
        except (RedisError, OpenedState, OSError) as error:
            self._note(away=True, why=type(error).__name__)
            return len(claims)

    def release(self, answered: Collection[tuple[Source, Claim]]) -> None:
        """Let conversations go on in their own lane; what is not told in time is told with their next message."""
        try:
            with self._breakers.get_breaker("redis"), self._client.pipeline(transaction=False) as pipe:
                quotas.release(pipe, answered)
                pipe.execute()
        except (RedisError, OpenedState, OSError) as error:
            self._note(away=True, why=type(error).__name__)

    def _note(self, *, away: bool, why: str) -> None:
        """Say once that the context is gone, once that it is back; a wrong password looks like this too."""
        if away != self._away:
            self._away = away
            log.warning("no context: %s" if away else "context is back%s", why)

    def answers(self) -> bool:
        """Whether Redis answers at all."""
        try:
            return bool(self._client.ping())
        except (RedisError, OSError):
            return False


def connect(url: str, deadline_s: float) -> ContextStore:
    """A store whose every wait ends at the deadline, but for what is asked again."""
    try:
        return ContextStore(_client(url, deadline_s), _client(url, deadline_s * PATIENCE))
    except ValueError:
        # The error quotes the URL, where a password may stand.
        raise SettingsError(
            "INTENTS_REDIS_URL is no URL such as redis://HOST:PORT/0, rediss://..., unix://..."
        ) from None


def _client(url: str, deadline_s: float) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=deadline_s,
        socket_connect_timeout=deadline_s,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )


def redis_key(key: ContextKey) -> str:
    """Where facts lie: a customer's in one object, those about systems and stock each under its name."""
    return ":".join(("ctx", *key))


def _fact(raw: bytes | None) -> Json:
    """What was written there; nothing where that is no JSON."""
    try:
        return _decode(raw) if raw else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
