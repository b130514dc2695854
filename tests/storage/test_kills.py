"""A few kills of the many: at any moment of changing keys, what was kept opens and what was ended stays ended."""

from __future__ import annotations

from pathlib import Path

from tests.prove.kills import Found, run


def test_killed_while_keys_change_nothing_is_lost_and_nothing_comes_back(tmp_path: Path) -> None:
    assert run(8, tmp_path, seed=7) == Found(kills=8)
