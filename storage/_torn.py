"""Whose shelf is torn: a text is missing there, nobody of ours wrote it, or it was put back as it once was."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage import _tables as t
from storage._duty_rows import open_duty
from storage._manifest import is_whole
from storage._sql import Tx
from storage.duties import Duty

_KEPT = (
    select(t.subject.c.id, t.subject.c.unit)
    .where(t.subject.c.culled_at.is_(None), t.subject.c.id > bindparam("after"))
    .order_by(t.subject.c.id)
    .limit(bindparam("some"))
)
_IS_KEPT = select(t.subject.c.id).where(t.subject.c.id == bindparam("of"), t.subject.c.culled_at.is_(None))
SOME = 20


def torn_after(tx: Tx, after: str) -> tuple[list[tuple[str, str]], str]:
    """Of the next few subjects after an id, those whose shelf is torn, each with its unit; and the last id looked at.

    That id is empty when nobody is left.
    """
    few = tx.rows(_KEPT, {"after": after, "some": SOME})
    torn = [(row.id, row.unit) for row in few if not is_whole(tx, row.id) and _is_kept(tx, row.id)]
    return torn, few[-1].id if len(few) == SOME else ""


def tell_of_torn(tx: Tx, after: str) -> tuple[int, str]:
    """Look at the next few and open the task for each that is torn: how many, and the last id looked at."""
    torn, last = torn_after(tx, after)
    for subject, unit in torn:
        open_duty(tx, unit, subject, Duty.INTEGRITY, subject, tx.now)
    return len(torn), last


def _is_kept(tx: Tx, subject: str) -> bool:
    # Another process may have ended it since it was listed.
    return tx.row(_IS_KEPT, {"of": subject}) is not None
