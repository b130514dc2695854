"""The culling month of a case or person moves: its data keys are wrapped by a later month's, the words stay sealed.

Only ever later. What an older copy of the database holds under the earlier month dies with that month, and what was
wrapped by a later one could be opened until then, so an earlier month would promise what copies do not keep.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import bindparam, func, select, update

from storage import _sql as sql
from storage import _tables as t
from storage._sql import Tx
from storage.carriers import home_of
from storage.records import Side
from storage.retention import month_of
from storage.standing import Standing

_p = bindparam
_EARLIER_DEKS = select(t.dek).where(t.dek.c.owner == _p("o"), t.dek.c.month < _p("to_month"))
_HELD_DEKS = _EARLIER_DEKS.with_for_update()
_MOVE_DEK = (
    update(t.dek)
    .where(t.dek.c.owner == _p("o"), t.dek.c.compartment == _p("c"), t.dek.c.wrapped == _p("was"))
    .values(month=_p("to_month"), wrapped=_p("fresh"))
)
_MOVE_SUBJECT = (
    update(t.subject)
    .where(t.subject.c.id == _p("o"), t.subject.c.cull_month < _p("to_month"), t.subject.c.culled_at.is_(None))
    .values(cull_month=_p("to_month"))
)
_PEOPLE = select(t.party.c.person).where(t.party.c.case_id == _p("case_id")).distinct()
_LAST_NOTE = select(func.max(t.part.c.placed).label("at")).where(t.part.c.owner == _p("o"))
_MICROS = 1_000_000


def move_on(tx: Tx, subject: str, month: str) -> bool:
    """Keep a subject until a later month; False when it is kept so long already. `Culled` when its keys are gone."""
    found = tx.row(sql.SUBJECT, {"id": subject})
    if found is None or found.culled_at is not None:
        return False
    to = found.cull_month
    if month > to:
        # A month that has gone by may be culled already, and then whatever comes under it goes with it.
        to = max(month, f"{tx.now.year}-{tx.now.month:02d}")
    behind = {"o": subject, "to_month": to}
    deks = tx.rows(_HELD_DEKS if tx.locks else _EARLIER_DEKS, behind)
    for dek in deks:
        fresh = tx.smith.move(dek.wrapped, dek.owner, dek.compartment, dek.month, to)
        change = {"o": subject, "c": dek.compartment, "was": dek.wrapped, "to_month": to, "fresh": fresh}
        if tx.run(_MOVE_DEK, change) != 1:
            raise RuntimeError("a data key moved under its new month")
    return tx.run(_MOVE_SUBJECT, behind) == 1 or bool(deks)


def keep_case_until(tx: Tx, case: str, month: str) -> None:
    """Keep a case until a later month, and everybody in it as long: with her own key her sign-in would be gone."""
    move_on(tx, case, month)
    for row in tx.rows(_PEOPLE, {"case_id": case}):
        move_on(tx, row.person, month)


def keep_with(tx: Tx, person: str, case: str) -> None:
    """Somebody known came into another case: she is kept as long as the one that is kept longest."""
    found = tx.row(sql.SUBJECT, {"id": case})
    if found is not None:
        move_on(tx, person, found.cull_month)


def month_by_law(tx: Tx, standing: Standing, on: date) -> str:
    """The earliest month of a case that closed, or was taken up anew, on a day; its last note may be later."""
    row = tx.row(_LAST_NOTE, {"o": standing.subject})
    noted = datetime.fromtimestamp(row.at / _MICROS, UTC).date() if row is not None and row.at else on
    home = home_of(one.rule for one in standing.rules) if standing.side == Side.BARNAHUS else None
    return month_of(home, standing.born, max(on, noted))
