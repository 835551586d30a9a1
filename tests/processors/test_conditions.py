"""A condition is true, false or an error by type; what is surely none of these is refused at load."""

import pytest

from processors.conditions import Asker, ConditionError, condition, phrases
from processors.flow import Facts, Json
from tests.processors.samples import enriched

FACTS: Facts = {"tier": "gold", "orders": 3, "open": [1, 2], "address": {"country": "NO"}, "vip": True}
SIGNALS = {"device": "ios", "retries": 2, "urgent": True}


def asked(source: str, facts: Facts | None = None) -> bool | str:
    """What a condition says of a chat message of a customer with these facts."""
    one = enriched(context=FACTS if facts is None else facts, channel="chat", locale="en-GB", signals=SIGNALS)
    return Asker(one).holds(condition(source))


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("true", True),
        ("text.contains('parcel')", True),
        ("text.matches('^Where')", False),
        ("channel == 'chat'", True),
        ("locale.startsWith('en')", True),
        ("signals.retries > 1 && signals.urgent == true", True),
        ("'device' in signals", True),
        ("has(signals.browser)", False),
        ("context.customer.tier == 'silver'", False),
        ("context.customer.orders >= 3.0", True),
        ("size(context.customer.open) == 2", True),
        ("context.customer.address.country in ['NO', 'SE']", True),
        ("has(context.customer.company) && context.customer.company.size > 10", False),
        ("has(context.system.agents) || has(context.stock.lamp)", False),
        # What is told by one side of an "or" needs no other.
        ("context.customer.company == 'acme' || context.customer.vip == true", True),
    ],
)
def test_a_condition_sees_text_channel_locale_signals_context(source: str, holds: bool) -> None:
    assert asked(source) is holds


@pytest.mark.parametrize(
    "source",
    [
        "context.customer.company == 'acme'",
        "context.system.agents == 'away'",
        "context.stock.lamp > 0",
        "signals.browser == 'x'",
        "context.customer.company == 'acme' || context.customer.vip == false",
        "signals.device > 3",
        "context.customer.open.contains('x')",
        "!signals.device",
        "signals.device ? true : false",
        "1 / 0 == 1",
        "text.matches('(')",
    ],
)
def test_what_can_not_be_told_is_an_error_neither_yes_nor_no(source: str) -> None:
    answer = asked(source)
    assert isinstance(answer, str)
    assert answer, "an error that says nothing"


@pytest.mark.parametrize("fact", [10**30, "\ud800"])
def test_a_fact_that_no_condition_can_take_is_an_error_not_an_exception(fact: Json) -> None:
    assert isinstance(asked("has(context.customer.tier)", {"odd": fact}), str)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("'yes'", "gives string, not true or false"),
        ("text", "gives string"),
        ("1", "gives int"),
        ("null", "gives null"),
        ("signals", "gives map"),
        # What may be true or false may be a text too, which would count as true.
        ("signals.urgent", "gives dyn"),
        ("context.customer.vip", "gives dyn"),
        ("text == 1", "no matching overload"),
        ("customer.tier == 'gold'", "undeclared reference"),
        ("now > 3", "undeclared reference"),
        ("text = 'a'", "Syntax error"),
        ("", "Syntax error"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_line(source: str, why: str) -> None:
    with pytest.raises(ConditionError, match=why) as told:
        condition(source)
    assert "\n" not in str(told.value)


def test_what_could_not_be_read_looks_like_what_is_not_there() -> None:
    one = type(enriched())(enriched().message, None)
    assert Asker(one).holds(condition("has(context.customer.tier)")) is False
    assert isinstance(Asker(one).holds(condition("context.customer.tier == 'gold'")), str)


def test_where_and_in_which_language_nobody_said_is_empty() -> None:
    assert Asker(enriched()).holds(condition("channel == '' && locale == ''")) is True


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where IS my Refund?", True),
        ("my  \n refund, please", True),
        ("my refunds", False),
        ("dummy refund", False),
        ("call me back!", True),
        ("c++", True),
        ("c+ +", False),
    ],
)
def test_a_phrase_is_found_as_whole_words_however_they_are_spaced(text: str, found: bool) -> None:
    wanted = phrases(("my refund", "CALL me back", "c++"))
    assert wanted is not None
    assert Asker(enriched(text)).says(wanted) is found


@pytest.mark.parametrize(
    "text",
    ["A RISK", "a ri\u017fk", "a R\u0130SK", "a r\u0131sk", "\u212a", "k", "asterisk", "Gr\u00fc\u1e9ee"],
)
@pytest.mark.parametrize("said", ["risk", "k", "r\u0130sk", "gr\u00fc\u00dfe"])
def test_a_text_without_a_clue_has_no_phrase_in_any_script(text: str, said: str) -> None:
    wanted = phrases((said, "something else"))
    assert wanted is not None
    assert Asker(enriched(text)).says(wanted) is (wanted.pattern.search(text) is not None)


def test_no_phrases_are_no_pattern() -> None:
    assert phrases(()) is None
