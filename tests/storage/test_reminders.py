"""Reminders: on the right day, in a kind hour, never after the meeting, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from storage.reminders import SafeHours, is_safe, reminder_times

STOCKHOLM = "Europe/Stockholm"
ZONE = ZoneInfo(STOCKHOLM)
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))
# The days around both changes of the clocks, 2026-2030.
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26),
           date(2028, 10, 29), date(2029, 3, 25), date(2029, 10, 28), date(2030, 3, 31),
           date(2030, 10, 27)]  # fmt: skip
NEAR_CHANGES = st.builds(lambda day, n: day + timedelta(days=n), st.sampled_from(CHANGES), st.integers(-4, 4))
MEETING_HOURS = st.builds(time, st.integers(7, 20), st.sampled_from([0, 15, 30, 59]))
STARTS = st.builds(lambda day, at: datetime.combine(day, at, tzinfo=ZONE), DAYS | NEAR_CHANGES, MEETING_HOURS)
AHEAD = st.timedeltas(timedelta(minutes=-90), timedelta(days=12))
HOURS = st.builds(
    SafeHours, st.builds(time, st.integers(0, 13), st.just(0)), st.builds(time, st.integers(14, 23), st.just(0))
)


def _wall(at: datetime) -> datetime:
    return at.astimezone(ZONE)


@settings(max_examples=600)
@given(starts=STARTS, ahead=AHEAD, hours=HOURS)
def test_never_in_the_night_never_outside_her_hours_never_after_the_meeting(
    starts: datetime, ahead: timedelta, hours: SafeHours
) -> None:
    now = starts.astimezone(UTC) - ahead
    due = reminder_times(starts, STOCKHOLM, now, hours)
    assert len(due) <= 2
    assert list(due) == sorted(set(due))
    for at in due:
        assert at.tzinfo is UTC
        assert now < at < starts
        assert is_safe(at, STOCKHOLM, hours), _wall(at)
        assert time(7) <= _wall(at).time() < time(20)


@settings(max_examples=250)
@given(starts=STARTS, hours=st.just(SafeHours()))
def test_long_ahead_there_are_two_three_days_and_one_day_before_at_the_meetings_own_hour(
    starts: datetime, hours: SafeHours
) -> None:
    due = reminder_times(starts, STOCKHOLM, starts.astimezone(UTC) - timedelta(days=9), hours)
    at = min(max(starts.time(), hours.earliest), hours.latest)
    assert [_wall(one).date() for one in due] == [starts.date() - timedelta(days=n) for n in (3, 1)]
    assert [_wall(one).time() for one in due] == [at, at]


@settings(max_examples=250)
@given(starts=STARTS, hours_ahead=st.floats(0.1, 47))
def test_a_short_notice_gives_one_reminder_at_most(starts: datetime, hours_ahead: float) -> None:
    now = starts.astimezone(UTC) - timedelta(hours=hours_ahead)
    due = reminder_times(starts, STOCKHOLM, now, SafeHours())
    assert len(due) <= 1
    if hours_ahead < 1:
        assert due == ()


@settings(max_examples=300)
@given(starts=STARTS, zone=st.sampled_from(["Europe/Helsinki", "Asia/Kabul", "America/New_York"]))
def test_the_meetings_own_zone_says_what_night_is(starts: datetime, zone: str) -> None:
    wall = starts.replace(tzinfo=ZoneInfo(zone))
    for at in reminder_times(wall, zone, wall.astimezone(UTC) - timedelta(days=9), SafeHours()):
        assert time(9) <= at.astimezone(ZoneInfo(zone)).time() <= time(19)


@pytest.mark.parametrize("day", CHANGES)
def test_a_change_of_the_clocks_moves_no_reminder_by_an_hour(day: date) -> None:
    starts = datetime.combine(day + timedelta(days=1), time(10), tzinfo=ZONE)
    first, second = reminder_times(starts, STOCKHOLM, starts.astimezone(UTC) - timedelta(days=9), SafeHours())
    assert (_wall(first).time(), _wall(second).time()) == (time(10), time(10))
    assert starts - second != timedelta(days=1) or starts.utcoffset() == _wall(second).utcoffset()
    assert second.astimezone(UTC) - first.astimezone(UTC) in (
        timedelta(hours=47),
        timedelta(hours=48),
        timedelta(hours=49),
    )


@pytest.mark.parametrize(
    ("booked", "due"),
    [
        ("2026-11-26T08:00", ["2026-11-26T09:00"]),
        ("2026-11-25T21:30", ["2026-11-26T09:00"]),
        ("2026-11-25T12:00", ["2026-11-25T13:00"]),
        ("2026-11-26T12:30", []),
        ("2026-11-26T13:30", []),
        ("2026-11-22T12:00", ["2026-11-23T13:00", "2026-11-25T13:00"]),
    ],
)
def test_a_meeting_at_one_is_booked_late(booked: str, due: list[str]) -> None:
    starts = datetime(2026, 11, 26, 13, tzinfo=ZONE)
    now = datetime.fromisoformat(booked).replace(tzinfo=ZONE).astimezone(UTC)
    found = [_wall(at).strftime("%Y-%m-%dT%H:%M") for at in reminder_times(starts, STOCKHOLM, now, SafeHours())]
    assert found == due


@settings(max_examples=300)
@given(at=st.builds(datetime.combine, DAYS, st.times(), st.just(UTC)), hours=HOURS)
def test_the_night_is_never_safe_whatever_she_chose(at: datetime, hours: SafeHours) -> None:
    wall = _wall(at).time()
    assume(wall >= time(20) or wall < time(7))
    assert not is_safe(at, STOCKHOLM, hours)
