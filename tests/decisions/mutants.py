"""`python -m tests.decisions.mutants`: whether the decision table would notice if a comparison were another one."""

import argparse
import ast
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tests.decisions.case import Case, cases
from tests.decisions.way import differences

# Where anything is compared that decides what becomes of a message.
MODULES = ("processors.decide", "processors.policy", "processors.look", "processors.rules")
OTHERS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
EXTREMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function in which one thing is otherwise."""

    module: str
    line: int
    was: str
    became: str
    code: CodeType

    def __str__(self) -> str:
        """Where it is, what was changed."""
        return f"{self.module}:{self.line}: `{self.was}` became `{self.became}`"


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of a module's functions."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            for node in list(ast.walk(function)):
                for changed in changes(node):
                    _Replacing(node, changed).visit(function)
                    code = _compiled(function, module)
                    _Replacing(changed, node).visit(function)
                    yield Mutant(module.__name__, _line(node), _short(node), _short(changed), code)


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What can stand in the place of a node."""
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=others):
            yield from (ast.Compare(left, [other()], others) for other in OTHERS[type(operator)])
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for place in range(len(values)):
                rest = [*values[:place], *values[place + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.If(body=body, orelse=orelse):
            yield from (ast.If(ast.Constant(always), body, orelse) for always in (True, False))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.comprehension(target=target, iter=iterated, ifs=[_, *_], is_async=waits):
            yield ast.comprehension(target, iterated, [], waits)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in EXTREMES:
            yield ast.Call(ast.Name(EXTREMES[name], ast.Load()), args, keywords)
            yield from args if len(args) > 1 else ()
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            yield ast.BinOp(left, ast.Sub() if isinstance(operator, ast.Add) else ast.Add(), right)


def survivors(modules: Sequence[str], table: Sequence[Case]) -> tuple[int, list[Mutant]]:
    """How many mutants there are, those that no case notices."""
    tried, alive = 0, []
    # The case that noticed the last mutant is likely to notice the next one.
    order = list(table)
    for name in modules:
        module = import_module(name)
        for mutant in mutants(module):
            tried += 1
            noticed = _noticed(mutant, module, order)
            if noticed is None:
                alive.append(mutant)
            else:
                order.insert(0, order.pop(noticed))
    return tried, alive


def _noticed(mutant: Mutant, module: ModuleType, table: Sequence[Case]) -> int | None:
    """The place of the first case that comes out otherwise under a mutant."""
    function: FunctionType = getattr(module, mutant.code.co_name)
    before = function.__code__
    try:
        # Everybody who has imported the function holds the same object, so its code is changed, not its name.
        function.__code__ = mutant.code
        return next((place for place, case in enumerate(table) if _otherwise(case)), None)
    finally:
        function.__code__ = before


def _compiled(function: ast.FunctionDef, module: ModuleType) -> CodeType:
    alone = ast.fix_missing_locations(ast.Module([function], []))
    compiled = compile(alone, module.__file__ or "", "exec")
    return next(each for each in compiled.co_consts if isinstance(each, CodeType))


def _otherwise(case: Case) -> bool:
    """A case in which the mutant fails is noticed as well: the message was rejected, or nothing came back."""
    try:
        return bool(differences(case))
    except Exception:
        return True


class _Replacing(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        """Which one, by what."""
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        """The new one for the old one, all others as they are."""
        return self._new if node is self._old else self.generic_visit(node)


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _short(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return ast.unparse(node.iter) + "".join(f" if {ast.unparse(each)}" for each in node.ifs)
    return ast.unparse(node).partition("\n")[0]


def main() -> None:
    """Try every mutant; fail where one lives."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="example: python -m tests.decisions.mutants")
    parser.add_argument("modules", nargs="*", default=MODULES, help="modules to change; default: %(default)s")
    given = parser.parse_args()
    table, began = list(cases().values()), time.perf_counter()
    tried, alive = survivors(given.modules, table)
    print("\n".join(map(str, alive)))
    took = time.perf_counter() - began
    print(f"{tried} mutants against {len(table)} cases in {took:.1f} s: {len(alive)} survive")
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
