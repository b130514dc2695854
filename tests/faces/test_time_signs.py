"""A time as signs: moons for the nights, a clock for the hour, the same for everybody who reads no words."""

from __future__ import annotations

import math
import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faces.time_signs import MOST_NIGHTS, clock_sign, drawn
from bot.talk import Ahead

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("hour", "minute", "sign"),
    [(15, 0, "🕒"), (8, 30, "🕣"), (10, 0, "🕙"), (0, 5, "🕛"), (13, 45, "🕑"), (12, 20, "🕧"), (23, 50, "🕛")],
)
def test_the_nearest_half_hour_as_a_letter(hour: int, minute: int, sign: str) -> None:
    assert clock_sign(NOW.replace(hour=hour, minute=minute)) == sign


def test_a_night_is_counted_where_the_meeting_is() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert Ahead.of(datetime(2026, 11, 24, 9, 0, tzinfo=STOCKHOLM), late).nights == 0


@given(st.times())
def test_the_hands_show_the_time(clock: time) -> None:
    at = datetime.combine(NOW.date(), clock, STOCKHOLM)
    hour, minute = (
        math.degrees(math.atan2(float(x) - 12, 12 - float(y))) % 360
        for x, y in re.findall(r"M12 12L(-?[\d.]+) (-?[\d.]+)", drawn(Ahead(at, 0)))
    )
    turned = (hour - (at.hour % 12 * 30 + at.minute / 2) + 180) % 360 - 180
    assert abs(turned) < 2
    assert abs((minute - at.minute * 6 + 180) % 360 - 180) < 2


@pytest.mark.parametrize("nights", range(MOST_NIGHTS + 3))
def test_as_many_moons_as_nights(nights: int) -> None:
    shown = drawn(Ahead(NOW, nights))
    assert shown.count("A8 8 0 1 1") == (nights if nights <= MOST_NIGHTS else 0)
    assert 'aria-hidden="true"' in shown
