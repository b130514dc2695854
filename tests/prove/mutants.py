"""Mutants: the source of the rule, the door, the seals and the log with one small thing changed, each by itself.

A mutant is the source with one node changed: a comparison turned, a condition denied or a part of it dropped, a truth
value turned, a number one higher, a refusal, a way out or a step left out, a member or a filter of a set dropped, the
sides of a sum exchanged. `and` for `or` is not tried: whoever notices that a part is missing notices that, too. Nothing
here runs one; `trying` does.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

TREE = Path(__file__).parents[2]
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType({
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
})  # fmt: skip
# Turned, these say the opposite; the others only stop or begin one sooner.
_WHOLLY = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, of which sort, from what to what, and the whole source with it.

    `within` is the function or class, `text` the words of the line: they name a mutant also after lines have moved.
    """

    file: str
    line: int
    within: str
    text: str
    sort: str
    change: str
    source: str

    def __str__(self) -> str:
        """For a report."""
        return f"{self.file}:{self.line} {self.within} {self.change}"


@dataclass(frozen=True, slots=True)
class _Slot:
    """A node and the place it hangs in."""

    holder: ast.AST | list[ast.AST]
    at: int | str
    node: ast.AST
    parent: ast.AST
    within: str

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if isinstance(self.holder, list):
            self.holder[int(self.at)] = node
        else:
            setattr(self.holder, str(self.at), node)


@dataclass(frozen=True, slots=True)
class _Change:
    """What takes a node's place, and in words what that changes."""

    sort: str
    old: ast.AST
    new: ast.AST
    there: ast.AST

    def told(self, parent: ast.AST) -> str:
        """`old → new`, on one line; a value that is handed in by name with its name."""
        name = f"{parent.arg}=" if isinstance(parent, ast.keyword) and parent.arg else ""
        return " ".join(f"{name}{ast.unparse(self.old)} → {name}{ast.unparse(self.new)}".split())


def mutants(file: str) -> Iterator[Mutant]:
    """Every mutant of a file, each source once."""
    whole = (TREE / file).read_text(encoding="utf-8")
    lines, tree = whole.splitlines(), ast.parse(whole)
    seen = {ast.unparse(tree)}
    for slot in list(_slots(tree, "")):
        for change in _changes(slot.node, slot.parent):
            slot.put(change.there)
            source = ast.unparse(tree)
            slot.put(slot.node)
            if source not in seen:
                seen.add(source)
                line = getattr(change.old, "lineno", 0)
                text, told = lines[line - 1].strip(), change.told(slot.parent)
                yield Mutant(file, line, slot.within, text, change.sort, told, source)


def _slots(parent: ast.AST, within: str) -> Iterator[_Slot]:
    """Every node that does something; what a name's type is does nothing."""
    for name, value in ast.iter_fields(parent):
        if name in ("annotation", "returns"):
            continue
        inside: list[tuple[ast.AST | list[ast.AST], int | str, object]] = (
            [(value, at, one) for at, one in enumerate(value)] if isinstance(value, list) else [(parent, name, value)]
        )
        for holder, at, node in inside:
            if isinstance(node, ast.AST):
                name_of = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
                here = ".".join([*filter(None, [within]), *name_of])
                yield _Slot(holder, at, node, parent, here)
                yield from _slots(node, here)


def _changes(node: ast.AST, parent: ast.AST) -> Iterator[_Change]:
    yield from _of_statement(node, parent)
    yield from _of_condition(node, parent)
    yield from _of_value(node, parent)


def _of_statement(node: ast.AST, parent: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Raise(exc=ast.expr()):
            yield _Change("refusal dropped", node, ast.Pass(), ast.Pass())
        case ast.Return() if isinstance(parent, ast.If | ast.match_case):
            yield _Change("way out dropped", node, ast.Pass(), ast.Pass())
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield _Change("step dropped", node, ast.Pass(), ast.Pass())


def _of_condition(node: ast.AST, parent: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _TURNED:
            new = _with(node, ops=[_TURNED[type(op)]()])
            yield _Change("comparison turned", node, new, new)
        case ast.BoolOp(values=values):
            for at in range(len(values)):
                rest = values[:at] + values[at + 1 :]
                new = rest[0] if len(rest) == 1 else _with(node, values=rest)
                yield _Change("part dropped", node, new, new)
        case ast.If(test=test) | ast.IfExp(test=test) if not _is_denied_within(test):
            denied = ast.UnaryOp(ast.Not(), test)
            yield _Change("condition denied", test, denied, _with(node, test=denied))
        case ast.UnaryOp(op=ast.Not(), operand=operand) if not isinstance(parent, ast.If | ast.IfExp):
            yield _Change("denial dropped", node, operand, operand)
        case ast.comprehension(ifs=filters):
            for at, dropped in enumerate(filters):
                rest = filters[:at] + filters[at + 1 :]
                yield _Change("filter dropped", dropped, ast.Constant(value=True), _with(node, ifs=rest))


def _of_value(node: ast.AST, parent: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Constant(value=bool(said)):
            new = _with(node, value=not said)
            yield _Change("truth turned", node, new, new)
        case ast.Constant(value=int(number)):
            new = _with(node, value=number + 1)
            yield _Change("number raised", node, new, new)
        case ast.Set(elts=members):
            yield from _with_one_less(node, members)
        case ast.Tuple(elts=members) if isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.In):
            yield from _with_one_less(node, members)
        case ast.BinOp(op=(ast.Add() | ast.Sub()), left=left, right=right) if not _is_plain_sum(node):
            new = _with(node, left=right, right=left)
            yield _Change("sides exchanged", node, new, new)


def _is_denied_within(test: ast.expr) -> bool:
    """Whether a mutant of the test itself is found by no story that would not find the whole denied."""
    return isinstance(test, ast.BoolOp) or (isinstance(test, ast.Compare) and type(test.ops[0]) in _WHOLLY)


def _with_one_less(node: ast.AST, members: list[ast.expr]) -> Iterator[_Change]:
    for at in range(len(members)):
        new = _with(node, elts=members[:at] + members[at + 1 :])
        yield _Change("member dropped", node, new, new)


def _is_plain_sum(node: ast.BinOp) -> bool:
    """A sum of numbers is the same from both sides: one with a number in it, or of constants and lengths alone."""
    if not isinstance(node.op, ast.Add):
        return False
    sides, parts = [node.left, node.right], []
    while sides:
        side = sides.pop()
        if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Add):
            sides += [side.left, side.right]
        else:
            parts.append(side)
    numbered = any(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in parts)
    return numbered or all(isinstance(part, ast.Name) and part.id.isupper() for part in parts)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """The same node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new
