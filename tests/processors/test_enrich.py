"""What was known of the customer stands beside the message; what could not be read is missing, not empty."""

import pytest

from processors.enrich import enrich, wanted
from processors.flow import Context, Contexts, Json
from tests.processors.samples import decoded, desk, message, record, snapshot, written

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
