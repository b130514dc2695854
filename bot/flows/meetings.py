"""Meetings of a person who lives on aid: when and where, how to get there, what to bring, and one tap to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import ANSWERS, BACK, answer_choice, refused, stay
from bot.talk import Ahead, Block, Choice, Chose, Event, Facts, Failed, Go, Me, Name, Screen, Text, Turn, Written
from storage.commands import AnswerMeeting
from storage.consent import Withheld
from storage.meeting_kinds import STAYS, meeting_kind
from storage.queries import MyMeetings, OneMeeting, Query
from storage.records import EntryState, Meeting

PARTS = ("stop", "entrance", "floor")
_GO = {
    "plan": Go("plan/goals"),
    "contact": Go("contact/card"),
    "say": Go("say/write"),
    "choices": Go("choices/list"),
    "who_read": Go("who_read/list"),
    "language": Go("language/choose"),
    "stop": Go("stop/ask"),
    "ask": Go("say/write"),
}
ROWS = {"plan": "stairs", "contact": "phone", "say": "talk", "choices": "yes", "who_read": "eye",
        "language": "language", "stop": "stop"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """The next meeting first, and the rows of the house."""

    name: ClassVar[str] = "meetings/home"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The meetings ahead."""
        return (MyMeetings(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """When the next one is; all of them are rows."""
        meetings = facts[MyMeetings(me.case)]
        if isinstance(meetings, Withheld):
            return refused(me, meetings)
        ahead = [meeting for meeting in meetings if meeting.state is not EntryState.CANCELLED]
        lead = Text("meetings.next", {"at": ahead[0].starts}) if ahead else Text("meetings.none")
        rows = tuple(Choice(meeting.id, _row(meeting), symbol="calendar") for meeting in meetings[:12])
        menu = tuple(Choice(row, Text(f"meetings.row.{row}"), symbol=symbol) for row, symbol in ROWS.items())
        when = Ahead.of(ahead[0].starts, me.now) if ahead else None
        blocks = (Block((lead, Text("meetings.same")), symbol="calendar", ahead=when),)
        return Screen(Text("home.title", {"name": Name(me.name or "")}), blocks, rows=(*rows, *menu))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open a meeting, or go where she points."""
        meetings = facts[MyMeetings(me.case)]
        known = () if isinstance(meetings, Withheld) else meetings
        match event:
            case Chose(value) if value in _GO:
                return Turn(_GO[value])
            case Chose(value) if any(meeting.id == value for meeting in known):
                return Turn(Go("meetings/one", {"meeting": value}))
            case _:
                return stay(event, Go(self.name))


def _row(meeting: Meeting) -> Text:
    state = meeting.state if meeting.state in (EntryState.PLANNED, EntryState.CANCELLED) else EntryState.PLANNED
    return Text(f"meetings.row.{state}", {"at": meeting.starts})


@dataclass(frozen=True, slots=True)
class One:
    """One meeting: with whom, where, how to get there, what to bring, and the answer."""

    name: ClassVar[str] = "meetings/one"
    version: ClassVar[int] = 1
    meeting: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The meeting as it stands now."""
        return (OneMeeting(me.case, self.meeting),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The meeting and three answers; after one, a receipt with the time."""
        meeting = facts[OneMeeting(me.case, self.meeting)]
        if isinstance(meeting, Withheld):
            return refused(me, meeting)
        if meeting is None:
            return Screen(Text("meetings.title"), (Block((Text("meetings.gone"),)),), choices=(BACK,))
        if meeting.state is EntryState.CANCELLED:
            lines = (Text("meetings.cancelled", {"at": meeting.starts}),)
            return Screen(Text("meetings.title"), (Block(lines),), choices=(BACK,))
        ways = tuple(answer_choice(answer) for answer in ANSWERS if answer != meeting.answer)
        return Screen(Text("meetings.title"), _blocks(me, meeting), choices=(*ways, BACK))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Answer, change the answer, or go back."""
        here = Go(self.name, {"meeting": self.meeting})
        match event:
            case Chose("back"):
                return Turn(Go("meetings/home"))
            case Chose(value) if value in ANSWERS:
                return Turn(here, (AnswerMeeting(me.case, self.meeting, value),), line=Text(f"meetings.thanks.{value}"))
            case Failed():
                return Turn(here, line=Text("meetings.too_late"))
            case _:
                return stay(event, here)


def _blocks(me: Me, meeting: Meeting) -> tuple[Block, ...]:
    who, where = (
        Text("meetings.with", {"who": Name(meeting.with_)}),
        Text("meetings.where", {"where": Name(meeting.where)}),
    )
    when = Text("meetings.when", {"at": meeting.starts})
    first = (when, Text(f"meetings.kind.{meeting_kind(meeting.kind)}"))
    blocks = [
        Block(first, symbol="calendar", ahead=Ahead.of(meeting.starts, me.now)),
        Block((who, where), symbol="house"),
    ]
    if (way := _way(meeting)) is not None:
        blocks.append(way)
    if meeting.bring:
        blocks.append(Block(tuple(Name(thing) for thing in meeting.bring), heading=Text("meetings.bring")))
    blocks.append(Block((Text("meetings.children"), Text("meetings.interpreter"))))
    if meeting.answer and meeting.answered_at:
        receipt = Text(f"meetings.receipt.{meeting.answer}", {"at": meeting.answered_at})
        blocks.append(Block((receipt,), tone="receipt"))
    return tuple(blocks)


def _way(meeting: Meeting) -> Block | None:
    """How to get there, in ready sentences and then in the worker's own words; whom to ask where nobody wrote it."""
    way, lines = meeting.way, list[Text | Written]()
    lines += [Text(f"meetings.way.{part}", {part: Name(said)}) for part in PARTS if (said := getattr(way, part))]
    lines += [Text(f"meetings.way.{one}") for one in way.ready]
    if way.words:
        lines.append(Written(way.words, way.language))
    if not lines and meeting_kind(meeting.kind) in STAYS:
        return None
    return Block(tuple(lines) or (Text("meetings.way.ask"),), heading=Text("meetings.way"))


STEPS = (Home, One)
