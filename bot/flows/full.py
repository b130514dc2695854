"""Reading in Telegram: a grown-up's own yes to it, on the web, with what it means said first; ended with one tap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import SayYes, Withdraw
from storage.consent import TELEGRAM_FULL, Withheld
from storage.queries import MyChoices, MyLink, Query
from storage.records import Channel, PersonId

_MEANS = ("what", "company", "phone", "kept", "back")
LIST = Go("choices/list")


@dataclass(frozen=True, slots=True)
class What:
    """What it means, and the yes."""

    name: ClassVar[str] = "full/what"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Whether a chat is hers, and what she has said yes to."""
        return (MyLink(me.person or PersonId("")), MyChoices(me.case))

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The five sentences, and then yes; link first; or take it back."""
        link, given = facts[MyLink(me.person or PersonId(""))], self._given(me, facts)
        if isinstance(link, Withheld):
            return refused(me, link)
        means = tuple(Block((Text(f"full.{one}"),)) for one in _MEANS)
        if given:
            ways = (Choice("withdraw", Text("choices.withdraw")), BACK)
            return Screen(Text("full.title"), (Block((Text("full.on"),)), *means), choices=ways)
        if not link.bound:
            ways = (Choice("link", Text("linking.title")), BACK)
            return Screen(Text("full.title"), (*means, Block((Text("full.link"),))), choices=ways)
        return Screen(Text("full.title"), means, choices=(Choice("yes", Text("full.yes")), BACK))

    def _given(self, me: Me, facts: Facts) -> tuple[str, ...]:
        found = facts[MyChoices(me.case)]
        if isinstance(found, Withheld):
            return ()
        today = me.now.date().isoformat()
        return tuple(
            consent
            for consent, scope, _, until in found.given
            if scope == TELEGRAM_FULL and (until is None or until >= today)
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep her yes, or take it back at once."""
        match event:
            case Chose("yes") if me.content and me.channel is Channel.WEB:
                return Turn(LIST, (SayYes(me.case, TELEGRAM_FULL, ""),), line=Text("full.done"))
            case Chose("withdraw"):
                deeds = tuple(Withdraw(me.case, consent) for consent in self._given(me, facts))
                return Turn(LIST, deeds, line=Text("choices.withdrawn"))
            case Chose("link"):
                return Turn(Go("linking/telegram"))
            case Chose("back"):
                return Turn(LIST)
            case Failed():
                return Turn(home(me), line=Text("safe.failed"))
            case _:
                return stay(event, Go(self.name))


STEPS = (What,)
