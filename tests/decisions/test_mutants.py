"""No comparison of the decision can be another one without a case of the table that notices."""

import ast
from types import ModuleType

import processors.decide
from tests.decisions.case import cases
from tests.decisions.mutants import changes, mutants, survivors

CASES = cases()


def written(source: str) -> list[str]:
    (statement,) = ast.parse(source).body
    return [ast.unparse(each) for node in ast.walk(statement) for each in changes(node)]


def test_no_mutant_of_the_decision_lives() -> None:
    tried, alive = survivors(["processors.decide", "processors.policy"], list(CASES.values()))
    assert alive == [], "\n".join(map(str, alive))
    assert tried > 80


def test_a_table_that_looks_at_one_thing_lets_mutants_live() -> None:
    _, alive = survivors(["processors.rules"], [CASES["limits: exactly .85 is routed"]])
    assert len(alive) > 10


def test_after_the_run_the_decision_is_as_it_was() -> None:
    before = codes(processors.decide)
    survivors(["processors.decide"], [CASES["limits: exactly .85 is routed"]])
    assert codes(processors.decide) == before


def test_every_mutant_is_another_function() -> None:
    for each in mutants(processors.decide):
        assert each.code != getattr(processors.decide, each.code.co_name).__code__, each


def test_a_limit_is_moved_to_its_other_side_as_well_as_turned_round() -> None:
    assert written("a < b") == ["a <= b", "a >= b"]
    assert written("a >= b") == ["a > b", "a < b"]
    assert written("a is None") == ["a is not None"]
    assert written("a not in b") == ["a in b"]
    assert written("min(a, b)") == ["max(a, b)", "a", "b"]
    assert written("a and b") == ["a or b", "b", "a"]
    assert written("a if b else c") == ["a", "c"]
    assert written("not a") == ["a"]
    assert written("a - b") == ["a + b"]
    assert written("any(a)") == ["all(a)"]
    assert written("if a: b") == ["if True:\n    b", "if False:\n    b"]


def codes(module: ModuleType) -> dict[str, bytes]:
    return {name: each.__code__.co_code for name, each in vars(module).items() if hasattr(each, "__code__")}
