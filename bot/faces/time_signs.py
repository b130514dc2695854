"""Faces: a time as signs that nobody has to read: a moon for each night until then, and the hands of a clock."""

from __future__ import annotations

from datetime import datetime
from math import cos, pi, sin

from markupsafe import Markup

from bot.faces.symbols import svg
from bot.speech import ZONE
from bot.talk import Ahead

# More nights than this are not counted at a glance; the day then stands in words alone.
MOST_NIGHTS = 7
_ONE_O_CLOCK, _HALF_PAST_ONE = 0x1F550, 0x1F55C
_MOON_DRAWN = '<path d="M19.5 14.8A8 8 0 1 1 10.2 4.4A6.4 6.4 0 0 0 19.5 14.8z"/>'
_SUN_DRAWN = (
    '<circle cx="12" cy="12" r="4"/><path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2"/>'
)


def clock_sign(starts: datetime) -> str:
    """The clock of the nearest half hour, for a channel without drawings.

    It has no moons: what stands on a phone since the day before yesterday would count the nights wrong.
    """
    at = starts.astimezone(ZONE)
    halves = (at.hour * 60 + at.minute + 15) // 30
    return chr((_HALF_PAST_ONE if halves % 2 else _ONE_O_CLOCK) + (halves // 2 - 1) % 12)


def drawn(ahead: Ahead) -> Markup:
    """As drawings beside the words, which say the same: hidden from whoever listens, in the page's own direction."""
    nights = [_MOON_DRAWN] * ahead.nights if 0 < ahead.nights <= MOST_NIGHTS else []
    signs = [*(nights or ([_SUN_DRAWN] if ahead.nights == 0 else [])), _clock(ahead.starts.astimezone(ZONE))]
    # Numbers and our own drawings only.
    return Markup('<p class="time-signs" aria-hidden="true">{}</p>').format(Markup("").join(map(svg, signs)))


def _clock(at: datetime) -> str:
    hour, minute = 2 * pi * (at.hour % 12 + at.minute / 60) / 12, 2 * pi * at.minute / 60
    return f'<circle cx="12" cy="12" r="9.5"/>{_hand(hour, 4.5)}{_hand(minute, 7)}'


def _hand(turn: float, length: float) -> str:
    return f'<path d="M12 12L{12 + length * sin(turn):.1f} {12 - length * cos(turn):.1f}"/>'
