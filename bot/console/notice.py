"""The notice: the only words that leave for a lock screen, and the hour they may leave at."""

from __future__ import annotations

from datetime import datetime, time

from bot.faces.lock_screen import Notice, Wording, lock_line
from bot.speech import ZONE, Locale
from storage import reminders
from storage.records import NoticeWording
from storage.reminders import SafeHours, is_safe

MORNING = time(9, 30)


def lock_screen(spoken: Locale, wording: NoticeWording = NoticeWording.READ) -> str:
    """What a lock screen shows of any notice, in the line she chose: it has no slot for anything personal."""
    return lock_line(Notice(Wording.chosen(wording)), spoken)


def next_safe(now: datetime, hours: SafeHours) -> datetime:
    """Now, when her hours hold; else their next morning, after school has begun where they reach so far."""
    if is_safe(now, str(ZONE), hours):
        return now
    at = reminders.next_safe(now, str(ZONE), hours).astimezone(ZONE)
    morning = datetime.combine(at.date(), MORNING, tzinfo=ZONE)
    return morning if at < morning and is_safe(morning, str(ZONE), hours) else at
