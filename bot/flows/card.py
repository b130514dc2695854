"""One card: what happened, who decided, what it means and does not mean, what comes next, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bot.manners import BACK, refused, told_as
from bot.story import Card, Depth, tell
from bot.story.keys import CHILDREN
from bot.story.objections import came_of
from bot.story.words import explained
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Name, Screen, Slot, Text, Turn
from storage.commands import CountUnclear
from storage.consent import Withheld
from storage.her_words import Objects, SetAside, ToldAbout, declined
from storage.kinds import KINDS
from storage.queries import MyObjections, MyToldAbout, OneEntry, Query
from storage.records import Channel, EntryId, EntryView, Listener, Promise, TieKind

# From then on the manager has the task, and the page says that the promise was not kept, on the very day.
EVENING = 16
# What stands before a card of which she does not want to be told; nothing of the card itself.
_SKIPPED = Screen(
    Text("skip.title"),
    (Block((Text("skip.lead"),), tone="pause"),),
    rows=(Choice("change", Text("skip.change")),),
    choices=(Choice("read", Text("skip.read")), Choice("back", Text("card.back"), quiet=True)),
)
_DEEPER = {Depth.HEADLINE: Depth.SHORT, Depth.SHORT: Depth.FULL}


@dataclass(frozen=True, slots=True)
class One:
    """One card at one depth. `depth` empty: a heavy card starts with its headline, others in full.

    `level`: she did not understand it and reads it in other words, those of another level than hers.
    """

    name: ClassVar[str] = "card/one"
    version: ClassVar[int] = 1
    entry: str = ""
    page: int = 0
    depth: str = ""
    level: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The one entry, as her key opens it; and for whom it is about, her objections and what she will not hear."""
        card = OneEntry(me.case, EntryId(self.entry))
        hers = (MyObjections(me.case), MyToldAbout(me.case))
        return (card, *hers) if me.kind is TieKind.CHILD else (card,)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The card, the promise in its place, or a sentence about why there is none."""
        found = facts[OneEntry(me.case, EntryId(self.entry))]
        match found:
            case Withheld() as no:
                return refused(me, no)
            case None:
                said = self._said(me, facts)
                return Screen(Text("card.gone.title"), (Block((Text("card.gone"),)), *said), choices=(BACK,))
            case Promise() as promise:
                return _promise(promise, me)
            case SetAside() as aside:
                return _aside(aside, me)
            case view if self._skips(view, me, facts):
                return _SKIPPED
            case view:
                return self._card(view, me, self._said(me, facts))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Read more or less, ask about this, or back to the way."""
        found = facts[OneEntry(me.case, EntryId(self.entry))]
        depth = self._depth(found, me) if isinstance(found, EntryView) else Depth.FULL
        match event:
            case Chose("back" | "words" as place):
                return Turn(self._beside("card/words", depth) if place == "words" else self._way)
            case Chose("more") if depth in _DEEPER:
                return Turn(self._at(_DEEPER[depth]))
            case Chose("shorter"):
                return Turn(self._at(Depth.SHORT))
            case Chose("pause") if me.listener is Listener.GROWN:
                return Turn(Go("my_way/home"), line=Text("card.paused"))
            case Chose("ask") if me.listener is not Listener.REPRESENTATIVE:
                return Turn(Go("say/write", {"about": self.entry}))
            case _:
                there = self._on_hers(me, event, found, depth) if isinstance(found, EntryView) and _hers(me) else None
                return there or Turn(self._at(depth), line=Text("line.choose"))

    def _on_hers(self, me: Me, event: Event, view: EntryView, depth: Depth) -> Turn | None:
        """What only whom it is about does: she did not understand it, or wants to do something with it."""
        match event:
            case Chose("unclear"):
                pressed = CountUnclear(me.case, _text_key(view, self._level(me)), me.locale)
                return Turn(self._beside("card/unclear", depth), (pressed,))
            case Chose("about"):
                return Turn(self._beside("card/about", depth))
            case Chose("read"):
                return Turn(self._at(depth))
            case Chose("change"):
                return Turn(Go("choices/told", {"entry": self.entry}))
            case Chose("own"):
                return Turn(self._at(Depth.FULL))
            case Failed():
                return Turn(self._beside("card/unclear", depth))
            case _:
                return None

    @property
    def _way(self) -> Go:
        return Go("my_way/timeline", {"page": self.page})

    def _skips(self, view: EntryView, me: Me, facts: Facts) -> bool:
        """Whether she does not want to be told of this, and has not opened it all the same (req. 17)."""
        told = facts[MyToldAbout(me.case)] if me.kind is TieKind.CHILD and not self.depth else None
        outcome = view.fields.get(KINDS[view.kind].variant or "")
        return isinstance(told, ToldAbout) and declined(told, view.kind, outcome)

    def _at(self, depth: Depth) -> Go:
        return self._beside(self.name, depth)

    def _beside(self, step: str, depth: Depth) -> Go:
        return Go(step, {"entry": self.entry, "page": self.page, "depth": str(depth)})

    def _level(self, me: Me) -> Listener:
        """For whom it is told: for her, or in the words of another level that is told to whom it is about."""
        told = self.level in CHILDREN and me.listener in CHILDREN
        return Listener(self.level) if told else me.listener

    def _said(self, me: Me, facts: Facts) -> tuple[Block, ...]:
        """What she has said of this card: that something is wrong, and what somebody found who looked."""
        kept = facts[MyObjections(me.case)] if me.kind is TieKind.CHILD else ()
        here = [one for one in kept if one.entry == self.entry] if isinstance(kept, tuple) else []
        wrong = (Text("card.you_said_wrong"),) if any(one.objects is Objects.WRONG for one in here) else ()
        newest = {one.objects: one for one in reversed(here)}
        came = tuple(line for one in newest.values() if (line := came_of(one)) is not None)
        return (Block((*wrong, *came), tone="pause"),) if wrong or came else ()

    def _depth(self, view: EntryView, me: Me) -> Depth:
        if self.depth in tuple(Depth):
            return Depth(self.depth)
        heavy = tell(view, told_as(me, view.kind)).heavy and me.listener is not Listener.REPRESENTATIVE
        return Depth.HEADLINE if heavy else Depth.FULL

    def _card(self, view: EntryView, me: Me, said: tuple[Block, ...]) -> Screen:
        depth, level = self._depth(view, me), self._level(me)
        card = tell(view, told_as(me, view.kind), depth)
        if me.lacks_signed(view.kind):
            return _unsigned(view, card)
        about = (Choice("about", Text("card.about")),) if _hers(me) else ()
        if depth is Depth.HEADLINE:
            note = (Text("card.heavy.note"), Text("card.heavy.choose"))
            blocks = (*_head(card), Block(note, tone="pause"))
            rows = (*_words_row(card, me), *about)
            return Screen(card.headline, blocks, rows=rows, choices=_ways(depth, me), words=_words(card, level))
        unclear = (Choice("unclear", Text("card.unclear")),) if _hers(me) else ()
        own: tuple[Choice, ...] = ()
        if level is not me.listener:
            # What closes a card, such as whom to ring, is always what fits her own age.
            card = replace(tell(view, level, depth), closing=card.closing)
            said, own = (
                (Block((Text("card.other_words"),), tone="pause"), *said),
                (Choice("own", Text("card.own_words")),),
            )
        blocks = (*_head(card), *said, *card_blocks(card), *_not_told(view, me))
        rows = (*_words_row(card, me), *unclear, *own, *about)
        return Screen(card.headline, blocks, rows=rows, choices=_ways(depth, me), words=_words(card, level))


def _words(card: Card, level: Listener) -> tuple[Block, ...]:
    """The hard words of a card, each with what it means at the level it is told."""
    return explained(card.words, level)


def _words_row(card: Card, me: Me) -> tuple[Choice, ...]:
    """A chat unfolds nothing: there the words have a place of their own."""
    unfolds = me.channel is not Channel.TELEGRAM
    return () if unfolds or not card.words else (Choice("words", Text("words.title")),)


def _hers(me: Me) -> bool:
    """Whether she is whom the cards are about: nobody else objects, wonders or is counted."""
    return me.kind is TieKind.CHILD and me.listener in CHILDREN


def _text_key(view: EntryView, level: Listener) -> str:
    """Which text it is: its kind, with what came of it, and its level."""
    return tell(view, level, Depth.HEADLINE).headline.key.removesuffix(".headline")


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
    waits = me.kind in (TieKind.REPRESENTATIVE, TieKind.COUNSEL) and view.told_by is None
    if me.listener is not Listener.REPRESENTATIVE or not waits:
        return ()
    return (Block((Text("card.child_waits"),), tone="pause"),)


def _unsigned(view: EntryView, card: Card) -> Screen:
    """Nobody has signed this text in her language yet: she is told so, and that a grown-up goes through it with her."""
    with_her = Text("card.unsigned_who", {"who": Name(view.told_by)}) if view.told_by else Text("card.unsigned_ask")
    block = Block((Text("card.unsigned"), with_her), symbol="hands", entry=view.id, kind="unsigned", tone="pause")
    ways = (Choice("ask", Text("card.ask")), Choice("back", Text("card.back"), quiet=True))
    return Screen(Text("card.unsigned_title"), (*_head(card), block), choices=ways)


def _aside(aside: SetAside, me: Me) -> Screen:
    """She has said that it is not about her: it is put away, and a person looks."""
    lines = (Text("aside.lead", {"at": aside.at}), Text("aside.next"))
    block = Block(lines, symbol="hands", entry=aside.id, kind="aside", tone="pause")
    ask = (Choice("ask", Text("card.ask")),) if _hers(me) else ()
    ways = (*ask, Choice("back", Text("card.back"), quiet=True))
    return Screen(Text("aside.title"), (block,), choices=ways)


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
