"""Mutation testing: change one small thing in the rule, the gate, the seals or the log, and see whether a story fails.

Each mutant is the source with one node changed: a comparison turned, a condition denied, and/or exchanged, a truth
value turned, a number one higher. It is written into a copy of the tree, and the stories of that file run there. A
mutant that lives is either a story we lack or a change that means nothing; each is named in the report.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

TREE = Path(__file__).parents[2]
HANDS = 2
PATIENCE = 180
RULE = (
    "tests/storage/test_rule_ways.py", "tests/storage/test_rule_stories.py", "tests/storage/test_rule_readers.py",
    "tests/prove/test_table.py",
)  # fmt: skip
DOOR = (
    "tests/contract/test_visits.py", "tests/contract/test_sitting.py", "tests/contract/test_extract.py",
    "tests/storage/test_keys.py", "tests/contract/test_guarding.py", "tests/test_doors.py",
)  # fmt: skip
SEALS = (
    "tests/storage/test_sealing.py", "tests/contract/test_parts_as_they_lie.py", "tests/storage/test_culling.py",
    "tests/test_recovery.py",
)  # fmt: skip
LOG = (
    "tests/storage/test_log_links.py", "tests/contract/test_visits.py", "tests/contract/test_anchors.py",
    "tests/test_command_line.py",
)  # fmt: skip
STORIES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "storage/consent.py": RULE, "storage/_rule_ground.py": RULE, "storage/_rule_self.py": RULE,
    "storage/_rule_staff.py": RULE, "storage/_rule_ties.py": RULE, "storage/_rule_ways.py": RULE,
    "storage/gate.py": DOOR, "storage/_sealing.py": SEALS, "storage/_envelope.py": SEALS, "storage/audit.py": LOG,
})  # fmt: skip
# What lives in memory and on a file is enough here: the rule and the door are the same on each database.
ONLY = "not postgres and not passkey"
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType({
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the file, the line, what was changed, and the source with it."""

    file: str
    line: int
    what: str
    source: str


class AlreadyRed(Exception):
    """Stories that fail on the tree as it is, by name."""


@dataclass
class Figures:
    """How many were tried, and which lived."""

    tried: int = 0
    lived: list[str] = field(default_factory=list)


def mutants(file: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse((TREE / file).read_text(encoding="utf-8"))
    for place, node in enumerate(ast.walk(tree)):
        for what in _changes(node):
            changed = copy.deepcopy(tree)
            _change(next(n for at, n in enumerate(ast.walk(changed)) if at == place), what)
            yield Mutant(file, getattr(node, "lineno", 0), what, ast.unparse(changed))


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _TURNED:
            yield "comparison turned"
        case ast.BoolOp():
            yield "and/or exchanged"
        case ast.If() | ast.IfExp():
            yield "condition denied"
        case ast.Constant(value=bool()):
            yield "truth turned"
        case ast.Constant(value=int()):
            yield "number raised"


def _change(node: ast.AST, what: str) -> None:
    match node, what:
        case ast.Compare(), "comparison turned":
            node.ops = [_TURNED[type(node.ops[0])]()]
        case ast.BoolOp(), "and/or exchanged":
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ((ast.If() | ast.IfExp()), "condition denied"):
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Constant(), "truth turned":
            node.value = not node.value
        case ast.Constant(value=int(number)), "number raised":
            node.value = number + 1


def run(most: int | None = None, seed: int = 1, files: tuple[str, ...] = tuple(STORIES)) -> Figures:
    """Try every mutant, or so many of them picked by chance.

    Raises:
        AlreadyRed: a story fails without any change, so that none could be told from one that kills.
    """
    every = [mutant for file in files for mutant in mutants(file)]
    if most is not None and len(every) > most:
        every = random.Random(seed).sample(every, most)
    figures = Figures(len(every))
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(HANDS) as hands:
        copies: SimpleQueue[Path] = SimpleQueue()
        for n in range(HANDS):
            copies.put(_copied(Path(scratch) / str(n)))
        tree = Path(scratch) / "0"
        if red := [
            one for one in dict.fromkeys(one for file in files for one in STORIES[file]) if not _passes(tree, one)
        ]:
            raise AlreadyRed(", ".join(red))
        for mutant, lives in zip(every, hands.map(lambda one: _lives(one, copies), every), strict=True):
            if lives:
                figures.lived.append(f"{mutant.file}:{mutant.line} {mutant.what}")
    return figures


def _copied(to: Path) -> Path:
    for name in ("bot", "storage", "tests", "deploy", "pyproject.toml", "README.md", "Makefile"):
        source = TREE / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to / name)
    return to


def _lives(mutant: Mutant, copies: SimpleQueue[Path]) -> bool:
    """Whether every story of its file still passes."""
    tree = copies.get()
    file = tree / mutant.file
    whole = file.read_bytes()
    try:
        file.write_text(mutant.source, encoding="utf-8")
        return all(_passes(tree, story) for story in STORIES[mutant.file])
    finally:
        file.write_bytes(whole)
        copies.put(tree)


def _passes(tree: Path, story: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", ONLY, story]
    around = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=tree, env=around, capture_output=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
