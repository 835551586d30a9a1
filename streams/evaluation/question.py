"""A message with all that is to be supposed of it, as it was typed in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from processors.decode import DEFAULT_TENANT
from processors.enrich import CUSTOMER, STOCK, SYSTEM
from processors.flow import ContextKey, Contexts, Headers, Json
from schemas import cloudevents
from schemas.messages import InboundMessage, Signal

SOMEBODY = "somebody"


class AskError(Exception):
    """A message that no worker would take; says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message, who sends it, what is known around it: facts by kind, then by name."""

    inbound: InboundMessage
    sender: str = ""
    facts: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)

    @property
    def headers(self) -> Headers:
        """Those of a CloudEvent where somebody sends it, as permissions count from a sender only."""
        if not self.sender:
            return ()
        told = {
            cloudevents.SPECVERSION: cloudevents.VERSION,
            cloudevents.ID: "asked",
            cloudevents.SOURCE: self.sender,
            cloudevents.TYPE: "message.asked.v1",
        }
        return tuple((name, content.encode()) for name, content in told.items())

    def contexts(self, wanted: Collection[ContextKey]) -> Contexts:
        """What a worker would have read; AskError where a fact is supposed that it would not look at."""
        tenant = self.inbound.tenant or DEFAULT_TENANT
        supposed: dict[ContextKey, Json] = {
            (tenant, kind, name): value
            for kind in (SYSTEM, STOCK)
            for name, value in self.facts.get(kind, {}).items()
        }
        for _, kind, name in supposed.keys() - set(wanted):
            raise AskError(
                f"no rule can see {kind}.{name}: name it in the catalog of {tenant} as facts: {{{kind}: [{name}]}}"
            )
        if self.inbound.customer and CUSTOMER in self.facts:
            supposed[tenant, CUSTOMER, self.inbound.customer] = self.facts[CUSTOMER]
        return Contexts({**dict.fromkeys(wanted), **supposed})


def question(inbound: InboundMessage, sender: str, known: Sequence[str], beside: Sequence[str]) -> Question:
    """The message with what is known and what its channel says beside it; whom facts are known of is somebody."""
    found = facts(known)
    customer = inbound.customer or (SOMEBODY if CUSTOMER in found else None)
    return Question(replace(inbound, customer=customer, signals=signals(beside)), sender, found)


def facts(given: Sequence[str]) -> dict[str, dict[str, Json]]:
    """`system.agents=false` and the like, by kind, then by name; raises AskError."""
    found: dict[str, dict[str, Json]] = {}
    for one in given:
        name, value = _pair(one)
        kind, _, own = name.partition(".")
        if kind not in (CUSTOMER, SYSTEM, STOCK) or not own:
            raise AskError(f"{name!r} is no fact: it begins with customer., system. or stock., then its name")
        found.setdefault(kind, {})[own] = value
    return found


def signals(given: Sequence[str]) -> dict[str, Signal] | None:
    """`vip=true` and the like; raises AskError."""
    return dict(map(_signal, given)) or None


def _signal(one: str) -> tuple[str, Signal]:
    name, value = _pair(one)
    try:
        return name, msgspec.convert(value, Signal)
    except msgspec.ValidationError:
        raise AskError(
            f"signal {name!r} is neither a text, a number, a truth value nor a list of texts"
        ) from None


def _pair(one: str) -> tuple[str, Json]:
    """A name with its value: JSON, or a text as it stands."""
    name, equals, raw = one.partition("=")
    if not name or not equals:
        raise AskError(f"{one!r} is not NAME=VALUE")
    try:
        value: Json = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return name, raw
    return name, value
