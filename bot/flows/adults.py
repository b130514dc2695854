"""The grown-ups: who they were, what each does and did, where they listened, whom to ask, and where there is more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.story import adult_text, more_information
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import Adults, MyThread, Query, Thread, WholeStory
from storage.records import Adult, Listener

MOST = 19


@dataclass(frozen=True, slots=True)
class All:
    """Everyone she met or who decided."""

    name: ClassVar[str] = "adults/list"
    version: ClassVar[int] = 1
    page: int = 0

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The grown-ups of her case."""
        return (Adults(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row each, and one for where there is more."""
        people = facts[Adults(me.case)]
        if isinstance(people, Withheld):
            return refused(me, people)
        if not people:
            return Screen(Text("adults.title"), (Block((Text("adults.none"),)),), choices=(BACK,))
        shown, further = _page(people, self.page)
        there = {adult.id for adult in shown if _there(me, adult)}
        # Where everybody can be asked, or nobody, a mark at every name would tell nothing.
        marked = 0 < len(there) < len(shown)
        rows = tuple(Choice(adult.id, _row(adult, marked and adult.id in there)) for adult in shown)
        more = Choice("more", Text("adults.more"))
        lead = (Text("adults.lead"), *((Text("adults.ask.marked"),) if marked else ()))
        return Screen(Text("adults.title"), (Block(lead),), rows=(*rows, more), choices=(*further, BACK))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Look at one, at where there is more, or go home."""
        people = facts[Adults(me.case)]
        known = () if isinstance(people, Withheld) else people
        match event:
            case Chose("back"):
                return Turn(Go(self.name, {"page": self.page - 1}) if self.page else home(me))
            case Chose("further") if _page(known, self.page)[1]:
                return Turn(Go(self.name, {"page": self.page + 1}))
            case Chose("more"):
                return Turn(Go("adults/more"))
            case Chose(value) if any(adult.id == value for adult in known):
                return Turn(Go("adults/one", {"adult": value}))
            case _:
                return stay(event, Go(self.name, {"page": self.page}))


def _page(people: tuple[Adult, ...], page: int) -> tuple[tuple[Adult, ...], tuple[Choice, ...]]:
    """The grown-ups of a page, and the way to those after them."""
    end = MOST * (page + 1)
    return people[end - MOST : end], (Choice("further", Text("face.more")),) if len(people) > end else ()


def _row(adult: Adult, marked: bool) -> Text:
    key = "adults.row.ask" if marked else "adults.row"
    return Text(key, {"name": Name(adult.label), "title": Text(f"role.{adult.role}.title")})


def _asks(me: Me) -> bool:
    """Whether she asks here at all: a representative has other ways to whoever is part of it."""
    return me.listener is not Listener.REPRESENTATIVE


def _there(me: Me, adult: Adult) -> bool:
    """Whether this very grown-up can be asked: still at work, where there is something to ask for or to ring."""
    return _asks(me) and not adult.left and bool(adult.function or adult.phone)


@dataclass(frozen=True, slots=True)
class One:
    """One grown-up."""

    name: ClassVar[str] = "adults/one"
    version: ClassVar[int] = 1
    adult: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The grown-ups, the cards that say what each did, and whether somebody reads what she asks."""
        return (Adults(me.case), WholeStory(me.case), *((MyThread(me.case),) if _asks(me) else ()))

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What this person does, what this person did, and how to reach them or their place of work."""
        people, views = facts[Adults(me.case)], facts[WholeStory(me.case)]
        if isinstance(people, Withheld):
            return refused(me, people)
        if isinstance(views, Withheld):
            return refused(me, views)
        adult = next((one for one in people if one.id == self.adult), None)
        if adult is None:
            return Screen(Text("adults.title"), (Block((Text("adults.gone"),)),), choices=(BACK,))
        # What nobody has signed is not said by way of a grown-up either.
        signed = [view for view in views if not me.lacks_signed(view.kind)]
        story = adult_text(adult, signed, me.listener)
        blocks = [Block((story.title, story.does), symbol="person")]
        if story.did:
            blocks.append(Block(story.did, heading=Text("adults.did")))
        box = self._box(me, facts)
        return Screen(story.name, (*blocks, _reach(me, adult, box=box)), choices=(*_ways(me, adult, box=box), BACK))

    def _box(self, me: Me, facts: Facts) -> bool:
        """Whether somebody reads what she writes: where nobody does there is no box."""
        thread = facts[MyThread(me.case)] if _asks(me) else None
        return isinstance(thread, Thread) and thread.staffed

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Ask, or go back to the list."""
        people = facts[Adults(me.case)]
        known = () if isinstance(people, Withheld) else people
        match event:
            case Chose("back"):
                place = next((n for n, one in enumerate(known) if one.id == self.adult), 0)
                return Turn(Go("adults/list", {"page": place // MOST}))
            case Chose("ask") if any(one.id == self.adult for one in known) and self._box(me, facts):
                return Turn(Go("say/write", {"to": self.adult}))
            case _:
                return stay(event, Go(self.name, {"adult": self.adult}))


def _ways(me: Me, adult: Adult, *, box: bool) -> tuple[Choice, ...]:
    """To the box, with the question meant for this grown-up or for whoever has the work now."""
    if not box or not (_there(me, adult) or (adult.left and adult.function)):
        return ()
    return (Choice("ask", Text("adults.ask.instead" if adult.left else "adults.ask.write"), symbol="talk"),)


def _reach(me: Me, adult: Adult, *, box: bool) -> Block:
    """Whether they can be asked, and how to reach them; when they have left, their place of work answers instead."""
    lines: list[Text] = []
    if _there(me, adult):
        lines.append(Text("adults.ask.can"))
    if _asks(me) and not box:
        lines.append(Text("adults.ask.ring" if adult.phone else "say.nobody"))
    if adult.left:
        lines.append(Text("adults.left"))
    if adult.function:
        lines.append(Text("adults.function", {"function": Name(adult.function)}))
    if adult.phone:
        lines.append(Text("adults.phone", {"phone": Name(adult.phone)}))
    return Block(tuple(lines) or (Text("adults.no_phone"),), heading=Text("adults.reach"), symbol="phone")


@dataclass(frozen=True, slots=True)
class More:
    """Every authority that has something more, what it can give, and how to ask."""

    name: ClassVar[str] = "adults/more"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The cards, which say who was part of it."""
        return (WholeStory(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One block for each authority."""
        views = facts[WholeStory(me.case)]
        if isinstance(views, Withheld):
            return refused(me, views)
        blocks = tuple(
            Block((source.gives, source.how), heading=source.name) for source in more_information(views, me.listener)
        )
        return Screen(Text("adults.more"), (Block((Text("adults.more_lead"),)), *blocks), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Back to the list."""
        if isinstance(event, Chose) and event.value == "back":
            return Turn(Go("adults/list"))
        return stay(event, Go(self.name))


STEPS = (All, One, More)
