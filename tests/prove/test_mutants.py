"""The mutants themselves: there are many of every sort, each is a program, and the unchanged source is none of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.prove.mutants import STORIES, TREE, mutants


@pytest.mark.parametrize("file", STORIES)
def test_every_mutant_is_a_program_and_another_one(file: str) -> None:
    same = ast.unparse(ast.parse((TREE / file).read_text(encoding="utf-8")))
    made = list(mutants(file))
    assert made
    assert all(one.source != same for one in made)
    for one in made:
        compile(one.source, one.file, "exec")


def test_every_story_that_a_mutant_is_tried_on_is_there() -> None:
    assert [story for some in STORIES.values() for story in some if not Path(TREE / story).exists()] == []


def test_there_are_mutants_of_every_sort() -> None:
    sorts = {one.what for file in STORIES for one in mutants(file)}
    assert len(sorts) == 5
