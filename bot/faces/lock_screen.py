"""Faces: what a locked phone shows. These types have no place for anything personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.faces.time_signs import clock_sign
from bot.speech import ZONE, Locale
from bot.talk import Slot, Text
from storage.records import NoticeWording


class Wording(StrEnum):
    """The approved lines for 'there is something to read'; the person chose one. A new one is a review, not a line."""

    READ = "notice.read"
    LOOK = "notice.look"
    HELLO = "notice.hello"
    REMINDER = "notice.reminder"

    @classmethod
    def chosen(cls, wording: NoticeWording) -> Wording:
        """The line that stands in her profile."""
        return cls(f"notice.{wording}")


class MeetingWording(StrEnum):
    """The approved lines about a booked time."""

    COMING = "meeting.coming"
    MOVED = "meeting.moved"
    CANCELLED = "meeting.cancelled"


class CodeWord(StrEnum):
    """Everyday words; she picked one and it proves that the line is from us. Never typed by anybody."""

    APPLE = "code_word.apple"
    BOAT = "code_word.boat"
    BREAD = "code_word.bread"
    CANDLE = "code_word.candle"
    CLOUD = "code_word.cloud"
    CUP = "code_word.cup"
    FOREST = "code_word.forest"
    GARDEN = "code_word.garden"
    LAKE = "code_word.lake"
    LEAF = "code_word.leaf"
    MOON = "code_word.moon"
    ORANGE = "code_word.orange"
    RAIN = "code_word.rain"
    SCARF = "code_word.scarf"
    SNOW = "code_word.snow"
    STONE = "code_word.stone"


@dataclass(frozen=True, slots=True)
class Notice:
    """There is something to read. Only which approved line; anything else is a TypeError."""

    wording: Wording

    def __post_init__(self) -> None:
        """Types are checked at run time too: a plain text must not slip in."""
        _must_be(self.wording, Wording)


@dataclass(frozen=True, slots=True)
class MeetingNotice:
    """A booked time: an approved line, when, her code word, and no more: neither with whom, nor where, nor why."""

    wording: MeetingWording
    starts: datetime
    code: CodeWord

    def __post_init__(self) -> None:
        """Types are checked at run time too: a plain text must not slip in."""
        _must_be(self.wording, MeetingWording)
        _must_be(self.starts, datetime)
        _must_be(self.code, CodeWord)
        if self.starts.tzinfo is None:
            raise TypeError("a meeting's time has a zone")


@dataclass(frozen=True, slots=True)
class TrialNotice:
    """A trial, sent once: the approved line that she chose and her code word; no time, so that nobody goes anywhere."""

    wording: Wording
    code: CodeWord

    def __post_init__(self) -> None:
        """Types are checked at run time too: a plain text must not slip in."""
        _must_be(self.wording, Wording)
        _must_be(self.code, CodeWord)


def _must_be(value: object, kind: type[object]) -> None:
    if type(value) is not kind and not (kind is datetime and isinstance(value, datetime)):
        raise TypeError(f"only {kind.__name__} may stand here")


def lock_line(notice: Notice | MeetingNotice | TrialNotice, locale: Locale) -> str:
    """The whole line, as it stands on the locked phone: no name, no house, no case."""
    if isinstance(notice, Notice):
        return locale.say(Text(notice.wording))
    if isinstance(notice, TrialNotice):
        first = Text("trial.line", {"code": Text(notice.code)})
        lines = (first, Text("trial.looks"), Text(notice.wording), Text("trial.meeting"))
        return "\n".join(locale.say(line) for line in lines)
    at = notice.starts.astimezone(ZONE)
    slots: dict[str, Slot] = {"weekday": locale.weekday(at.date()), "time": locale.clock(at), "code": Text(notice.code)}
    words = locale.say(Text(notice.wording, slots))
    if notice.wording is MeetingWording.CANCELLED:
        return words
    return f"{words}\n{clock_sign(notice.starts)}"
