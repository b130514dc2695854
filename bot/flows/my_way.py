"""My way: home, and the cards in date order, with the place of those that may not be read yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from bot.manners import BACK, paused, refused, stay, told_as
from bot.story.keys import head_key
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.commands import KeepBookmark, KnowTiesEnded
from storage.consent import Withheld
from storage.her_words import SetAside, ToldAbout, declined
from storage.kinds import KINDS
from storage.queries import CaseFacts, Headline, MyBookmark, MyRefusals, MyToldAbout, Page, Query, TheCase, Timeline
from storage.records import Bookmark, Channel, EntryId, EntryState, Listener, Promise, Refusal, TieKind

_CHILD_ROWS = ("way", "adults", "say", "mine", "choices", "who_read", "language", "stop")
_GROWN_ROWS = ("way", "adults", "copy", "say", "mine", "choices", "who_read", "language", "stop")
_REPRESENTATIVE_ROWS = ("way", "adults", "language", "stop")
# Whom somebody has let read; the others in the representative's voice were appointed.
_READ_ALONG = (TieKind.READER, TieKind.SAFETY, TieKind.TREATMENT)
_GO = {
    "way": Go("my_way/timeline"),
    "after": Go("after/list"),
    "adults": Go("adults/list"),
    "copy": Go("my_way/copy"),
    "refused": Go("my_way/refused"),
    "say": Go("say/write"),
    "ask": Go("say/write"),
    "mine": Go("my_way/mine"),
    "choices": Go("choices/list"),
    "who_read": Go("who_read/list"),
    "language": Go("language/choose"),
    "stop": Go("stop/ask"),
}


@dataclass(frozen=True, slots=True)
class Home:
    """Home: her name, what waits, and where to go."""

    name: ClassVar[str] = "my_way/home"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """What may be known of the case as a whole; for a grown-up also what was refused, and where she stopped."""
        if me.listener is Listener.GROWN and me.person is not None:
            return (TheCase(me.case), MyRefusals(me.case), MyBookmark(me.person))
        return (TheCase(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A greeting that says what this is, and the rows of the house."""
        known = facts[TheCase(me.case)]
        voice = "representative" if me.listener is Listener.REPRESENTATIVE else "child"
        if isinstance(known, Withheld):
            return refused(me, known)
        rows: tuple[str, ...] = _REPRESENTATIVE_ROWS if voice == "representative" else _CHILD_ROWS
        grown: tuple[Block, ...] = ()
        if me.listener is Listener.GROWN:
            rows, grown = _grown_rows(me, facts), _grown_blocks(me, facts)
        if known.after:
            rows = tuple(row for name in rows for row in ((name, "after") if name == "way" else (name,)))
        along = me.kind in _READ_ALONG
        lines = [Text("home.reader.lead" if along else f"home.{voice}.lead")]
        if known.waiting and not along:
            lines.append(Text(f"home.{voice}.waiting"))
        return Screen(
            Text("home.title", {"name": Name(me.name or "")}),
            (*_turned_eighteen(known), Block(tuple(lines)), *grown, *paused(known.paused), *_look(known, me)),
            rows=tuple(Choice(row, Text(_label(row, voice))) for row in rows),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Go where she points."""
        place, known = _bookmark(me, facts), facts[TheCase(me.case)]
        # What stood above is told once: it is kept as told when she goes on from it.
        told = (KnowTiesEnded(me.case),) if not isinstance(known, Withheld) and known.grown else ()
        if event == Chose("resume") and place is not None:
            return Turn(Go("card/one", {"entry": place.entry, "page": place.page}), told)
        if isinstance(event, Chose) and event.value in _GO:
            return Turn(_GO[event.value], told)
        return stay(event, Go(self.name))


def _turned_eighteen(known: CaseFacts) -> tuple[Block, ...]:
    """That nobody reads here as her guardian any more, told to herself and to nobody else (policy P15)."""
    row = Text("home.row.choices")
    lines = (Text("grown.ties.closed"), Text("grown.ties.silent"), Text("grown.ties.readers", {"row": row}))
    return (Block(lines, heading=Text("grown.ties.title")),) if known.grown else ()


def _label(row: str, voice: str) -> str:
    """What a row of the house is called."""
    if row == "after":
        return "after.row.title" if voice == "child" else "after.near.title"
    return f"home.{voice}.way" if row == "way" else f"home.row.{row}"


def _bookmark(me: Me, facts: Facts) -> Bookmark | None:
    """The card a grown-up opened last."""
    if me.listener is not Listener.GROWN or me.person is None:
        return None
    found = facts[MyBookmark(me.person)]
    return None if isinstance(found, Withheld) else found


def _refused(me: Me, facts: Facts) -> tuple[Refusal, ...]:
    found = facts[MyRefusals(me.case)]
    return () if isinstance(found, Withheld) else found


def _grown_rows(me: Me, facts: Facts) -> tuple[str, ...]:
    """Where she stopped stands first; what was refused beside what can be kept."""
    rows = tuple(row for name in _GROWN_ROWS for row in ((name, "refused") if name == "copy" else (name,)))
    rows = rows if _refused(me, facts) else _GROWN_ROWS
    return ("resume", *rows) if _bookmark(me, facts) is not None else rows


def _grown_blocks(me: Me, facts: Facts) -> tuple[Block, ...]:
    """That she may stop in the middle; and how many cards were not handed out, said without being asked."""
    refusals = _refused(me, facts)
    count = (Text("home.grown.refused", count=len(refusals)),) if refusals else ()
    return (Block((Text("home.grown.pace"), *count)),)


def _look(known: CaseFacts, me: Me) -> tuple[Block, ...]:
    """The day to look here again, when there is one ahead."""
    if known.look_again is None or date.fromisoformat(known.look_again) < me.now.date():
        return ()
    return (Block((Text("home.look_again", {"on": date.fromisoformat(known.look_again)}),), symbol="clock"),)


@dataclass(frozen=True, slots=True)
class Way:
    """The cards in date order, twenty at a time."""

    name: ClassVar[str] = "my_way/timeline"
    version: ClassVar[int] = 1
    page: int = 0

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """One page of headlines; and for whom it is about, what she does not want to be told of."""
        page = Timeline(me.case, self.page)
        return (page, MyToldAbout(me.case)) if me.kind is TieKind.CHILD else (page,)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each card; a promise says the day in its row."""
        page = facts[Timeline(me.case, self.page)]
        if isinstance(page, Withheld):
            return refused(me, page)
        if not page.items:
            return Screen(Text("way.title"), (Block((Text("way.empty"),)),), choices=(BACK,))
        return Screen(
            Text("way.title"),
            (Block((Text("way.lead"),)),),
            rows=way_rows(page, me, _told(me, facts)),
            choices=(*_pages(page), BACK),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open a card, turn the page, or go home."""
        page = facts[Timeline(me.case, self.page)]
        here = Go(self.name, {"page": self.page})
        if isinstance(page, Withheld):
            return stay(event, Go("my_way/home"))
        match event:
            case Chose("back"):
                return Turn(Go("my_way/home"))
            case Chose("later") if page.more:
                return Turn(Go(self.name, {"page": self.page + 1}))
            case Chose("earlier") if self.page:
                return Turn(Go(self.name, {"page": self.page - 1}))
            case Chose(value) if any(item.id == value for item in page.items):
                # Where she stopped is kept about herself, and that is never read or written by way of a chat.
                grown = me.listener is Listener.GROWN and me.channel is Channel.WEB
                kept = (KeepBookmark(me.person, EntryId(value), self.page),) if me.person and grown else ()
                return Turn(Go("card/one", {"entry": value, "page": self.page}), kept)
            case _:
                return stay(event, here)


def _told(me: Me, facts: Facts) -> ToldAbout | None:
    found = facts[MyToldAbout(me.case)] if me.kind is TieKind.CHILD else None
    return found if isinstance(found, ToldAbout) else None


def way_rows(page: Page, me: Me, told: ToldAbout | None = None) -> tuple[Choice, ...]:
    """A page's headlines and promises as rows; `told`: what she does not want to be told of stands there unsaid."""
    return tuple(Choice(item.id, _row(item, me, told)) for item in page.items)


def _row(item: Headline | Promise | SetAside, me: Me, told: ToldAbout | None) -> Text:
    if isinstance(item, SetAside):
        return Text("way.row.aside")
    if isinstance(item, Promise):
        return Text("way.row.promise", {"on": item.until})
    day = date.fromisoformat(item.day) if item.day else None
    if me.lacks_signed(item.kind):
        # Nobody has signed its words in her language, and its headline is one of them.
        return Text("way.row.unsigned", {"on": day}) if day else Text("way.row.unsigned_undated")
    happened = item.state is EntryState.HAPPENED
    key = head_key(KINDS[item.kind], item.variant, told_as(me, item.kind), happened=happened)
    head = Text("skip.row_undated" if declined(told, item.kind, item.variant) else key)
    if item.day is None:
        return Text(f"way.row.{item.state}_undated", {"headline": head})
    return Text(f"way.row.{item.state}", {"headline": head, "on": date.fromisoformat(item.day)})


def _pages(page: Page) -> tuple[Choice, ...]:
    earlier = (Choice("earlier", Text("choice.earlier"), quiet=True),) if page.page else ()
    later = (Choice("later", Text("choice.later"), quiet=True),) if page.more else ()
    return earlier + later


STEPS = (Home, Way)
