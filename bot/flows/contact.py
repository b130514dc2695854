"""My contact: whom to reach, which outlives any one worker, since it is a function and its hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import MyMeetings, Query


@dataclass(frozen=True, slots=True)
class Contact:
    """The card."""

    name: ClassVar[str] = "contact/card"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The next meeting, which names who has it."""
        return (MyMeetings(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The person of the next meeting, and the ways to write or be called."""
        meetings = facts[MyMeetings(me.case)]
        if isinstance(meetings, Withheld):
            return refused(me, meetings)
        lines = [Text("contact.lead")]
        if meetings:
            lines.append(Text("contact.who", {"who": Name(meetings[0].with_)}))
        lines.append(Text("contact.language"))
        return Screen(
            Text("contact.title"),
            (Block(tuple(lines), symbol="phone"),),
            choices=(Choice("write", Text("contact.write"), symbol="talk"), BACK),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Write, or go home."""
        match event:
            case Chose("write"):
                return Turn(Go("say/write"))
            case Chose("back"):
                return Turn(home(me))
            case _:
                return stay(event, Go(self.name))


STEPS = (Contact,)
