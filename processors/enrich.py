"""The step that adds what was known of the customer before."""

from collections.abc import Sequence

from processors.flow import ContextKey, Contexts, Decoded, Enriched, Facts, Message

_NOTHING: Facts = {}


def wanted(decoded: Decoded) -> frozenset[ContextKey]:
    """Whose facts the batch needs, each (tenant, customer) once."""
    return frozenset(
        (item.tenant, item.inbound.customer)
        for item in decoded.items
        if isinstance(item, Message) and item.inbound.customer
    )


def enrich(messages: Sequence[Message], contexts: Contexts) -> list[Enriched]:
    """Every message with its facts: none of an unnamed customer, None where they could not be read."""
    return [Enriched(message, _facts(message, contexts)) for message in messages]


def _facts(message: Message, contexts: Contexts) -> Facts | None:
    customer = message.inbound.customer
    return contexts.facts.get((message.tenant, customer)) if customer else _NOTHING
