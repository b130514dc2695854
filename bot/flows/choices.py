"""My choices: what I said yes to, to what and until when, each taken back with one tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from bot.manners import BACK, home, paused, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import Withdraw
from storage.consent import Withheld
from storage.queries import MyChoices, Query
from storage.records import Channel, Listener, TieKind
from storage.safe_contact import WRITES

KNOWN_SCOPES = ("own_phone", "reminders", "telegram_notice", "telegram_full", "share_treatment",
                "share_story", "share_shared", "notices", "be_named")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """The list."""

    name: ClassVar[str] = "choices/list"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Her own yes and how she belongs to the case."""
        return (MyChoices(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each yes; tapping it asks whether to take it back."""
        found = facts[MyChoices(me.case)]
        if isinstance(found, Withheld):
            return refused(me, found)
        telegram = (Choice("telegram", Text("linking.row")),) if _may_link(me) else ()
        here = (Choice("places", Text("places.title")),) if me.channel is Channel.WEB else ()
        told = (Choice("told", Text("about.row.told")),) if me.kind is TieKind.CHILD else ()
        asked = me.channel is Channel.WEB and any(scope in WRITES for _, scope, *_ in found.given)
        safe = (Choice("safe", Text("safe.open")),) if asked else ()
        ways = (*telegram, *here, BACK)
        full = (Choice("full", Text("full.title")),) if may_read_there(me) else ()
        more = (*full, *told, *safe)
        stop = paused(found.paused)
        if not found.given:
            return Screen(Text("choices.title"), (*stop, Block((Text("choices.none"),))), rows=more, choices=ways)
        rows = (*(Choice(consent, _yes(scope, until)) for consent, scope, _, until in found.given), *more)
        return Screen(Text("choices.title"), (*stop, Block((Text("choices.lead"),))), rows=rows, choices=ways)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Take one back at once."""
        found = facts[MyChoices(me.case)]
        given = () if isinstance(found, Withheld) else found.given
        match event:
            case Chose("back"):
                return Turn(home(me))
            case Chose("places") if me.channel is Channel.WEB:
                return Turn(Go("places/list"))
            case Chose("told") if me.kind is TieKind.CHILD:
                return Turn(Go("choices/told"))
            case Chose("safe") if me.channel is Channel.WEB:
                return Turn(Go("safe/ask"))
            case Chose("full") if may_read_there(me):
                return Turn(Go("full/what"))
            case Chose("telegram") if _may_link(me):
                return Turn(Go("linking/telegram"))
            case Chose(value) if any(consent == value for consent, *_ in given):
                return Turn(Go("choices/sure", {"consent": value}))
            case _:
                return stay(event, Go(self.name))


@dataclass(frozen=True, slots=True)
class Sure:
    """Take it back? One tap, and no reason is asked for."""

    name: ClassVar[str] = "choices/sure"
    version: ClassVar[int] = 1
    consent: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Her own yes."""
        return (MyChoices(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The yes in words, and the two ways."""
        found = facts[MyChoices(me.case)]
        if isinstance(found, Withheld):
            return refused(me, found)
        line = next((_yes(scope, until) for one, scope, _, until in found.given if one == self.consent), None)
        if line is None:
            return Screen(Text("choices.title"), (Block((Text("choices.gone"),)),), choices=(BACK,))
        return Screen(
            Text("choices.title"),
            (Block((line, Text("choices.what_happens"))),),
            choices=(Choice("withdraw", Text("choices.withdraw")), BACK),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Take it back, or leave it."""
        match event:
            case Chose("withdraw"):
                return Turn(Go("choices/list"), (Withdraw(me.case, self.consent),), line=Text("choices.withdrawn"))
            case Failed():
                return Turn(Go("choices/list"), line=Text("choices.gone"))
            case _:
                return stay(event, Go("choices/list"))


def _may_link(me: Me) -> bool:
    """Telegram is for grown-ups, and it is linked on the web."""
    return me.channel is Channel.WEB and me.listener is Listener.GROWN


def may_read_there(me: Me) -> bool:
    """Whether the municipality lets a grown-up choose to read in Telegram; chosen on the web, about her own."""
    return me.content and _may_link(me) and me.kind in (TieKind.CHILD, TieKind.RECIPIENT)


def _yes(scope: str, until: str | None) -> Text:
    what = Text(f"consent.{scope if scope in KNOWN_SCOPES else 'other'}")
    if until is None:
        return Text("choices.row", {"what": what})
    return Text("choices.row_until", {"what": what, "on": date.fromisoformat(until)})


STEPS = (Given, Sure)
