"""What falls due by itself: a promise nobody kept, a question nobody answered. Rows only; nothing is unsealed."""

from __future__ import annotations

from datetime import timedelta

from storage import _sql as sql
from storage._carrier_rows import climb
from storage._culling_rows import copies_to_offer
from storage._duty_rows import close_duties, due_of, open_duty
from storage._sql import Tx, instant_or
from storage._torn import tell_of_torn
from storage.afterwards import LASTS, STOCKHOLM, is_late
from storage.claims import forget_unsent
from storage.duties import CLIMBS, Duty
from storage.log_baits import tell_of_touched
from storage.rekeying import set_meta
from storage.tally import fold

EVENING, MORNING = 16, 5
_SHELVES, _BAITS = "shelves", "baits"
TAKEN_ON_WITHIN, MS = timedelta(days=1), timedelta(milliseconds=1)


def promises_missed(tx: Tx) -> int:
    """A day on which somebody was to look again has gone: the manager has the task the same day; how many."""
    missed = 0
    for row in due_of(tx, Duty.LOOK, tx.now_ms):
        due = instant_or(row.due_at, tx.now).astimezone(STOCKHOLM)
        if tx.now.astimezone(STOCKHOLM) >= due.replace(hour=EVENING, minute=0):
            open_duty(tx, row.unit, row.case_id, Duty.LOOK_MISSED, row.ref, tx.now)
            missed += 1
    return missed


def duties_late(tx: Tx) -> int:
    """What has a time and was not done in it climbs to the manager, as the table `CLIMBS` says; how many rows.

    A child's question, her word of danger, a guardian's no, a case opened in need, an incident.
    """
    late = 0
    for duty, climbs in CLIMBS.items():
        for row in due_of(tx, duty, tx.now_ms - climbs.after // MS):
            open_duty(tx, row.unit, row.case_id, climbs.late, row.ref, tx.now)
            late += 1
    return late


def claims_late(tx: Tx) -> int:
    """A grown-up's request whose date for the next answer has gone by climbs to the manager; how many.

    One that the safety net marked is due at once, and climbs when nobody has taken it on within a day.
    """
    late = 0
    for row in due_of(tx, Duty.GROWN_UP, tx.now_ms):
        if tx.now_ms >= max(row.due_at, row.created_at + TAKEN_ON_WITHIN // MS):
            open_duty(tx, row.unit, row.case_id, Duty.GROWN_UP_LATE, row.ref, tx.now)
            late += 1
    return late


def counts_folded(tx: Tx) -> int:
    """What was counted on a day that is over goes into the whole; how many rows."""
    return fold(tx)


def carriers_ending(tx: Tx) -> int:
    """The legal end of the container that holds a log comes near, then has gone by (req. 64); how many moved."""
    return climb(tx)


def months_near(tx: Tx) -> int:
    """The month in which a case is culled comes near: a copy is offered in time (req. 143); how many cases."""
    return copies_to_offer(tx)


def days_missed(tx: Tx) -> int:
    """A word of the days after that nobody said in time climbs to the manager; one whose days are over is closed.

    How many climbed.
    """
    missed = 0
    for duty, lasts in LASTS.items():
        for row in due_of(tx, duty, tx.now_ms):
            due = instant_or(row.due_at, tx.now)
            if is_late(duty, due, tx.now):
                open_duty(tx, row.unit, row.case_id, Duty.DAY_LATE, row.ref, tx.now)
                missed += 1
            if tx.now >= due + lasts:
                close_duties(tx, row.case_id, row.ref, duty)
    return missed


def claims_unsent(tx: Tx) -> int:
    """What somebody began to write without sign-in and never sent is forgotten; how many."""
    return forget_unsent(tx)


def shelves_looked(tx: Tx) -> int:
    """At night every shelf is held against what was put there, a few at each tick; how many are torn.

    A round that no night was long enough for goes on in the next. Each torn shelf is a worker's task.
    """
    local = tx.now.astimezone(STOCKHOLM)
    if local.hour >= MORNING:
        return 0
    today, kept = local.date().isoformat(), tx.row(sql.META, {"name": _SHELVES})
    ended, _, last = str(kept.value).partition(" ") if kept is not None else ("", "", "")
    if ended == today:
        return 0
    torn, last = tell_of_torn(tx, last)
    set_meta(tx, _SHELVES, f" {last}" if last else today)
    return torn


def baits_touched(tx: Tx) -> int:
    """A worker opened a case that was laid as a bait: her managers have it as a task; how many tasks were opened."""
    kept = tx.row(sql.META, {"name": _BAITS})
    opened, until = tell_of_touched(tx, int(kept.value) if kept is not None else None)
    if until is not None:
        set_meta(tx, _BAITS, str(until))
    return opened
