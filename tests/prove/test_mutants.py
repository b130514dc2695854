"""The mutants themselves: there are many of every sort, each is a program, and the unchanged source is none of them."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tests.prove.equivalents import EQUIVALENT, Equivalent, Stale, matched
from tests.prove.mutants import TREE, Mutant, mutants
from tests.prove.trying import STORIES, Figures

EVERY: dict[str, list[Mutant]] = {file: list(mutants(file)) for file in STORIES}
SORTS = {
    "comparison turned", "condition denied", "denial dropped", "filter dropped", "member dropped",
    "number raised", "part dropped", "refusal dropped", "sides exchanged", "step dropped", "truth turned",
    "way out dropped",
}  # fmt: skip


@pytest.mark.parametrize("file", STORIES)
def test_every_mutant_is_a_program_and_another_one(file: str) -> None:
    same = ast.unparse(ast.parse((TREE / file).read_text(encoding="utf-8")))
    sources = [one.source for one in EVERY[file]]
    assert sources
    assert same not in sources
    assert len(set(sources)) == len(sources)
    for one in EVERY[file]:
        compile(one.source, one.file, "exec")


def test_every_story_that_a_mutant_is_tried_on_is_there() -> None:
    told = [story for some in STORIES.values() for line in some for story in line.split()]
    assert [story for story in told if not Path(TREE / story).exists()] == []


def test_every_room_of_the_rule_is_tried() -> None:
    rooms = {path.relative_to(TREE).as_posix() for path in TREE.glob("storage/_rule_*.py")}
    assert rooms <= set(STORIES)


def test_there_are_mutants_of_every_sort() -> None:
    assert {one.sort for some in EVERY.values() for one in some} == SORTS


def test_each_line_of_the_table_names_one_mutant_and_says_why_it_means_nothing() -> None:
    every = [one for some in EVERY.values() for one in some]
    assert len(matched(every, EQUIVALENT)) == len(EQUIVALENT)
    assert all(one.why.endswith(".") for one in EQUIVALENT)


def test_a_line_of_the_table_whose_code_has_changed_is_refused() -> None:
    one = EVERY["storage/audit.py"][0]
    named = Equivalent(one.file, one.within, one.text, one.change, "Invented.")
    assert matched([one], [named]) == {one}
    with pytest.raises(Stale, match=r"^0 mutants are"):
        matched([one], [replace(named, text="the line as it was")])
    with pytest.raises(Stale, match=r"^2 mutants are"):
        matched([one, one], [named])


def test_what_means_nothing_counts_neither_for_nor_against_a_file() -> None:
    assert Figures(killed=9, equivalent=40, alive=["one"]).share == 0.9
