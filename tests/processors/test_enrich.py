"""What was known of the customer stands beside the message; what could not be read is missing, not empty."""

from processors.enrich import enrich, wanted
from processors.flow import Contexts
from tests.processors.samples import decoded, message, record, written


def test_each_customer_is_asked_for_once() -> None:
    batch = decoded(
        record(written(customer="u-7")),
        record(written(customer="u-7")),
        record(written(customer="u-7", tenant="acme")),
        record(written()),
        record(written(customer="")),
        record(b"{"),
    )
    assert wanted(batch) == {("default", "u-7"), ("acme", "u-7")}


def test_facts_go_to_their_customer_of_their_tenant() -> None:
    contexts = Contexts({("default", "u-7"): {"tier": "gold"}, ("acme", "u-7"): {"tier": "none"}})
    one, other = enrich([message(customer="u-7"), message(customer="u-7", tenant="acme")], contexts)
    assert (one.context, other.context) == ({"tier": "gold"}, {"tier": "none"})


def test_a_customer_of_whom_nothing_is_known_has_an_empty_context() -> None:
    (one,) = enrich([message(customer="u-7")], Contexts({("default", "u-7"): {}}))
    assert one.context == {}


def test_a_customer_who_could_not_be_asked_for_has_no_context() -> None:
    (one,) = enrich([message(customer="u-7")], Contexts())
    assert one.context is None


def test_a_message_without_a_customer_misses_nothing() -> None:
    (one,) = enrich([message()], Contexts())
    assert one.context == {}
