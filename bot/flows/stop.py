"""Stop: leave this device, or take back every yes to being written to. No reason is asked, and one can come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay, tone
from bot.talk import Block, Choice, Chose, Door, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import Withdraw
from storage.consent import Withheld
from storage.queries import MyChoices, Query
from storage.records import TieKind

_WRITES = ("reminders", "telegram_notice", "telegram_full")


@dataclass(frozen=True, slots=True)
class Stop:
    """Two ways to stop."""

    name: ClassVar[str] = "stop/ask"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """What she said yes to, where it is hers to ask."""
        return (MyChoices(me.case),) if me.kind in (TieKind.CHILD, TieKind.RECIPIENT) else ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What each way does."""
        if self.needs(me) and isinstance(no := facts[MyChoices(me.case)], Withheld):
            return refused(me, no)
        ways = [Choice("leave", Text("stop.leave"))]
        if self._writes(me, facts):
            ways.append(Choice("messages", Text("stop.messages")))
        blocks = (Block((Text("stop.lead"), Text("stop.come_back"))),)
        return Screen(Text("stop.title"), blocks, choices=(*ways, BACK), tone=tone(me))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Stop what she asked to stop."""
        match event:
            case Chose("leave"):
                return Turn(home(me), door=Door.LEAVE)
            case Chose("messages"):
                deeds = tuple(Withdraw(me.case, consent) for consent in self._writes(me, facts))
                return Turn(home(me), deeds, line=Text("stop.stopped"))
            case Chose("back"):
                return Turn(home(me))
            case Failed():
                return Turn(home(me), line=Text("choices.gone"))
            case _:
                return stay(event, Go(self.name))

    def _writes(self, me: Me, facts: Facts) -> tuple[str, ...]:
        if not self.needs(me):
            return ()
        found = facts[MyChoices(me.case)]
        return () if isinstance(found, Withheld) else tuple(c for c, scope, *_ in found.given if scope in _WRITES)


STEPS = (Stop,)
