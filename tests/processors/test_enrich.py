"""What was known of the customer stands beside the message; what could not be read is missing, not empty."""

import pytest

from processors.desk import Desk
from processors.enrich import enrich, wanted
from processors.flow import Context, ContextKey, Contexts, Decision, Json
from processors.triage import triage
from tests.processors.samples import NOW, decoded, desk, message, opened, record, snapshot, written

DESK = desk(others=[snapshot(tenant="acme")])
NOTHING = Context({}, {}, {})


def test_each_customer_is_asked_for_once() -> None:
    batch = decoded(
        record(written(customer="u-7")),
        record(written(customer="u-7")),
        record(written(customer="u-7", tenant="acme")),
        record(written()),
        record(written(customer="")),
        record(b"{"),
    )
    assert wanted(batch, DESK) == {("default", "customer", "u-7"), ("acme", "customer", "u-7")}


def test_facts_go_to_their_customer_of_their_tenant() -> None:
    contexts = Contexts(
        {("default", "customer", "u-7"): {"tier": "gold"}, ("acme", "customer", "u-7"): {"tier": "none"}}
    )
    one, other = enrich([message(customer="u-7"), message(customer="u-7", tenant="acme")], contexts, DESK)
    assert (one.context, other.context) == (
        Context({"tier": "gold"}, {}, {}),
        Context({"tier": "none"}, {}, {}),
    )


def test_a_customer_of_whom_nothing_is_known_has_an_empty_context() -> None:
    (one,) = enrich([message(customer="u-7")], Contexts({("default", "customer", "u-7"): None}), DESK)
    assert one.context == NOTHING


@pytest.mark.parametrize("fact", [None, 12, "gold", ["gold"]])
def test_what_is_no_object_says_nothing_of_a_customer(fact: Json) -> None:
    (one,) = enrich([message(customer="u-7")], Contexts({("default", "customer", "u-7"): fact}), DESK)
    assert one.context == NOTHING


def test_a_customer_who_could_not_be_asked_for_has_no_context() -> None:
    (one,) = enrich([message(customer="u-7")], Contexts(), DESK)
    assert one.context is None


def test_a_message_without_a_customer_misses_nothing() -> None:
    (one,) = enrich([message()], Contexts(), DESK)
    assert one.context == NOTHING


AROUND = """
tenant: TENANT
facts: {system: [agents, shop], stock: [lamp]}
intents: {order: {risk_class: read_only, target: {kind: workflow, name: a}}}
"""


def around(*tenants: str) -> Desk:
    """Tenants whose rules want to know of systems, of the stock; beside them one whose rules do not."""
    books = {tenant: opened(AROUND.replace("TENANT", tenant)) for tenant in tenants}
    return Desk({**desk().books, **books}, NOW)


def known(tenant: str, **changes: Json) -> dict[ContextKey, Json]:
    """What Redis says of a tenant's systems and stock."""
    facts: dict[str, Json] = {"agents": "away", "shop": None, "lamp": 3} | changes
    return {(tenant, "stock" if name == "lamp" else "system", name): fact for name, fact in facts.items()}


def test_facts_about_systems_and_stock_are_asked_for_once_a_tenant_that_names_them() -> None:
    batch = decoded(*[record(written(tenant=tenant)) for tenant in ("a", "a", "b", "default", "unheard-of")])
    assert wanted(batch, around("a", "b", "c")) == known("a").keys() | known("b").keys()


def test_a_message_sees_the_systems_and_the_stock_of_its_tenant_alone() -> None:
    facts = known("a") | known("b", agents="here") | {("a", "customer", "u-7"): {"tier": "gold"}}
    messages = [message(tenant="a", customer="u-7"), message(tenant="b"), message()]
    one, other, plain = enrich(messages, Contexts(facts), around("a", "b"))
    assert one.context == Context({"tier": "gold"}, {"agents": "away"}, {"lamp": 3})
    assert other.context == Context({}, {"agents": "here"}, {"lamp": 3})
    assert plain.context == NOTHING


@pytest.mark.parametrize("fact", [False, 0, "", [], {}])
def test_a_fact_of_little_is_still_a_fact(fact: Json) -> None:
    (one,) = enrich([message(tenant="a")], Contexts(known("a", agents=fact)), around("a"))
    assert one.context is not None
    assert one.context.system == {"agents": fact}


@pytest.mark.parametrize(
    "lost", [("a", "system", "agents"), ("a", "stock", "lamp"), ("a", "customer", "u-7")]
)
def test_what_could_not_be_read_in_part_is_not_half_known(lost: ContextKey) -> None:
    facts = known("a") | {("a", "customer", "u-7"): {"tier": "gold"}}
    del facts[lost]
    (one,) = enrich([message(tenant="a", customer="u-7")], Contexts(facts), around("a"))
    assert one.context is None


def test_a_fact_that_turns_turns_the_route_of_the_next_message() -> None:
    ruled = AROUND.replace("TENANT", "a") + (
        "rules:\n- {name: closed, intent: order, when: "
        "['has(context.system.agents) && context.system.agents == \"away\"']}\n"
    )
    under = Desk({"a": opened(ruled)}, NOW)
    said = [
        triage(enrich([message(tenant="a")], Contexts(known("a", agents=fact)), under), under)[0]
        for fact in ("away", "here", None)
    ]
    assert [isinstance(one, Decision) for one in said] == [True, False, False]
