"""One card: what happened, who decided, what it means and does not mean, what comes next, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, refused
from bot.story import Card, Depth, tell
from bot.story.keys import CHILDREN
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Name, Screen, Slot, Text, Turn
from storage.consent import Withheld
from storage.queries import OneEntry, Query
from storage.records import EntryId, EntryView, Listener, Promise

# From then on the manager has the task, and the page says that the promise was not kept, on the very day.
EVENING = 16
_DEEPER = {Depth.HEADLINE: Depth.SHORT, Depth.SHORT: Depth.FULL}


@dataclass(frozen=True, slots=True)
class One:
    """One card at one depth. `depth` empty: a heavy card starts with its headline, others in full."""

    name: ClassVar[str] = "card/one"
    version: ClassVar[int] = 1
    entry: str = ""
    page: int = 0
    depth: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The one entry, as her key opens it."""
        return (OneEntry(me.case, EntryId(self.entry)),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The card, the promise in its place, or a sentence about why there is none."""
        found = facts[OneEntry(me.case, EntryId(self.entry))]
        match found:
            case Withheld() as no:
                return refused(me, no)
            case None:
                return Screen(Text("card.gone.title"), (Block((Text("card.gone"),)),), choices=(BACK,))
            case Promise() as promise:
                return _promise(promise, me)
            case view:
                return self._card(view, me)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Read more or less, ask about this, or back to the way."""
        found = facts[OneEntry(me.case, EntryId(self.entry))]
        depth = self._depth(found, me) if isinstance(found, EntryView) else Depth.FULL
        match event:
            case Chose("back"):
                return Turn(Go("my_way/timeline", {"page": self.page}))
            case Chose("more") if depth in _DEEPER:
                return Turn(self._at(_DEEPER[depth]))
            case Chose("shorter"):
                return Turn(self._at(Depth.SHORT))
            case Chose("pause") if me.listener is Listener.GROWN:
                return Turn(Go("my_way/home"), line=Text("card.paused"))
            case Chose("ask") if me.listener is not Listener.REPRESENTATIVE:
                return Turn(Go("say/write", {"about": self.entry}))
            case _:
                return Turn(self._at(depth), line=Text("line.choose"))

    def _at(self, depth: Depth) -> Go:
        return Go(self.name, {"entry": self.entry, "page": self.page, "depth": str(depth)})

    def _depth(self, view: EntryView, me: Me) -> Depth:
        if self.depth in tuple(Depth):
            return Depth(self.depth)
        heavy = tell(view, me.listener).heavy and me.listener is not Listener.REPRESENTATIVE
        return Depth.HEADLINE if heavy else Depth.FULL

    def _card(self, view: EntryView, me: Me) -> Screen:
        depth = self._depth(view, me)
        card = tell(view, me.listener, depth)
        if view.kind in me.unsigned and me.listener in CHILDREN:
            return _unsigned(view, card)
        if depth is Depth.HEADLINE:
            note = (Text("card.heavy.note"), Text("card.heavy.choose"))
            return Screen(card.headline, (*_head(card), Block(note, tone="pause")), choices=_ways(depth, me))
        waits = _not_told(view, me)
        return Screen(card.headline, (*_head(card), *card_blocks(card), *waits), choices=_ways(depth, me))


def card_blocks(card: Card) -> tuple[Block, ...]:
    """A card's texts, each a block of its own, and the closing lines together."""
    told = tuple(Block((line,)) for line in (*card.blocks, *card.missing))
    closing = (Block(card.closing, tone="closing"),) if card.closing else ()
    return told + closing


def _head(card: Card) -> tuple[Block, ...]:
    if card.when is None:
        return ()
    return (Block((card.when,), symbol=card.symbol, entry=card.entry, kind=card.kind, tone="when"),)


def _ways(depth: Depth, me: Me) -> tuple[Choice, ...]:
    ways = []
    if depth in _DEEPER:
        ways.append(Choice("more", Text(f"card.more.{depth}")))
    else:
        ways.append(Choice("shorter", Text("card.shorter"), quiet=True))
    if me.listener is not Listener.REPRESENTATIVE:
        ways.append(Choice("ask", Text("card.ask")))
    if me.listener is Listener.GROWN:
        ways.append(Choice("pause", Text("card.pause"), quiet=True))
    return (*ways, Choice("back", Text("card.back"), quiet=True))


def _not_told(view: EntryView, me: Me) -> tuple[Block, ...]:
    """The representative sees what the child still waits to hear."""
    if me.listener is not Listener.REPRESENTATIVE or view.told_by is not None:
        return ()
    return (Block((Text("card.child_waits"),), tone="pause"),)


def _unsigned(view: EntryView, card: Card) -> Screen:
    """Nobody has signed this text in her language yet: she is told so, and that a grown-up goes through it with her."""
    with_her = Text("card.unsigned_who", {"who": Name(view.told_by)}) if view.told_by else Text("card.unsigned_ask")
    block = Block((Text("card.unsigned"), with_her), symbol="hands", entry=view.id, kind="unsigned", tone="pause")
    ways = (Choice("ask", Text("card.ask")), Choice("back", Text("card.back"), quiet=True))
    return Screen(Text("card.unsigned_title"), (*_head(card), block), choices=ways)


def _promise(promise: Promise, me: Me) -> Screen:
    """Not yet: the day somebody looks again; when the day has passed, what came of it is said the same day."""
    due = me.now.date()
    evening = me.now.hour >= EVENING and promise.looked != due
    slots: dict[str, Slot] = {"on": promise.until, "who": Name(promise.who)}
    if due < promise.until:
        lines = [Text("promise.ahead", slots)]
    elif due == promise.until and evening:
        lines = [Text("promise.missed_today", slots), Text("promise.missed_task")]
    elif due == promise.until:
        lines = [Text("promise.today", slots)]
    else:
        lines = [Text("promise.missed", slots), Text("promise.missed_task")]
    if promise.looked is not None:
        lines.append(Text("promise.looked", {"on": promise.looked}))
    ask = () if me.listener is Listener.REPRESENTATIVE else (Choice("ask", Text("card.ask")),)
    ways = (*ask, Choice("back", Text("card.back"), quiet=True))
    block = Block(tuple(lines), symbol="clock", entry=promise.id, kind="promise", tone="promise")
    return Screen(Text("promise.title"), (block,), choices=ways)


STEPS = (One,)
