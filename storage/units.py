"""Units: an id in what is stored, and the name that people read; the names are a setting, and no row holds one."""

from __future__ import annotations

from sqlalchemy import select

from storage import _tables as t
from storage._sql import Tx
from storage.records import SubjectSort

_WITH_STAFF = (
    select(t.subject.c.unit).where(t.subject.c.sort == SubjectSort.STAFF.value).distinct().order_by(t.subject.c.unit)
)


def name_of(tx: Tx, unit: str) -> str:
    """The name people read. A house that was told none, which `serve` never is, reads the id."""
    return tx.units.get(unit, unit)


def unnamed(tx: Tx) -> tuple[str, ...]:
    """The units where somebody works or has worked and that nobody has named: `serve` does not begin with one."""
    return tuple(row.unit for row in tx.rows(_WITH_STAFF, {}) if row.unit not in tx.units)
