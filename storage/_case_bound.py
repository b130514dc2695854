"""The bound on how many cases one worker opens in an hour: what she opened is counted in the log itself.

A stolen session or a curious colleague reads so many cases and no more, until a manager has asked about it. The cases
she has open already stay open. What is pointed at is counted from the rows alone, in one statement; only where that
comes to more than the bound are the visits unsealed, to see which of them were a yes. Where many processes write,
requests of one worker that open another case stand in line, or each would see all but its own.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from storage import _tables as t
from storage._chain import add_visits, seen_of, standing_of
from storage._desk import Desk
from storage._duty_rows import open_duty
from storage._one_person import has_said_so_too
from storage._sql import Tx, millis
from storage.audit import Seen
from storage.consent import OPENED, Actor, Grant
from storage.duties import Duty
from storage.records import Channel, Role, SubjectSort
from storage.standing import Standing
from storage.verdicts import Reason

AN_HOUR = timedelta(hours=1)
# The auditor reads who read, and opens no case.
_OPENED = OPENED - {Reason.AUDITS}
_p = bindparam
_POINTED_AT = (
    select(t.visit.c.subject)
    .join(t.subject, t.subject.c.id == t.visit.c.subject)
    .where(t.visit.c.actor == _p("actor"), t.visit.c.at > _p("since"), t.subject.c.sort == SubjectSort.CASE.value)
    .distinct()
)
_HERS = select(t.visit).where(t.visit.c.actor == _p("actor"), t.visit.c.at > _p("since"))
_ABOUT_HER = select(t.visit).where(t.visit.c.subject == _p("staff"), t.visit.c.at > _p("since"))
_STANDS = select(t.task.c.id).where(
    t.task.c.unit == _p("unit"), t.task.c.code == Duty.MANY_CASES.value, t.task.c.ref == _p("staff"),
    t.task.c.done_at.is_(None),
)  # fmt: skip
_LIFTED = "CloseTask"
_STAND_IN_LINE = select(func.pg_advisory_xact_lock(_p("of")))


class Opened:
    """The cases that one worker has opened within the hour, as far as they must be known; for one sitting."""

    def __init__(self, tx: Tx, staff: str, questions: frozenset[str]) -> None:
        """`questions`: the names of what opens a case; a change does not, and a whole import is many changes."""
        self._tx = tx
        self._staff = staff
        self._questions = questions
        self._now: set[str] = set()
        self._pointed_at: frozenset[str] | None = None
        self._before: frozenset[str] | None = None
        self._in_line = not tx.locks

    def lets(self, grant: Grant, standing: Standing | None) -> bool:
        """Whether she may open this case too; from then on it is one of those she has open.

        `standing` is None for what has no rules of its own, such as a unit: that is no case.
        """
        if standing is None or standing.sort != SubjectSort.CASE or grant.reason is Reason.AUDITS:
            return True
        return grant.subject in self._now or self._has_room_for(grant.subject)

    def _has_room_for(self, case: str) -> bool:
        if self._pointed_at is None:
            self._pointed_at = self._look()
        if not self._in_line and case not in self._pointed_at:
            self._tx.rows(_STAND_IN_LINE, {"of": _number(self._staff)})
            self._in_line, self._pointed_at, self._before = True, self._look(), None
        most = self._tx.terms.cases_an_hour
        if len(self._pointed_at | self._now | {case}) > most:
            before = self._opened_before()
            if case not in before and len(before | self._now) >= most:
                return False
        self._now.add(case)
        return True

    def _look(self) -> frozenset[str]:
        found = self._tx.rows(_POINTED_AT, {"actor": self._staff, "since": self._since()})
        return frozenset(row.subject for row in found)

    def _since(self) -> int:
        return millis(self._tx.now - AN_HOUR)

    def _opened_before(self) -> frozenset[str]:
        """What was a yes since the bound was last lifted; opened once for each sitting."""
        if self._before is None:
            since = max(self._since(), self._lifted_at())
            rows = self._tx.rows(_HERS, {"actor": self._staff, "since": since})
            cases = self._pointed_at or frozenset()
            self._before = frozenset(row.subject for row in rows if row.subject in cases and self._opens(row))
        return self._before

    def _opens(self, row: Row[Any]) -> bool:
        seen = seen_of(self._tx, row)
        return seen.question in self._questions and seen.verdict in _OPENED

    def _lifted_at(self) -> int:
        rows = self._tx.rows(_ABOUT_HER, {"staff": self._staff, "since": self._since()})
        return max((row.at for row in rows if seen_of(self._tx, row).question == _LIFTED), default=0)


def _number(staff: str) -> int:
    """A worker's place among the locks of the database, of which each is a signed number of eight bytes."""
    return int.from_bytes(blake2b(f"cases|{staff}".encode(), digest_size=8).digest(), "big", signed=True)


def tell_of_many(tx: Tx, actor: Actor) -> None:
    """The managers of her unit have it as a task, once, until one of them has seen to it."""
    if actor.unit is not None and tx.row(_STANDS, {"unit": actor.unit, "staff": actor.id}) is None:
        open_duty(tx, actor.unit, None, Duty.MANY_CASES, actor.id, tx.now)


def may_lift(desk: Desk, staff: str | None) -> bool:
    """Whether whoever stands there is a manager of that worker's side, and not that worker under another record."""
    if staff is None or staff == desk.actor.id or desk.actor.role is not Role.MANAGER:
        return False
    hers = standing_of(desk.tx, staff, lock=False)
    return hers is not None and hers.side == desk.actor.side and not has_said_so_too(desk.tx, desk.actor.id, [staff])


def lift(desk: Desk, staff: str, task: str) -> None:
    """She may open as many again from now on. It is written among the visits, where no row can be made up."""
    seen = Seen(_LIFTED, "case_work", Reason.ASSIGNED_STAFF, Channel.CONSOLE, desk.actor.label, about=task)
    add_visits(desk.tx, desk.actor.id, [(staff, seen)])
