"""The tenants' quotas in Redis: tokens are taken for a batch at once, deferred conversations are remembered."""

from collections.abc import Collection, Mapping, Sequence
from importlib import resources
from typing import Protocol, cast

from processors.flow import Source
from processors.quota import Claim
from schemas.vocabulary import Wait

# By what the script says of a message; 0 is: answer it.
WAITS = {1: Wait.QUOTA_EXCEEDED, 2: Wait.CONVERSATION_WAITS}
_COMMON, _LEASE, _ADMIT = (
    resources.files("streams").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")
    for name in ("common", "lease", "admit")
)


class Evaluates(Protocol):
    """A Redis client, or a pipeline that is still being filled."""

    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> object: ...
    def zremrangebyscore(self, name: str, min: float | str, max: float | str) -> object: ...


def lease(redis: Evaluates, claims: Sequence[Claim]) -> object:
    """Ask what of these may be answered now; a batch that is read again is told what it was told before."""
    keys, arguments = _told(claims)
    conversations = [conversation_key(each.source, each) for each in claims]
    return _run(redis, _COMMON + _LEASE, [*keys, *conversations], arguments)


def held(claims: Sequence[Claim], said: object) -> Mapping[Source, Wait]:
    """Those that may not, each with why."""
    verdicts = cast("list[int]", said)
    return {each.source: WAITS[verdict] for each, verdict in zip(claims, verdicts, strict=True) if verdict}


def admit(redis: Evaluates, claims: Sequence[Claim]) -> object:
    """How many of these, from the first on, have tokens now."""
    keys, arguments = _told(claims)
    return _run(redis, _COMMON + _ADMIT, keys, arguments)


def release(redis: Evaluates, answered: Collection[tuple[Source, Claim]]) -> None:
    """Their conversations no longer wait for what was first read up to there."""
    last: dict[str, int] = {}
    for first, claim in answered:
        key = conversation_key(first, claim)
        last[key] = max(last.get(key, 0), first.offset)
    for key, offset in last.items():
        redis.zremrangebyscore(key, "-inf", offset)


def conversation_key(first: Source, claim: Claim) -> str:
    """Where the offsets of a conversation's deferred messages stand; order is kept within a partition."""
    return f"deferred:{first.topic}:{first.partition}:{claim.tenant}:{claim.conversation}"


def _told(claims: Sequence[Claim]) -> tuple[list[str], list[str]]:
    """The tenants and partitions of a batch, each once; for each message which of them, its offset."""
    tenants = {each.tenant: each for each in claims}
    places = list(dict.fromkeys((each.source.topic, each.source.partition) for each in claims))
    numbers = {tenant: str(number) for number, tenant in enumerate(tenants, 1)}
    lines = {place: str(number) for number, place in enumerate(places, 1)}
    keys = [f"quota:{tenant}" for tenant in tenants] + [f"quota:read:{topic}:{at}" for topic, at in places]
    arguments = [str(len(tenants)), str(len(places)), str(len(claims))]
    for each in tenants.values():
        arguments += [repr(each.per_second), str(each.burst)]
    for each in claims:
        source = each.source
        arguments += [numbers[each.tenant], lines[source.topic, source.partition], str(source.offset)]
    return keys, arguments


def _run(redis: Evaluates, script: str, keys: Sequence[str], arguments: Sequence[str]) -> object:
    return redis.eval(script, len(keys), *keys, *arguments)
