"""The proofs that count stories and keys: they find what is wrong, and say so when nothing was told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from storage import _tables as tables
from tests.prove import rewraps, shown
from tests.prove.mutants import TREE
from tests.storage.family import CASE, move_in
from tests.storage.house import open_house

MANY = 400


def test_every_key_is_wrapped_anew_and_opens() -> None:
    found = rewraps.run(MANY)
    assert (found.closed, found.as_before) == (0, 0)
    assert found.keys > MANY


def test_a_key_that_does_not_open_is_counted(tmp_path: Path) -> None:
    with open_house("sqlite://", tmp_path) as house:
        move_in(house)
        assert house.store.run(rewraps.closed) == 0
        row = house.rows(tables.dek, owner=CASE)[0]
        spoilt = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
        house.tamper(update(tables.dek).where(tables.dek.c.wrapped == row.wrapped).values(wrapped=spoilt))
        house.store.smith.forget()
        assert house.store.run(rewraps.closed) == 1


def test_stories_that_fail_are_counted_and_none_told_is_no_proof(tmp_path: Path) -> None:
    file = tmp_path / "test_two.py"
    file.write_text("def test_one():\n    assert True\n\n\ndef test_two():\n    assert False\n", encoding="utf-8")
    assert shown.tell((str(file),)) == shown.Told(2, 1)
    with pytest.raises(shown.NotTold):
        shown.tell((str(tmp_path / "test_gone.py"),))


def test_every_file_that_a_row_names_is_there() -> None:
    assert all((TREE / file).exists() for files in shown.STORIES.values() for file in files)
