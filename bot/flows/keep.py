"""What a grown-up may keep and may know of the rest: a copy of every card, and what was not handed out, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.story import tell
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Link, Me, Name, Screen, Slot, Text, Turn
from storage.consent import Withheld
from storage.queries import MyRefusals, Query, WholeStory
from storage.records import EntryView

FILE = Link("/copy.json", Text("copy.file"))


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy: first what it is, then every card on one page that can be printed."""

    name: ClassVar[str] = "my_way/copy"
    version: ClassVar[int] = 1
    whole: bool = False

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Every card that is open to her, when she has asked to see them."""
        return (WholeStory(me.case),) if self.whole else ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Heavy cards stand here, too, so nothing is shown before she asks for it."""
        if not self.whole:
            lines = (Text("copy.lead"), Text("copy.heavy"), Text("copy.care"))
            ways = (Choice("show", Text("copy.show")), BACK)
            return Screen(Text("copy.title"), (Block(lines, symbol="paper"),), choices=ways, link=FILE)
        views = facts[WholeStory(me.case)]
        if isinstance(views, Withheld):
            return refused(me, views)
        first = Block((Text("copy.made", {"on": me.now.date()}), Text("copy.print")))
        cards = tuple(_card(view, me) for view in views) or (Block((Text("way.empty"),)),)
        return Screen(Text("copy.title"), (first, *cards), choices=(BACK,), link=FILE, tone="copy")

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Show it, or go back."""
        match event:
            case Chose("show"):
                return Turn(Go(self.name, {"whole": True}))
            case Chose("back"):
                return Turn(Go(self.name) if self.whole else home(me))
            case _:
                return stay(event, Go(self.name, {"whole": self.whole}))


def _card(view: EntryView, me: Me) -> Block:
    """One card in full under its headline; of what nobody has signed in her language not even that."""
    card = tell(view, me.listener)
    when = (card.when,) if card.when else ()
    if me.lacks_signed(view.kind):
        heading = Text("card.unsigned_title")
        return Block((*when, Text("card.unsigned")), heading=heading, entry=view.id, kind=view.kind)
    return Block((*when, *card.blocks, *card.missing), heading=card.headline, entry=view.id, kind=view.kind)


@dataclass(frozen=True, slots=True)
class NotHandedOut:
    """What was refused: how many, by whom, when, why, and how to appeal. Never what it was."""

    name: ClassVar[str] = "my_way/refused"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The refusals."""
        return (MyRefusals(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One block for each ground, then what she can do."""
        found = facts[MyRefusals(me.case)]
        if isinstance(found, Withheld):
            return refused(me, found)
        blocks = []
        for ground in dict.fromkeys(one.ground for one in found):
            same = [one for one in found if one.ground is ground]
            signed: dict[str, Slot] = {"who": Name(same[-1].by), "on": same[-1].on}
            lines = (Text("refusals.count", count=len(same)), Text(f"come_back.ground.{ground}"),
                     Text("refusals.by", signed))  # fmt: skip
            blocks.append(Block(lines))
        if not blocks:
            return Screen(Text("refusals.title"), (Block((Text("refusals.none"),)),), choices=(BACK,))
        appeal = Block((Text("come_back.appeal"), Text("come_back.appeal.help")))
        ways = (Choice("more", Text("refusals.more")), Choice("ask", Text("card.ask")), BACK)
        return Screen(Text("refusals.title"), (*blocks, appeal), choices=ways)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Where there is more, somebody to ask, or home."""
        match event:
            case Chose("more"):
                return Turn(Go("adults/more"))
            case Chose("back"):
                return Turn(home(me))
            case _:
                return stay(event, Go(self.name))


STEPS = (Copy, NotHandedOut)
