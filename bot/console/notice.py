"""The notice: the only words that leave for a lock screen, and the hour they may leave at."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.faces.lock_screen import Notice, Wording, lock_line
from bot.speech import ZONE, Locale
from storage.records import NoticeWording
from storage.reminders import SafeHours, is_safe

MORNING = time(9, 30)


def lock_screen(spoken: Locale, wording: NoticeWording = NoticeWording.READ) -> str:
    """What a lock screen shows of any notice, in the line she chose: it has no slot for anything personal."""
    return lock_line(Notice(Wording.chosen(wording)), spoken)


def next_safe(now: datetime, hours: SafeHours | None = None) -> datetime:
    """Now, when the hour is safe; else the next morning after school has begun."""
    wall = now.astimezone(ZONE)
    if is_safe(now, str(ZONE), hours or SafeHours()):
        return now
    day = wall.date() if wall.time() < MORNING else wall.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=ZONE)
