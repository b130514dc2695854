"""Near: for a grown-up close to a child. Useful to anyone, and alike for whoever may not see more, to the letter.

Not cleared, blocked, closed after clearing, cleared with nothing open, and a stranger all stand here and get the
same page for the same taps (req. 33-36). Only what a named person released to this one guardian, or a day opened to
her, makes it another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from bot.story import Depth, tell
from bot.story.afterwards import Day, days_come
from bot.story.keys import head_key
from bot.story.words import explained
from bot.talk import Block, Choice, Chose, Door, Event, Facts, Go, Me, Party, Screen, Text, Turn
from storage.consent import Withheld
from storage.kinds import KINDS
from storage.queries import Headline, OneEntry, Opened, OpenToHer, Query
from storage.records import CaseId, EntryId, EntryState, EntryView, Listener, PlannedVisit

TOPICS = ("barnahus", "tonight", "not_ask", "ring")
QUIET = "quiet"
MOST_CASES = 4
# What stands under the cards as well.
BESIDE_CARDS = ("tonight", "not_ask", "ring")
# Cards on a page, beside those and the row to the days after; and the pages that twenty cards of each case make.
SHOWN, CUTS = 16, 5
MOST_DAYS = 8
AFTER = "after"
PER_TOPIC = 4
BACK = Choice("back", Text("choice.back"), quiet=True)


def _asks(me: Me, page: int = 0) -> tuple[OpenToHer, ...]:
    """Of each child's case the twenty cards that a page of hers is cut from, together at most `CUTS` pages."""
    return tuple(OpenToHer(CaseId(party.case), page // CUTS) for party in me.parties[:MOST_CASES])


def _opened(me: Me, facts: Facts, page: int = 0) -> tuple[tuple[Party, Opened], ...]:
    """What is open to her of each case; a case of which nothing is open to her is left out."""
    asked = [(party, facts[ask]) for party, ask in zip(me.parties, _asks(me, page), strict=False)]
    return tuple((party, opened) for party, opened in asked if not isinstance(opened, Withheld))


def _visits(me: Me, facts: Facts, page: int = 0) -> tuple[PlannedVisit, ...]:
    """The days that were opened to this very guardian, the next one first; of others there is no trace (req. 45)."""
    found = [one for _, opened in _opened(me, facts, page) for one in opened.visits]
    return tuple(sorted(found, key=lambda one: one.on))[:MOST_DAYS]


def _is_open(me: Me, facts: Facts, page: int = 0) -> bool:
    return bool(_open(me, facts, page) or _visits(me, facts, page))


def _days(me: Me, facts: Facts) -> tuple[Day, ...]:
    """What a guardian may say and not ask on the days that have come, the newest first."""
    events = [one for _, opened in _opened(me, facts) for one in opened.after]
    days = (day for one in events for day in days_come(one, Listener.GUARDIAN, me.now.date()))
    return tuple(sorted(days, key=lambda day: day.on, reverse=True))[:MOST_DAYS]


def _open(me: Me, facts: Facts, page: int = 0) -> tuple[tuple[Party, Headline], ...]:
    """The cards that are open to this guardian now, of those that her page is cut from."""
    return tuple(
        (party, item)
        for party, opened in _opened(me, facts, page)
        for item in opened.cards.items
        if isinstance(item, Headline)
    )


def _further(me: Me, facts: Facts, page: int) -> int | None:
    """The page on which her cards go on; None: there are no more."""
    if len(_open(me, facts, page)) > SHOWN * (page % CUTS + 1):
        return page + 1
    goes_on = any(opened.cards.more for _, opened in _opened(me, facts, page))
    return (page // CUTS + 1) * CUTS if goes_on else None


@dataclass(frozen=True, slots=True)
class Home:
    """The page of quiet times; above it, for a cleared guardian, the cards that are open."""

    name: ClassVar[str] = "near/home"
    version: ClassVar[int] = 1
    topic: str = ""
    page: int = 0

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """What is open of each child's case."""
        return _asks(me, self.page)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Advice anyone can use; the same words whoever asks."""
        if _is_open(me, facts, self.page):
            return self._cleared(me, facts)
        topic = self.topic if self.topic in TOPICS else ""
        if topic:
            lines = tuple(Block((Text(f"near.{topic}.{n}"),)) for n in range(1, PER_TOPIC + 1))
            return Screen(Text(f"near.{topic}.title"), lines, choices=(BACK,), tone=QUIET)
        rows = tuple(Choice(one, Text(f"near.{one}.title")) for one in TOPICS)
        return Screen(
            Text("near.title"),
            (Block((Text("near.lead"), Text("near.about"))),),
            rows=rows,
            choices=(Choice("leave", Text("near.leave"), quiet=True),),
            tone=QUIET,
        )

    def _cleared(self, me: Me, facts: Facts) -> Screen:
        cards, visits = _open(me, facts, self.page), _visits(me, facts, self.page)
        lead = (Text("near.open.lead"), Text("near.open.child")) if cards else (Text("guardian.visits.lead"),)
        follows = cards and not self.page and _days(me, facts)
        after = (Choice(AFTER, Text("after.near.title")),) if follows else ()
        first = SHOWN * (self.page % CUTS)
        shown = (Choice(item.id, _row(item)) for _, item in cards[first : first + SHOWN])
        rows = (*after, *shown, *(Choice(one, Text(f"near.{one}.title")) for one in BESIDE_CARDS))
        more = (Choice("more", Text("face.more")),) if _further(me, facts, self.page) is not None else ()
        back = (BACK,) if self.page else ()
        return Screen(
            Text("near.open.title"),
            (Block(lead), *_visit_blocks(visits)),
            rows=rows,
            choices=(*more, *back, Choice("leave", Text("near.leave"), quiet=True)),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """A topic, a card that is open, or out. Everything else is answered with the page itself."""
        match event:
            case Chose("leave"):
                return Turn(Go(self.name), door=Door.LEAVE)
            case Chose(value) if value in TOPICS:
                return Turn(Go("near/advice" if _is_open(me, facts, self.page) else self.name, {"topic": value}))
            case Chose("after") if not self.page and _open(me, facts) and _days(me, facts):
                return Turn(Go("near/after"))
            case Chose("more") if (further := _further(me, facts, self.page)) is not None:
                return Turn(Go(self.name, {"page": further}))
            case Chose(value):
                case = next((party.case for party, item in _open(me, facts, self.page) if item.id == value), None)
                card = {"case": case, "entry": value, **({"page": self.page} if self.page else {})}
                return Turn(Go("near/card", card) if case else Go(self.name))
            case _:
                return Turn(Go(self.name))


def _visit_blocks(visits: tuple[PlannedVisit, ...]) -> tuple[Block, ...]:
    lines = tuple(
        Text("guardian.visit.cancelled" if one.cancelled else "guardian.visit.planned", {"on": one.on})
        for one in visits
    )
    heading, ask = Text("guardian.visits.title"), Text("guardian.visits.ask")
    return (Block((*lines, ask), heading=heading, symbol="calendar"),) if lines else ()


def _row(item: Headline) -> Text:
    happened = item.state is EntryState.HAPPENED
    head = Text(head_key(KINDS[item.kind], item.variant, Listener.GUARDIAN, happened=happened))
    if item.day is None:
        return Text(f"way.row.{item.state}_undated", {"headline": head})
    return Text(f"way.row.{item.state}", {"headline": head, "on": date.fromisoformat(item.day)})


@dataclass(frozen=True, slots=True)
class Advice:
    """A topic, for a guardian who also has cards."""

    name: ClassVar[str] = "near/advice"
    version: ClassVar[int] = 1
    topic: str = "tonight"

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Whether anything is still open: if not, this is the page of quiet times."""
        return Home().needs(me)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The topic, or the page of quiet times."""
        topic = self.topic if self.topic in TOPICS else "tonight"
        return Home(topic=topic).screen(me, facts) if not _is_open(me, facts) else self._advice(topic)

    def _advice(self, topic: str) -> Screen:
        lines = tuple(Block((Text(f"near.{topic}.{n}"),)) for n in range(1, PER_TOPIC + 1))
        return Screen(Text(f"near.{topic}.title"), lines, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """As at home."""
        return Home().on(me, event, facts)


@dataclass(frozen=True, slots=True)
class Card:
    """One card, as released to this guardian."""

    name: ClassVar[str] = "near/card"
    version: ClassVar[int] = 1
    case: str = ""
    entry: str = ""
    page: int = 0

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The card, and what is open at all, so that a block shows at the next request."""
        return (*Home().needs(me), OneEntry(CaseId(self.case), EntryId(self.entry)))

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The card in the guardian's own text; when it is gone, the first page, with nothing said."""
        found = facts[OneEntry(CaseId(self.case), EntryId(self.entry))]
        if not isinstance(found, EntryView):
            return Home().screen(me, facts)
        card = tell(found, Listener.GUARDIAN, Depth.FULL)
        when = (
            (Block((card.when,), symbol=card.symbol, entry=card.entry, kind=card.kind, tone="when"),)
            if card.when
            else ()
        )
        lines = tuple(Block((line,)) for line in (*card.blocks, *card.missing))
        return Screen(card.headline, (*when, *lines, Block(card.closing, tone="closing")), choices=(BACK,),
                      words=explained(card.words, Listener.GUARDIAN))  # fmt: skip

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back to the page it was opened from, or as at home."""
        if event == Chose("back"):
            return Turn(Go("near/home", {"page": self.page} if self.page else {}))
        return Home().on(me, event, facts)


@dataclass(frozen=True, slots=True)
class After:
    """What to say and not to ask on the days after, for a guardian whom somebody let read about the event."""

    name: ClassVar[str] = "near/after"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """As at home."""
        return Home().needs(me)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Each day that has come, the newest first; when nothing is open, the first page, with nothing said."""
        days = _days(me, facts) if _open(me, facts) else ()
        if not days:
            return Home().screen(me, facts)
        told = tuple(Block(day.lines, heading=day.headline) for day in days)
        lead = Block((Text("after.lead.about"),))
        return Screen(Text("after.near.title"), (lead, *told, Block(days[0].closing, tone="closing")), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back, or as at home."""
        return Turn(Go("near/home")) if event == Chose("back") else Home().on(me, event, facts)


STEPS = (Home, Advice, Card, After)
