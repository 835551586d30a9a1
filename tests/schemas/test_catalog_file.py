"""Whatever is wrong with a catalog's file is told with its field at its line."""

import re

import pytest

from schemas.catalog import Catalog
from schemas.catalog_file import CatalogError, line_of, parse, parse_json

# Seven lines; what a test appends without indent is line 8, with an indent of four a field of order.place.
BASE = """\
tenant: acme
defaults: {confidence: 0.8}
intents:
  order.status: {risk_class: read_only, target: {kind: workflow, name: orders}}
  order.place:
    risk_class: network
    target: {kind: workflow, name: orders}
"""
FIELD = "    "
ORDER = "intents.order.place"
SHA = "ab" * 32
TARGET = "target: {kind: workflow, name: a}"


def fault(text: str) -> str:
    """What is said of a text that is no catalog."""
    with pytest.raises(CatalogError) as told:
        parse(text)
    return str(told.value)


def test_the_base_of_these_tests_is_well() -> None:
    assert len(parse(BASE).catalog.intents) == 2


SHAPES = {
    "an unknown field": ("treshold: 1\n", "line 8: treshold: "),
    "an unknown field of an intent": (f"{FIELD}treshold: 1\n", f"line 8: {ORDER}.treshold: "),
    "an unknown field of the defaults": (
        BASE.replace("{confidence", "{treshold"),
        "line 2: defaults.treshold: ",
    ),
    "a number above its bound": (
        f"{FIELD}confidence: 2\n",
        f"line 8: {ORDER}.confidence: Expected `float` <= 1",
    ),
    "a number that is none": (f"{FIELD}margin: .nan\n", f"line 8: {ORDER}.margin: Expected `float` >= 0"),
    "a share that is none": ("classes: {network: {review: .nan}}\n", "line 8: classes.network.review: "),
    "a confidence of nothing": (f"{FIELD}confidence: 0\n", f"line 8: {ORDER}.confidence: "),
    "an item of a list": (
        f"{FIELD}channels:\n{FIELD}- chat\n{FIELD}- fax\n",
        f"line 10: {ORDER}.channels.1: ",
    ),
    "a missing field": (
        BASE.replace("    risk_class: network\n", ""),
        f"line 5: {ORDER}: .*missing.*risk_class",
    ),
    "a second intent that is none": ("  order.lost: lost\n", "line 8: intents.order.lost: "),
    "a risk that there is not": (BASE.replace("network", "networking"), f"line 6: {ORDER}.risk_class: "),
    "a class that there is not": ("classes: {networking: {steps: 3}}\n", "line 8: classes.networking: "),
    "steps of a class": (
        "classes:\n  read_only: {steps: 1}\n  network: {steps: 0}\n",
        "line 10: classes.network.steps: ",
    ),
    "a domain below a domain": ("domains: {a.b: {bundle: b}}\n", "line 8: domains.a.b: "),
    "a domain that is never sure": (
        "domains: {order: {bundle: b, sure: 0.5}}\n",
        "line 8: domains.order.sure: ",
    ),
    "a field that is a number": ("2: x\n", "line 8: 2: "),
    "a field of an intent that is a number": (f"{FIELD}2: x\n", f"line 8: {ORDER}.2: "),
    "a name that is a number": (f"  4711: {{risk_class: read_only, {TARGET}}}\n", "line 8: intents.4711: "),
    "a detour inside of an intent": (
        f"{FIELD}detours:\n{FIELD}- when: 'true'\n{FIELD}  target: {{kind: workflow, nam: a}}\n",
        f"line 10: {ORDER}.detours.0.target.nam: ",
    ),
    "a rule": ("rules:\n- {name: a b, intent: order.place, says: [x]}\n", "line 9: rules.0.name: "),
    "a fact that breaks a key": ("facts: {system: [agents, 'a:b']}\n", "line 8: facts.system.1: "),
    "a quota of nothing": ("quota: {per_second: 0}\n", "line 8: quota.per_second: "),
    "a quota without end": ("quota: {per_second: .inf}\n", "line 8: quota.per_second: "),
    "a ceiling that there is not": ("ceiling: high\n", "line 8: ceiling: "),
    "a language that YAML takes for a no": (
        "locales: [no]\n",
        "line 8: locales.0: Expected `str`, got `bool`",
    ),
    "a fitted confidence": (
        f"fitted: {{bundle: b, intents_sha256: {SHA}, error: 0.02, certainty: 0.95, intents: {{order.place: 0}}}}\n",
        "line 8: fitted.intents.order.place: ",
    ),
    "what was fitted for nobody": (
        "fitted: {bundle: b, intents_sha256: abc, error: 0.02, certainty: 0.95}\n",
        "line 8: fitted.intents_sha256: ",
    ),
}


@pytest.mark.parametrize(("added", "said"), SHAPES.values(), ids=SHAPES.keys())
def test_what_has_the_wrong_shape_is_told_with_its_line(added: str, said: str) -> None:
    text = added if added.startswith("tenant") else BASE + added
    assert re.match(said, fault(text)), fault(text)


FAULTS = {
    "an intent called elsewhere": (
        f"  elsewhere: {{risk_class: read_only, {TARGET}}}\n",
        "line 8: intents.elsewhere: ",
    ),
    "an intent without a name": (
        f"  '': {{risk_class: read_only, {TARGET}}}\n",
        "line 8: intents.: a name is not empty",
    ),
    "blanks around a name": (
        f"  'a ': {{risk_class: read_only, {TARGET}}}\n",
        "line 8: intents.a : .*blanks around it",
    ),
    "a sink that is an intent": (
        "sink_label: order.place\n",
        "line 8: sink_label: 'order.place' is also an intent",
    ),
    "an alias that is an intent": (
        f"{FIELD}aliases: [b, order.status]\n",
        f"line 8: {ORDER}.aliases.1: 'order.status' is",
    ),
    "an alias that is the sink": (f"{FIELD}aliases: [oos]\n", f"line 8: {ORDER}.aliases.0: 'oos' is also"),
    "an alias that is elsewhere": (f"{FIELD}aliases: [elsewhere]\n", f"line 8: {ORDER}.aliases.0: "),
    "an alias of blanks": (f"{FIELD}aliases: [' ']\n", f"line 8: {ORDER}.aliases.0: .*blanks"),
    "an alias of two intents": (
        f"{FIELD}aliases: [b]\n  order.lost: {{risk_class: read_only, {TARGET}, aliases: [b]}}\n",
        f"line 8: {ORDER}.aliases.0: .*; line 9: intents.order.lost.aliases.0: ",
    ),
    "a parent that there is not": (
        f"{FIELD}parent: order\n",
        f"line 8: {ORDER}.parent: no intent is called order",
    ),
    "a parent that is itself": (
        f"{FIELD}parent: order.place\n",
        f"line 8: {ORDER}.parent: order.place is above itself",
    ),
    "two that are each other's parent": (
        f"{FIELD}parent: a\n  a: {{risk_class: read_only, {TARGET}, parent: order.place}}\n",
        f"line 8: {ORDER}.parent: order.place is above itself; line 9: intents.a.parent: a is above itself",
    ),
    "a successor that there is not": (
        f"{FIELD}deprecated: order\n",
        f"line 8: {ORDER}.deprecated: .* order is no intent",
    ),
    "a successor that is deprecated": (
        f"{FIELD}deprecated: a\n  a: {{risk_class: read_only, {TARGET}, deprecated: order.status}}\n",
        f"line 8: {ORDER}.deprecated: its successor a is deprecated itself",
    ),
    "a target without a name": (
        BASE.replace("name: orders}\n", "name: ' '}\n"),
        f"line 7: {ORDER}.target.name: a target needs a name",
    ),
    "a detour's target without a name": (
        f"{FIELD}detours: [{{when: 'true', target: {{kind: workflow, name: ''}}}}]\n",
        f"line 8: {ORDER}.detours.0.target.name: ",
    ),
    "a policy agent that nobody names": (
        f"{FIELD}unsure: policy_agent\n",
        f"line 8: {ORDER}.unsure: which one",
    ),
    "a tenant's policy agent that nobody names": (
        BASE.replace("{confidence: 0.8}", "{unsure: policy_agent}"),
        "line 2: defaults.unsure: which one",
    ),
    "a permission for nothing": (
        "permitted: [order.place, b]\n",
        "line 8: permitted.1: no intent is called b",
    ),
    "a domain without intents": ("domains: {oder: {bundle: b}}\n", "line 8: domains.oder: "),
    "two rules of one name": (
        "rules:\n- {name: a, intent: order.place, says: [x]}\n- {name: a, intent: order.status, says: [y]}\n",
        "line 9: rules.0.name: two rules are called a; line 10: rules.1.name: ",
    ),
    "a rule for no intent": (
        "rules:\n- {name: a, intent: b, says: [x]}\n",
        "line 9: rules.0.intent: no intent",
    ),
    "a rule without a condition": (
        "rules:\n- {name: a, intent: order.place}\n",
        "line 9: rules.0: .*says, when",
    ),
    "a rule for a channel alone": (
        "rules:\n- {name: a, intent: order.place, channels: [chat]}\n",
        "line 9: rules.0: a rule needs a condition",
    ),
    "a phrase of blanks": (
        "rules:\n- {name: a, intent: order.place, says: [x, ' ']}\n",
        "line 9: rules.0.says.1: ",
    ),
}


@pytest.mark.parametrize(("added", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_what_names_nothing_or_two_things_is_told_with_its_line(added: str, said: str) -> None:
    text = added if added.startswith("tenant") else BASE + added
    assert re.match(said, fault(text)), fault(text)


def test_every_fault_is_told_at_once() -> None:
    found = fault(BASE + f"{FIELD}parent: a\n{FIELD}deprecated: b\npermitted: [c]\n")
    assert [each.partition(":")[0] for each in found.split("; ")] == ["line 8", "line 9", "line 10"]


UNREADABLE = {
    "a key given twice": (BASE + "tenant: b\n", "not valid YAML: line 8: tenant is given twice"),
    "a field given twice": (BASE + f"{FIELD}risk_class: network\n", "line 8: risk_class is given twice"),
    "a bracket that is open": ("tenant: [\n", "not valid YAML: line 2: "),
    "a list as a name": ("? [a]\n: b\n", "not valid YAML: line 1: found unhashable key"),
    "a date that is none": (
        BASE + "locales: [2026-99-99]\n",
        "not valid YAML: line 8: month must be in 1..12",
    ),
    "a number by decree": (BASE + f"{FIELD}margin: !!float x\n", "not valid YAML: line 8: .*float"),
    "too deep": ("x: " + "[" * 5000, "nested too deeply"),
    "half a character": (BASE + 'locales: ["\\ud800"]\n', "surrogate"),
    "a character that YAML has not": ("\x00", "not valid YAML: .*#x0000"),
    "code": ("!!python/object/apply:os.system ['true']", "not valid YAML: line 1: could not determine"),
}


@pytest.mark.parametrize(("text", "said"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_can_not_be_read_is_a_fault_in_one_line_never_another_error(text: str, said: str) -> None:
    assert re.search(said, fault(text)), fault(text)
    assert "\n" not in fault(text)


@pytest.mark.parametrize("content", [b"{", b'{"tenant": "\xff"}', b"[" * 5000, b'{"tenant": "a"}', b"12"])
def test_json_that_is_no_catalog_is_a_fault_too(content: bytes) -> None:
    with pytest.raises(CatalogError):
        parse_json(content)


def test_the_line_of_what_is_not_there_is_that_of_what_should_hold_it() -> None:
    assert line_of(BASE, ("intents", "order.place", "confidence")) == 5
    assert line_of(BASE, ("intents", "order.place", "target", "name")) == 7
    assert line_of(BASE, ("rules", 3)) is None
    assert line_of("a: [b, c]\n", ("a", 7)) == 1
    assert line_of("[", ("a",)) is None


def test_a_parent_is_the_longest_beginning_that_is_an_intent_or_the_one_that_is_named() -> None:
    each = f"{{risk_class: read_only, {TARGET}}}"
    names = "\n".join(f"  {name}: {each}" for name in ("a", "a.b", "a.b.c.d", "ab"))
    catalog: Catalog = parse(f"tenant: acme\nintents:\n{names}\n  x: {{<<: {each}, parent: a.b}}\n").catalog
    assert [list(catalog.above(name)) for name in ("a", "a.b", "a.b.c.d", "ab", "x")] == [
        [],
        ["a"],
        ["a.b", "a"],
        [],
        ["a.b", "a"],
    ]
    assert set(catalog.leaves) == {"a.b.c.d", "ab", "x"}
