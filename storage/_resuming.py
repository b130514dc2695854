"""Messages go on after a pause: what was held back of days and meetings that are still ahead is queued again."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage import _tables as t
from storage._chain import standing_of
from storage._outbox_rows import SUPPRESSED
from storage._reminding import push_about, remind_all, reminders_wanted, safe_hours
from storage._shelf import take
from storage._sql import Tx
from storage._visiting import remind_of_visits
from storage.consent import Grant
from storage.queries import NoNotice
from storage.records import AID_PART, Meeting, Side
from storage.reminders import next_safe
from storage.standing import Standing

_NEWS = ("moved", "cancelled", "visit")
_p = bindparam
_STILL_TRUE = select(t.outbox).where(
    t.outbox.c.case_id == _p("case_id"), t.outbox.c.person == _p("of"), t.outbox.c.not_after > _p("now"),
    t.outbox.c.what.in_(_NEWS),
)  # fmt: skip


def catch_up(tx: Tx, grant: Grant, case: str, person: str) -> None:
    """Queue what a pause kept from her and what is true yet: reminders, and that a time was moved or called off.

    What came too late meanwhile is not said afterwards, and what she was told before the pause is not said twice.
    """
    standing = standing_of(tx, case, lock=False)
    if standing is None:
        return
    news = _kept_from_her(tx, case, person)
    if standing.side != Side.AID:
        remind_of_visits(tx, grant, standing, person, news=news)
        return
    taken = take(tx, grant, "meeting", compartments=frozenset({AID_PART}))
    mine = [part.payload.meeting for part in taken if part.payload.person == person]
    remind_all(tx, standing, person, mine)
    for meeting in mine:
        for what in ("moved", "cancelled"):
            if f"{what}:{meeting.id}:{meeting.version}" in news:
                _say_again(tx, standing, person, meeting, what)


def _kept_from_her(tx: Tx, case: str, person: str) -> frozenset[str]:
    """What was stopped by a pause and has not been said otherwise: names of rows without the hour they end with."""
    rows = tx.rows(_STILL_TRUE, {"case_id": case, "of": person, "now": tx.now_ms})
    named = [(row.dedup.rpartition(":")[0], row) for row in rows]
    held = {name for name, row in named if row.state == SUPPRESSED and row.reason == NoNotice.PAUSED}
    return frozenset(held - {name for name, row in named if row.state != SUPPRESSED})


def _say_again(tx: Tx, standing: Standing, person: str, meeting: Meeting, what: str) -> None:
    yes = reminders_wanted(standing, person, tx.now)
    at = next_safe(tx.now, meeting.zone, safe_hours(yes))
    if yes is not None and at < meeting.starts:
        push_about(tx, standing.subject, person, meeting, what, at, yes.channel or "telegram")
