"""Reminders of a meeting as rows: queued where she has said yes, and what becomes of them when the meeting changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage._outbox_rows import (
    ARRIVED_ABOUT,
    BY_ID,
    HASTEN,
    RECALL,
    RECALLED,
    REMOVAL_OF,
    STOP_REMINDERS,
    SUPERSEDE,
    TAKEN_AWAY,
    Push,
    queue_push,
)
from storage._sql import Tx, instant, millis
from storage._vouched import is_queued_here
from storage.records import EntryState, Meeting, PersonId
from storage.reminders import SafeHours, next_safe, reminder_times
from storage.rules import Consented
from storage.standing import Standing

REMINDERS = "reminders"
# Hours of the day as they stand in a yes to reminders.
HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
# A message that could not be taken away by then stands for good: Telegram deletes nothing older than two days.
DELETABLE = timedelta(hours=47)


def remind(tx: Tx, standing: Standing, person: str, meeting: Meeting) -> None:
    """Queue the reminders a person has said yes to. The rows are questions; they are asked again when sent."""
    yes = reminders_wanted(standing, person, tx.now)
    if yes is None or meeting.state is EntryState.CANCELLED:
        return
    for at in reminder_times(meeting.starts, meeting.zone, tx.now, safe_hours(yes)):
        push_about(tx, standing.subject, person, meeting, "reminder", at, yes.channel or "telegram")


def push_about(
    tx: Tx, case: str, person: str, meeting: Meeting, what: str, at: datetime, channel: str = "telegram"
) -> None:
    """One push about a meeting as it stands in this version."""
    push = Push(
        dedup=f"{what}:{meeting.id}:{meeting.version}:{int(at.timestamp())}",
        what=what,
        person=person,
        case=case,
        ref=meeting.id,
        ref_version=meeting.version,
        channel=channel,
        due_at=at,
        not_after=meeting.starts,
        wall=f"{at.astimezone(ZoneInfo(meeting.zone)).isoformat()}[{meeting.zone}]",
    )
    queue_push(tx, push)


def changed_meeting(tx: Tx, standing: Standing, person: str, was: Meeting, meeting: Meeting) -> None:
    """A meeting was changed: older reminders die. At another time, what is on her phone goes and she is told."""
    tx.run(SUPERSEDE, {"of": meeting.id, "now_version": meeting.version, "at": tx.now_ms})
    if (was.starts, was.state) == (meeting.starts, meeting.state):
        return
    take_away(tx, standing.subject, meeting.id, tx.now)
    yes = reminders_wanted(standing, person, tx.now)
    if yes is None or meeting.starts <= tx.now:
        return
    what = "cancelled" if meeting.state is EntryState.CANCELLED else "moved"
    at = next_safe(tx.now, meeting.zone, safe_hours(yes))
    if at < meeting.starts:
        push_about(tx, standing.subject, person, meeting, what, at, yes.channel or "telegram")


def take_away(tx: Tx, case: str, about: str, due: datetime) -> None:
    """Queue the removal of everything on her phone that is about one thing."""
    since = millis(tx.now - DELETABLE)
    for row in tx.rows(ARRIVED_ABOUT, {"case_id": case, "of": about}):
        if row.message_id is None or not is_queued_here(tx, row):
            continue
        # One that is too old is asked for all the same, so that its staying there is written down; but only once.
        if (row.done_at or 0) >= since or tx.row(REMOVAL_OF, {"begins": f"delete:{row.id}:"}) is None:
            delete_later(tx, row.id, row.person, case, row.message_id, due, sent=instant(row.done_at or tx.now_ms))
            tx.run(TAKEN_AWAY, {"of": row.id})


def take_back(tx: Tx, case: str, entry: str, reached: Iterable[PersonId]) -> None:
    """An entry was taken back: what is queued about it dies, and what already lies in a chat goes now.

    What is on its way goes when it has come. An answer in the chat does not say which card it showed, so whatever of
    hers lies there goes, for everybody whom the text had reached: a day early, and she can ask for it again. Whom it
    had not reached must not notice anything.
    """
    tx.run(SUPERSEDE, {"of": entry, "now_version": 1 << 30, "at": tx.now_ms})
    people = sorted(reached)
    for person in people:
        tx.run(RECALL, {"of": person, "why": RECALLED})
    take_away(tx, case, entry, tx.now)
    for person in people:
        tx.run(HASTEN, {"of": person, "now": tx.now_ms, "due": tx.now_ms})


def delete_later(
    tx: Tx,
    of: str,
    person: str,
    case: str | None,
    message: str,
    due: datetime,
    *,
    sent: datetime | None = None,
    conversation: str | None = None,
) -> None:
    """Queue the removal of the messages of one row, by their numbers. `sent`: when they were; now when left out.

    Telegram counts its two days from then, whenever the removal is thought of. Message numbers are a chat's own, so
    the removal goes to the chat of that row, whichever she has by then; `conversation` is that one, where it is known.
    """
    push = Push(
        dedup=f"delete:{of}:{message}:{int(due.timestamp())}",
        what="delete",
        person=person,
        case=case,
        due_at=due,
        not_after=(sent or tx.now) + DELETABLE,
        message=message,
        conversation=conversation or conversation_of(tx, of),
    )
    queue_push(tx, push)


def conversation_of(tx: Tx, of: str) -> str | None:
    """In which conversation the message of a row lies."""
    row = tx.row(BY_ID, {"of": of})
    return row.conversation if row is not None else None


def remind_all(tx: Tx, standing: Standing, person: str, meetings: Iterable[Meeting], *, afresh: bool = False) -> None:
    """A yes that came after the booking counts for every meeting ahead. `afresh`: her hours are others now."""
    if afresh:
        tx.run(STOP_REMINDERS, {"of": person, "of_case": standing.subject, "why": "superseded", "at": tx.now_ms})
    for meeting in meetings:
        if meeting.starts > tx.now:
            remind(tx, standing, person, meeting)


def reminders_wanted(standing: Standing, person: str, now: datetime) -> Consented | None:
    """The yes to reminders that holds today."""
    today = now.date()
    for yes in standing.consents():
        if yes.by == person and yes.scope == REMINDERS and yes.from_ <= today and (not yes.until or today <= yes.until):
            return yes
    return None


def safe_hours(yes: Consented | None) -> SafeHours:
    """The hours she chose, kept in the consent's purpose as 'hh:mm-hh:mm'; the default when she chose none."""
    try:
        earliest, latest = (time.fromisoformat(part) for part in (yes.purpose if yes else "").split("-"))
    except ValueError:
        return SafeHours()
    return SafeHours(earliest, latest)
