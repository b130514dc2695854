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
_LAST_MINUTE = time(19, 59)


@dataclass(frozen=True, slots=True)
class SafeHours:
    """The hours of the day in which this person may be written to; both ends in wall time."""

    earliest: time = EARLIEST
    latest: time = LATEST


def reminder_times(starts: datetime, zone: str, now: datetime, hours: SafeHours) -> tuple[datetime, ...]:
    """The instants (UTC) when reminders of a meeting fall due: only those still ahead, never after the meeting.

    One that would fall outside the safe hours moves earlier. A meeting less than two days away gets one reminder.
    """
    if starts <= now:
        return ()
    local, hours = starts.astimezone(ZoneInfo(zone)), _by_day(hours)
    due = [_safe(local, lead, zone, hours) for lead in LEADS]
    ahead = [at for at in due if now < at < starts]
    if not ahead and now < starts - timedelta(hours=2):
        soon = _next_safe(now.astimezone(ZoneInfo(zone)), hours)
        ahead = [soon] if soon < starts - timedelta(hours=1) else []
    return tuple(at.astimezone(UTC) for at in ahead)


def is_safe(now: datetime, zone: str, hours: SafeHours) -> bool:
    """Whether this instant is inside the person's hours and outside the night."""
    wall, hours = now.astimezone(ZoneInfo(zone)).time(), _by_day(hours)
    return hours.earliest <= wall <= hours.latest


def next_safe(now: datetime, zone: str, hours: SafeHours) -> datetime:
    """Now, when the hour is safe; else the next safe one, in UTC."""
    if is_safe(now, zone, hours):
        return now
    return _next_safe(now.astimezone(ZoneInfo(zone)), _by_day(hours)).astimezone(UTC)


def _by_day(hours: SafeHours) -> SafeHours:
    """Her hours without the night; the usual ones where nothing would be left."""
    earliest, latest = max(hours.earliest, QUIET_TO), min(hours.latest, _LAST_MINUTE)
    return SafeHours(earliest, latest) if earliest < latest else SafeHours()


def _safe(local: datetime, lead: timedelta, zone: str, hours: SafeHours) -> datetime:
    day = (local - lead).date()
    wall = min(max(local.time(), hours.earliest), hours.latest)
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone))


def _next_safe(local: datetime, hours: SafeHours) -> datetime:
    soon = local + timedelta(minutes=1)
    if hours.earliest <= soon.time() <= hours.latest:
        return soon
    day = local.date() if local.time() < hours.earliest else local.date() + timedelta(days=1)
    return datetime.combine(day, hours.earliest, tzinfo=local.tzinfo)
