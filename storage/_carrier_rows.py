"""The rows of a carrier: the day it ends by law as a work row that climbs, and who may still write when it has closed.

One row of a case stands at a time. It waits hidden until thirty days are left, is shown, is shown again when seven
are left, and goes to the manager on the morning after the last day. What moves it is the row itself, so a clock that
stood still for a month misses nothing.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage import _sql as sql
from storage._chain import add_rule
from storage._desk import Desk
from storage._duty_rows import close_duties, due_of, open_duty
from storage._sql import Tx, instant_or, millis
from storage.carriers import (
    ASKED_WITHIN_DAYS,
    DAYS_AHEAD,
    AddedLate,
    CarrierKind,
    Home,
    asked_until,
    home_of,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.records import Entry, EntryId, EntryState, Side
from storage.standing import Standing

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MORNING = time(8)
_MONTH, _WEEK = (timedelta(days=days) for days in DAYS_AHEAD)
# Each code, how long before (or after) the last day's morning its row moves on, and what it becomes.
_CLIMB = (
    (Duty.CARRIER_END, _MONTH, Duty.CARRIER_MONTH),
    (Duty.CARRIER_MONTH, _WEEK, Duty.CARRIER_WEEK),
    (Duty.CARRIER_WEEK, -timedelta(days=1), Duty.CARRIER_LATE),
)
_RUNNING = (Duty.CARRIER_END, Duty.CARRIER_MONTH, Duty.CARRIER_WEEK, Duty.CARRIER_LATE)
_UNSETTLED = (Duty.CARRIER_ASK, Duty.CARRIER_NONE)


def home_in(standing: Standing) -> Home:
    """Where the log of a barnahus case is."""
    return home_of(recorded.rule for recorded in standing.rules)


def own_ground(desk: Desk, standing: Standing) -> datetime | None:
    """Until when this worker may read an earlier log whole: by a ground of her own, or a glass broken in need."""
    broken = standing.broken_by(desk.actor.id)
    if broken is not None and desk.tx.now < broken.until:
        return broken.until
    return asked_until(home_in(standing), desk.actor.id, desk.tx.now)


def ask_for_carrier(tx: Tx, unit: str, case: str) -> None:
    """A new case counts as an investigation that began today until somebody says otherwise: ask who knows."""
    today = tx.now.astimezone(STOCKHOLM).date()
    open_duty(tx, unit, case, Duty.CARRIER_ASK, case, tx.now + timedelta(days=ASKED_WITHIN_DAYS))
    _wait_for(tx, unit, case, tx.law.last_day(CarrierKind.INVESTIGATION, today))


def settle_carrier(tx: Tx, unit: str, case: str, until: date | None) -> None:
    """It was decided where the log is: nothing is asked any more, and the one row waits for the last day, if any."""
    close_duties(tx, case, case, *_RUNNING, *_UNSETTLED)
    _wait_for(tx, unit, case, until)


def homeless(tx: Tx, standing: Standing, entry: Entry) -> None:
    """No investigation is opened (SoL 20:2): the log must not be lost in silence (req. 66)."""
    not_opened = entry.kind == "social_investigation" and entry.fields.get("course") == "not_opened"
    if not not_opened or entry.taken_back or entry.state is not EntryState.HAPPENED:
        return
    home = home_in(standing)
    if home.closed_on is None and home.kind is CarrierKind.INVESTIGATION:
        open_duty(tx, standing.unit, standing.subject, Duty.CARRIER_NONE, standing.subject, tx.now)


def climb(tx: Tx) -> int:
    """Move on every row whose day has come; how many moved. Asked twice, or by two processes, it moves each once."""
    moved = 0
    for code, ahead, after in _CLIMB:
        for row in due_of(tx, code, millis(tx.now + ahead)):
            if tx.run(sql.DO_TASKS_OF, {"of": row.case_id, "about": row.ref, "codes": (code,), "at": tx.now_ms}) == 1:
                open_duty(tx, row.unit, row.case_id, after, row.ref, instant_or(row.due_at, tx.now))
                moved += 1
    return moved


def not_a_writer(desk: Desk, standing: Standing) -> Withheld | None:
    """Why this worker may not write in the log now: it has closed, and that is for a named role (req. 65)."""
    if standing.side != Side.BARNAHUS or desk.actor.role in home_in(standing).writers:
        return None
    return Withheld(Reason.ROLE)


def written_late(desk: Desk, standing: Standing, entry: EntryId, ground: str) -> Withheld | None:
    """Why an entry may not be written now; None when it may. After the close its ground is kept as a rule."""
    no = not_a_writer(desk, standing)
    if no is not None or standing.side != Side.BARNAHUS or home_in(standing).closed_on is None:
        return no
    if not ground.strip():
        return Withheld(Reason.INVALID)
    add_rule(desk.tx, standing.subject, AddedLate(entry, desk.actor.id, ground.strip(), who=desk.actor.label))
    return None


def _wait_for(tx: Tx, unit: str, case: str, until: date | None) -> None:
    if until is not None:
        morning = datetime.combine(until, MORNING, tzinfo=STOCKHOLM)
        open_duty(tx, unit, case, Duty.CARRIER_END, case, morning)
