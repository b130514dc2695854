"""The recurring duty to look through the log: when it falls due at each unit, who has done it, and what was found.

The law asks for systematic and recurring checks (lag 2001:454, 10 §). Each unit has one open row until its next day;
what is written down about a review lies among the visits, so that nobody can take it away unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from storage import _sql as sql
from storage import _tables as t
from storage._chain import add_visits, seen_of
from storage._desk import Ask, Deed, Desk, Done
from storage._duty_rows import open_duty
from storage._sql import Tx, instant, millis
from storage.audit import Seen
from storage.commands import LogReviewed
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.log_review import REVIEWED, line_of, review
from storage.queries import LogDuty, LogReview, ReviewLine
from storage.records import Channel, SubjectSort

_p = bindparam
_DUTIES = (Duty.LOG_REVIEW, Duty.LOG_REVIEW_LATE)
_SHOWN, _MOST_LINES = 12, 20_000
_DESKS = (
    select(t.subject.c.unit, t.subject.c.side)
    .where(t.subject.c.sort == SubjectSort.STAFF.value)
    .distinct()
    .order_by(t.subject.c.unit, t.subject.c.side)
)
_OPEN = select(t.task).where(
    t.task.c.unit == _p("unit"), t.task.c.ref == _p("side"), t.task.c.code.in_(_DUTIES), t.task.c.done_at.is_(None)
)
_DONE = (
    update(t.task)
    .where(t.task.c.unit == _p("of_unit"), t.task.c.ref == _p("of_side"), t.task.c.code.in_(_DUTIES),
           t.task.c.done_at.is_(None))
    .values(done_at=_p("at"))
)  # fmt: skip
_VISITS = (
    select(t.visit)
    .join(t.subject, t.subject.c.id == t.visit.c.subject)
    .where(t.subject.c.unit == _p("unit"), t.subject.c.side == _p("side"), t.visit.c.at >= _p("since"))
    .order_by(t.visit.c.at, t.visit.c.chain, t.visit.c.seq)
    .limit(_MOST_LINES)
)


def reviews_due(tx: Tx) -> int:
    """Each unit has its next day; one that has gone by climbs to the manager. How many were opened."""
    opened = 0
    for desk in tx.rows(_DESKS, {}):
        there = {row.code: row for row in tx.rows(_OPEN, {"unit": desk.unit, "side": desk.side})}
        if Duty.LOG_REVIEW not in there:
            _open_next(tx, desk.unit, desk.side)
            opened += 1
        elif there[Duty.LOG_REVIEW].due_at <= tx.now_ms and Duty.LOG_REVIEW_LATE not in there:
            open_duty(tx, desk.unit, None, Duty.LOG_REVIEW_LATE, desk.side, tx.now)
            opened += 1
    return opened


def keep_review_of_all(tx: Tx, by: str, since: date, until: date, found: str) -> int:
    """The whole log was looked through from the command line: written down at each unit. How many there are."""
    desks = tx.rows(_DESKS, {})
    for desk in desks:
        _keep(tx, desk.unit, desk.side, "auditor", by, LogReviewed(desk.unit, since, until, found))
    return len(desks)


def _keep(tx: Tx, unit: str, side: str, actor: str, by: str, deed: LogReviewed) -> None:
    said = json.dumps([deed.since.isoformat(), deed.until.isoformat(), deed.found])
    seen = Seen("LogReviewed", "log_review", REVIEWED, Channel.CONSOLE, by, said)
    add_visits(tx, actor, [(_log_of(unit, side), seen)])
    tx.run(_DONE, {"of_unit": unit, "of_side": side, "at": tx.now_ms})
    _open_next(tx, unit, side)


def _open_next(tx: Tx, unit: str, side: str) -> None:
    open_duty(tx, unit, None, Duty.LOG_REVIEW, side, tx.now + timedelta(days=tx.terms.log_review))


def _log_of(unit: str, side: str) -> str:
    """What the visits about a unit's reviews are about: the log itself."""
    return f"log:{side}:{unit}"


def _reviewed(desk: Desk, _: Grant, deed: LogReviewed) -> Done | Withheld:
    if desk.actor.side is None or not deed.found.strip() or deed.until < deed.since:
        return Withheld(Reason.INVALID)
    _keep(desk.tx, deed.unit, desk.actor.side, desk.actor.id, desk.actor.label, deed)
    return Done()


def _log_duty(desk: Desk, _: Grant, query: LogReview) -> LogDuty:
    tx, side = desk.tx, desk.actor.side or ""
    row = next((r for r in tx.rows(_OPEN, {"unit": query.unit, "side": side}) if r.code == Duty.LOG_REVIEW), None)
    lines = tuple(_line(tx, one) for one in tx.rows(sql.VISITS_OF, _about(query.unit, side)))
    since = lines[0].until if lines else tx.now.date() - timedelta(days=tx.terms.log_review)
    start = millis(datetime.combine(since, datetime.min.time(), tzinfo=tx.now.tzinfo))
    visits = tx.rows(_VISITS, {"unit": query.unit, "side": side, "since": start})
    found = review(tx, [line_of(tx, one) for one in visits])
    due = instant(row.due_at) if row is not None else None
    late = due is not None and due <= tx.now
    return LogDuty(due, late, tx.terms.log_review_by, since, lines, tuple((f.sign, f.who, f.times) for f in found))


def _about(unit: str, side: str) -> dict[str, Any]:
    return {"subject": _log_of(unit, side), "limit": _SHOWN}


def _line(tx: Tx, row: Any) -> ReviewLine:
    seen = seen_of(tx, row)
    since, until, found = json.loads(seen.said)
    return ReviewLine(instant(row.at), seen.who, date.fromisoformat(since), date.fromisoformat(until), found)


LOG_DEEDS: Mapping[type, Deed] = {LogReviewed: _reviewed}
LOG_ANSWERS: Mapping[type, Ask] = {LogReview: _log_duty}
