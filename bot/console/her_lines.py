"""Her lines: what may stand on a locked phone, word for word in the language of the person who is enrolled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.console.notice import lock_screen
from bot.faces.lock_screen import CodeWord, MeetingNotice, MeetingWording, lock_line
from bot.speech import Locale, locale, locales
from storage.records import EntryState, Meeting, NoticeWording


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved line: in her language, and in the worker's ('' where that says the same)."""

    wording: NoticeWording
    hers: str
    mine: str


@dataclass(frozen=True, slots=True)
class HerLines:
    """The lines she chooses among, the one chosen, and the reminder of the next booked time ('' without one)."""

    spoken: Locale
    lines: tuple[Approved, ...]
    chosen: str
    reminder: str


def her_lines(tag: str, wording: str, worker: Locale, next_time: datetime | None) -> HerLines:
    """The lines in the language `tag`, Swedish where it is none of ours; a wording not known is the first."""
    spoken = locale(tag if tag in {one.tag for one in locales()} else "sv")
    lines = tuple(_line(one, spoken, worker) for one in NoticeWording)
    chosen = next((one.hers for one in lines if one.wording == wording), lines[0].hers)
    return HerLines(spoken, lines, chosen, _reminder(spoken, next_time) if next_time else "")


def next_of(meetings: Iterable[Meeting], now: datetime) -> datetime | None:
    """When the next booked time is; None without one."""
    return min((one.starts for one in meetings if one.starts > now and one.state is not EntryState.CANCELLED),
               default=None)  # fmt: skip


def _line(wording: NoticeWording, spoken: Locale, worker: Locale) -> Approved:
    mine = "" if spoken.tag == worker.tag else lock_screen(worker, wording)
    return Approved(wording, lock_screen(spoken, wording), mine)


def _reminder(spoken: Locale, starts: datetime) -> str:
    # Whoever is enrolled just now has picked no word yet: the first stands until she does.
    return lock_line(MeetingNotice(MeetingWording.COMING, starts, next(iter(CodeWord))), spoken)
