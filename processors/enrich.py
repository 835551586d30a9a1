"""The step that adds what was known before: of the customer, of the systems, of the stock."""

from collections.abc import Mapping, Sequence

from processors.book import Book
from processors.desk import Desk
from processors.flow import Context, ContextKey, Contexts, Decoded, Enriched, Facts, Json, Message
from schemas.vocabulary import Flag

CUSTOMER, SYSTEM, STOCK = "customer", "system", "stock"
_NOTHING: Facts = {}
# What is beyond a quota that nobody could count is answered all the same.
_UNMETERED = (Flag.CONTEXT_MISSING,)
_NO_CONTEXT = Context(_NOTHING, _NOTHING, _NOTHING)


def wanted(decoded: Decoded, desk: Desk) -> frozenset[ContextKey]:
    """Whose facts the batch needs, with the facts that the catalogs of its tenants name, each once."""
    messages = [item for item in decoded.items if isinstance(item, Message)]
    keys = {(one.tenant, CUSTOMER, one.inbound.customer) for one in messages if one.inbound.customer}
    for tenant in {one.tenant for one in messages}:
        book = desk.book(tenant)
        if book is not None:
            keys |= {(tenant, kind, name) for kind, names in _named(book) for name in names}
    return frozenset(keys)


def enrich(messages: Sequence[Message], contexts: Contexts, desk: Desk) -> list[Enriched]:
    """Every message with its facts: none of an unnamed customer, None where they could not be read."""
    around = {tenant: _around(tenant, contexts, desk) for tenant in {one.tenant for one in messages}}
    unmetered = () if contexts.metered else _with_quota(desk)
    return [
        Enriched(
            one, _context(one, around[one.tenant], contexts), _UNMETERED if one.tenant in unmetered else ()
        )
        for one in messages
    ]


def _with_quota(desk: Desk) -> frozenset[str]:
    """The tenants whose messages are counted."""
    return frozenset(tenant for tenant, book in desk.books.items() if book.catalog.quota is not None)


def _context(message: Message, around: Context | None, contexts: Contexts) -> Context | None:
    """The customer's facts with those around him."""
    customer = message.inbound.customer
    if around is None or not customer:
        return around
    key = (message.tenant, CUSTOMER, customer)
    if key not in contexts.facts:
        return None
    found = contexts.facts[key]
    # Anything but an object says nothing by name.
    return Context(found, around.system, around.stock) if isinstance(found, Mapping) else around


def _around(tenant: str, contexts: Contexts, desk: Desk) -> Context | None:
    """What a tenant's catalog wants to know beside the customer; None where it could not be read."""
    book = desk.book(tenant)
    if book is None:
        return _NO_CONTEXT
    found: dict[str, dict[str, Json]] = {SYSTEM: {}, STOCK: {}}
    for kind, names in _named(book):
        for name in names:
            key = (tenant, kind, name)
            if key not in contexts.facts:
                return None
            if contexts.facts[key] is not None:
                found[kind][name] = contexts.facts[key]
    return Context(_NOTHING, found[SYSTEM], found[STOCK])


def _named(book: Book) -> tuple[tuple[str, tuple[str, ...]], ...]:
    facts = book.catalog.facts
    return (SYSTEM, facts.system), (STOCK, facts.stock)
