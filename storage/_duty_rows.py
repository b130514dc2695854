"""Work rows as they lie: opened, closed, and kept equal to what the duties of an entry say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from storage import _sql as sql
from storage import _tables as t
from storage._sql import Tx, millis
from storage.afterwards import DAY_DUTIES, LASTS, days_of, is_late, owed
from storage.duties import Duty, of_entry, with_late
from storage.records import Entry, SubjectSort, new_id

_p = bindparam
_UNITS = select(t.subject.c.unit).where(t.subject.c.sort == SubjectSort.STAFF.value).distinct()
_OF_HOUSE = select(t.task.c.unit).where(
    t.task.c.code == _p("code"), t.task.c.case_id.is_(None), t.task.c.done_at.is_(None)
)
_DO_OF_HOUSE = (
    update(t.task)
    .where(t.task.c.code == _p("of_code"), t.task.c.case_id.is_(None), t.task.c.done_at.is_(None))
    .values(done_at=_p("at"))
)
ENTRY_DUTIES = (Duty.TELL, Duty.TELL_MOMENT, Duty.LOOK, Duty.LOOK_MISSED, Duty.LOOK_CLOSED, Duty.INCIDENT)


def open_duty(tx: Tx, unit: str, case: str | None, duty: Duty, ref: str | None, due_at: datetime) -> None:
    """Open a work row unless the same one stands open."""
    if case is not None and any(
        row.code == duty and row.ref == ref for row in tx.rows(sql.TASKS_OF_CASE, {"case_id": case})
    ):
        return
    tx.run(
        sql.ADD_TASK,
        {
            "id": new_id(),
            "unit": unit,
            "case_id": case,
            "code": duty,
            "ref": ref,
            "due_at": millis(due_at),
            "created_at": tx.now_ms,
            "done_at": None,
        },
    )


def close_duties(tx: Tx, case: str, ref: str, *duties: Duty) -> None:
    """Close the open work rows of these duties about one thing, and of what they climbed to."""
    tx.run(sql.DO_TASKS_OF, {"of": case, "about": ref, "codes": with_late(*duties), "at": tx.now_ms})


def open_everywhere(tx: Tx, duty: Duty) -> None:
    """Open a work row about the house itself in each unit where somebody works, unless it stands open there."""
    there = {row.unit for row in tx.rows(_OF_HOUSE, {"code": duty})}
    for row in tx.rows(_UNITS, {}):
        if row.unit not in there:
            open_duty(tx, row.unit, None, duty, None, tx.now)


def due_of(tx: Tx, duty: Duty, before: int) -> Iterator[Row[Any]]:
    """Every open work row of a duty that is due by an instant, the oldest first, some hundreds at a time.

    The oldest may stand for years: whoever looked at a first page only would never see the rest.
    """
    at: tuple[int, str] = (-1, "")
    while True:
        values = {"code": duty, "before": before, "after": at[0], "after_id": at[1]}
        rows = tx.rows(sql.DUE_OF_CODE, values)
        yield from rows
        if len(rows) < sql.DUE_AT_ONCE:
            return
        at = (rows[-1].due_at, rows[-1].id)


def close_everywhere(tx: Tx, duty: Duty) -> None:
    """Close the open work rows of a duty about the house itself."""
    tx.run(_DO_OF_HOUSE, {"of_code": duty, "at": tx.now_ms})


def keep_day_duties(tx: Tx, unit: str, case: str, entry: Entry, child: str | None) -> None:
    """Make the open work rows of the days after an entry equal to what is owed now, each on its own day."""
    wanted = {one.duty: one.due_at for one in owed(entry, child, tx.now)}
    there = {
        Duty(row.code): row.due_at
        for row in tx.rows(sql.TASKS_OF_CASE, {"case_id": case})
        if row.ref == entry.id and row.code in DAY_DUTIES
    }
    gone = [one for one in LASTS if one in there and (one not in wanted or millis(wanted[one]) != there[one])]
    if Duty.DAY_LATE in there and not any(is_late(duty, due, tx.now) for duty, due in wanted.items()):
        gone.append(Duty.DAY_LATE)
    if gone:
        close_duties(tx, case, entry.id, *gone)
    for duty, due in wanted.items():
        if duty not in there or duty in gone:
            open_duty(tx, unit, case, duty, entry.id, due)


def keep_entry_duties(tx: Tx, unit: str, case: str, entry: Entry, child: str | None) -> None:
    """Make the open work rows about an entry equal to its duties now."""
    wanted = of_entry(entry, child, tx.now)
    gone = [duty for duty in ENTRY_DUTIES if duty not in {open_.duty for open_ in wanted}]
    close_duties(tx, case, entry.id, *gone)
    for open_ in wanted:
        if open_.duty is Duty.LOOK:
            # The promised day may have moved; the old row would call for it on the old day.
            close_duties(tx, case, entry.id, Duty.LOOK)
        open_duty(tx, unit, case, open_.duty, entry.id, open_.due_at)
    if days_of(entry.kind):
        keep_day_duties(tx, unit, case, entry, child)
