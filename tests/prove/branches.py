"""Branch coverage of the rule: which ways out of a decision no story of the rule has walked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.prove.mutants import TREE

RULE = ("storage/consent.py", "storage/_rule_*.py")
# What a person wrote down as an outcome; what is only compared with the reference says nothing of what is right.
STORIES = (
    "tests/storage/test_rule_ways.py", "tests/storage/test_rule_stories.py", "tests/storage/test_rule_readers.py",
    "tests/storage/test_rule_ties.py", "tests/storage/test_rule_staff.py", "tests/storage/test_rule_edges.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Branches:
    """How many there are and were walked, and from which line to which none went."""

    branches: int
    walked: int
    missing: tuple[str, ...]


class NotTold(Exception):
    """A story of the rule fails, so that what it walked proves nothing."""


def run() -> Branches:
    """Tell the stories and look where they went.

    Raises:
        NotTold: a story fails.
    """
    with tempfile.TemporaryDirectory() as scratch:
        around = {**os.environ, "COVERAGE_FILE": str(Path(scratch) / "walked")}
        told = _coverage(around, "run", "--branch", f"--include={','.join(RULE)}",
                         "-m", "pytest", "-q", "-p", "no:cacheprovider", *STORIES)  # fmt: skip
        if told.returncode != 0:
            raise NotTold(told.stdout)
        found = Path(scratch) / "walked.json"
        _coverage(around, "json", "-o", str(found)).check_returncode()
        seen = json.loads(found.read_text(encoding="utf-8"))
    there = {path.relative_to(TREE).as_posix() for pattern in RULE for path in TREE.glob(pattern)}
    unseen = there - seen["files"].keys()
    missing = [
        f"{file}:{first} to {'its end' if then < 0 else then}"
        for file, told_of in seen["files"].items()
        for first, then in told_of["missing_branches"]
    ]
    missing += [f"{file}:{line}" for file, told_of in seen["files"].items() for line in told_of["missing_lines"]]
    totals = seen["totals"]
    return Branches(totals["num_branches"], totals["covered_branches"], (*sorted(unseen), *missing))


def _coverage(around: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(command, cwd=TREE, env=around, capture_output=True, text=True, check=False)
