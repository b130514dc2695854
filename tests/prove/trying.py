"""Mutation testing: each mutant is put into a copy of the tree, and the stories of its file are told there.

One that lives is either a story we lack, or means nothing; those that mean nothing are named in `equivalents`.
By itself: `python -m tests.prove.trying storage/audit.py` tries the mutants of one file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

from tests.prove.branches import STORIES as WALKED
from tests.prove.equivalents import EQUIVALENT, matched
from tests.prove.mutants import TREE, Mutant, mutants

HANDS = int(os.environ.get("MUTANT_HANDS", "2"))
# A mutant may run for ever. A story has so many times as long as it took on the tree as it is, and so many seconds.
PATIENCE, LONGEST, LEAST = 5, 180, 20
# Those that stand in one line are told by one process.
RULE = (" ".join(WALKED), "tests/prove/test_table.py")
DOOR = (
    "tests/contract/test_sitting.py", "tests/contract/test_whole_or_not.py", "tests/contract/test_visits.py",
    "tests/contract/test_extract.py", "tests/storage/test_keys.py", "tests/contract/test_guarding.py",
    "tests/test_doors.py", "tests/storage/test_looking.py", "tests/contract/test_beside_a_card.py",
)  # fmt: skip
SEALS = (
    "tests/storage/test_sealing.py", "tests/storage/test_locksmith.py", "tests/contract/test_parts_as_they_lie.py",
    "tests/storage/test_culling.py", "tests/test_recovery.py",
)  # fmt: skip
LOG = ("tests/storage/test_log_links.py", "tests/contract/test_visits.py", "tests/contract/test_anchors.py")
CHAINS = (
    "tests/contract/test_sitting.py tests/storage/test_log_links.py", "tests/contract/test_chains_of_rules.py",
    "tests/contract/test_forged_rows.py", "tests/contract/test_visits.py", "tests/contract/test_put_back.py",
    "tests/storage/test_safety.py",
)  # fmt: skip
DEEDS = (
    "tests/storage/test_rule_deeds.py", "tests/contract/test_guarding.py", "tests/contract/test_shutting.py",
    "tests/contract/test_carrying_cases_in.py",
)  # fmt: skip
# By file, the stories that must fail, the quickest to fail first.
STORIES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "storage/consent.py": RULE, "storage/_rule_ground.py": RULE, "storage/_rule_self.py": RULE,
    "storage/_rule_staff.py": RULE, "storage/_rule_ties.py": RULE, "storage/_rule_ways.py": RULE,
    "storage/standing.py": ("tests/storage/test_standing.py", "tests/storage/test_verdicts.py", *RULE, *DEEDS),
    "storage/verdicts.py": ("tests/storage/test_verdicts.py", *RULE), "storage/_chain.py": CHAINS,
    "storage/_deeds_rules.py": DEEDS,
    "storage/audit.py": LOG, "storage/_envelope.py": SEALS, "storage/_sealing.py": SEALS, "storage/gate.py": DOOR,
})  # fmt: skip
# What lives in memory and on a file is enough here: the rule and the door are the same on each database, but for whom
# they let wait, and that story is told on the one where somebody waits.
ONLY = "not postgres and not passkey"


class AlreadyRed(Exception):
    """Stories that fail on the tree as it is, by name."""


@dataclass
class Figures:
    """What became of the mutants of one file."""

    killed: int = 0
    equivalent: int = 0
    alive: list[str] = field(default_factory=list)
    # Named as equivalent, and yet a story fails: the table is wrong.
    misnamed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The killed among those that mean something."""
        return self.killed / (self.killed + len(self.alive))

    def __str__(self) -> str:
        """For a report."""
        return f"{self.killed} killed, {self.equivalent} equivalent, {len(self.alive)} alive"


class Stories:
    """One copy of the tree, and a warm process in which its stories are told."""

    def __init__(self, tree: Path) -> None:
        """Copy the tree there and wait for the first story."""
        self.tree = _copied(tree)
        self.patience: dict[str, int] = {}
        self._teller = subprocess.Popen(
            [sys.executable, str(tree / "tests" / "prove" / "warm_stories.py"), ONLY],
            cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Stories:
        """Be ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._teller.communicate()

    def pass_(self, story: str) -> bool:
        """Whether every test in a story's file, or in those of one line, passes in the time there is."""
        assert self._teller.stdin is not None
        assert self._teller.stdout is not None
        self._teller.stdin.write(json.dumps([story, self.patience.get(story, LONGEST)]) + "\n")
        self._teller.stdin.flush()
        return int(self._teller.stdout.readline()) == 0

    def survived(self, mutant: Mutant) -> bool:
        """Whether every story of the file passes with this change in it."""
        file = self.tree / mutant.file
        whole = file.read_bytes()
        try:
            file.write_text(mutant.source, encoding="utf-8")
            _forget_compiled(file)
            return all(self.pass_(story) for story in STORIES[mutant.file])
        finally:
            file.write_bytes(whole)
            _forget_compiled(file)


def run(files: Sequence[str] = tuple(STORIES)) -> dict[str, Figures]:
    """Try every mutant of the files; what became of them, by file.

    Raises:
        AlreadyRed: a story fails without any change, so that none could be told from one that kills.
        Stale: the table of equivalents names what is no mutant, or more than one.
    """
    every = {file: list(mutants(file)) for file in files}
    named = matched([one for some in every.values() for one in some], [one for one in EQUIVALENT if one.file in every])
    found = {file: Figures() for file in files}
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as kept, ThreadPoolExecutor(HANDS) as hands:
        each = [kept.enter_context(Stories(Path(scratch) / str(n))) for n in range(HANDS)]
        _tell_unchanged(each, files)
        copies: SimpleQueue[Stories] = SimpleQueue()
        for one in each:
            copies.put(one)
        for file, some in every.items():
            for mutant, lives in zip(some, hands.map(lambda one: _tried(one, copies), some), strict=True):
                _count(found[file], mutant, lives=lives, named=mutant in named)
            print(f"  {file}: {found[file]}", file=sys.stderr, flush=True)
    return found


def _count(figures: Figures, mutant: Mutant, *, lives: bool, named: bool) -> None:
    if lives and named:
        figures.equivalent += 1
    elif lives:
        figures.alive.append(str(mutant))
        print(f"  alive: {mutant}", file=sys.stderr, flush=True)
    else:
        figures.killed += 1
        if named:
            figures.misnamed.append(str(mutant))


def _tell_unchanged(each: Sequence[Stories], files: Sequence[str]) -> None:
    """Every story once on the tree as it is: none may fail, and how long each takes is remembered."""
    patience, red = dict[str, int](), list[str]()
    for story in dict.fromkeys(story for file in files for story in STORIES[file]):
        began = time.monotonic()
        if not each[0].pass_(story):
            red.append(story)
        patience[story] = min(LONGEST, LEAST + PATIENCE * round(time.monotonic() - began))
    if red:
        raise AlreadyRed(", ".join(red))
    for one in each:
        one.patience = patience


def _tried(mutant: Mutant, copies: SimpleQueue[Stories]) -> bool:
    stories = copies.get()
    try:
        return stories.survived(mutant)
    finally:
        copies.put(stories)


def _copied(to: Path) -> Path:
    for name in ("bot", "storage", "tests", "deploy", "pyproject.toml", "README.md", "Makefile"):
        source = TREE / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, to / name)
    return to


def _forget_compiled(file: Path) -> None:
    """Two mutants may be as long as one another and of one second, which is all that Python looks at."""
    for old in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        old.unlink()


if __name__ == "__main__":
    for figures in run(sys.argv[1:] or tuple(STORIES)).values():
        for line in figures.misnamed:
            print(f"killed, and named as equivalent: {line}")
