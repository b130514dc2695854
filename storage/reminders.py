"""When a reminder may be due: three days and one day before, in an hour that is safe; pure.

Times of day are wall time in the meeting's own zone, so a change of clocks moves nothing (req. 89, domain 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LEADS = (timedelta(days=3), timedelta(days=1))
EARLIEST, LATEST = time(9, 0), time(19, 0)
QUIET_FROM, QUIET_TO = time(20, 0), time(7, 0)


@dataclass(frozen=True, slots=True)
class SafeHours:
    """The hours of the day in which this person may be written to; both ends in wall time."""

    earliest: time = EARLIEST
    latest: time = LATEST


def reminder_times(starts: datetime, zone: str, now: datetime, hours: SafeHours) -> tuple[datetime, ...]:
    """The instants (UTC) when reminders of a meeting fall due: only those still ahead, never after the meeting.

    One that would fall outside the safe hours moves earlier. A meeting less than two days away gets one reminder.
    """
    local = starts.astimezone(ZoneInfo(zone))
    due = [_safe(local, lead, zone, hours) for lead in LEADS]
    ahead = [at for at in due if now < at < starts]
    if not ahead and now < starts - timedelta(hours=2):
        soon = _next_safe(now.astimezone(ZoneInfo(zone)), hours)
        ahead = [soon] if soon < starts - timedelta(hours=1) else []
    return tuple(at.astimezone(UTC) for at in ahead)


def is_safe(now: datetime, zone: str, hours: SafeHours) -> bool:
    """Whether this instant is inside the person's hours and outside the night."""
    wall = now.astimezone(ZoneInfo(zone)).time()
    return hours.earliest <= wall <= hours.latest and not _night(wall)


def next_safe(now: datetime, zone: str, hours: SafeHours) -> datetime:
    """Now, when the hour is safe; else the next safe one, in UTC."""
    return now if is_safe(now, zone, hours) else _next_safe(now.astimezone(ZoneInfo(zone)), hours).astimezone(UTC)


def _night(wall: time) -> bool:
    return wall >= QUIET_FROM or wall < QUIET_TO


def _safe(local: datetime, lead: timedelta, zone: str, hours: SafeHours) -> datetime:
    day = (local - lead).date()
    wall = min(max(local.time(), hours.earliest), hours.latest)
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone))


def _next_safe(local: datetime, hours: SafeHours) -> datetime:
    if hours.earliest <= local.time() <= hours.latest and not _night(local.time()):
        return local + timedelta(minutes=1)
    day = local.date() if local.time() < hours.earliest else local.date() + timedelta(days=1)
    return datetime.combine(day, hours.earliest, tzinfo=local.tzinfo)
