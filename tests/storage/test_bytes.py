"""A few bytes of the many: whatever somebody with the database's password does, who asks meets a refusal or less."""

from __future__ import annotations

from tests.prove.bytes import run


def test_turned_swapped_forged_and_deleted_rows_are_refused_or_missing_and_never_a_fault() -> None:
    found = run(records=2, step=37)
    assert found.faults == []
    assert found.forged == []
    assert found.rolled_back_parts_unnoticed == 0
    assert found.refused > 0.6 * found.tried
    assert found.refused + found.quiet + found.rolled_back_parts_opened >= found.tried
