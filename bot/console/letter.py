"""The letter to a child whose log no file can hold: what is open to her, on a page to print, in her language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web
from markupsafe import Markup

from bot.console.errand import Errand, House, Seat
from bot.console.forms import Problem, Reading
from bot.console.preview import Line, Shown, level_of, show_view
from bot.signing import unsigned_kinds
from bot.speech import Locale, locale
from bot.story import more_information
from bot.story.telling import PHONES
from bot.talk import Name, Text
from storage.carriers import CarrierKind
from storage.commands import BeginCarrier
from storage.consent import Reason, Withheld
from storage.kinds import ROLES
from storage.queries import CaseSheet, HerCards, PartyLine, Sheet
from storage.records import Adult, EntryView, Listener, TieKind


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to ask: a name, what it is, and how."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in words, in her language. `unsigned`: how many of its cards are one line only."""

    locale: Locale
    title: str
    lead: tuple[str, ...]
    made: str
    cards: tuple[Shown, ...]
    whom: str
    contacts: tuple[Contact, ...]
    closing: tuple[str, ...]
    unsigned: int


@dataclass(frozen=True, slots=True)
class To:
    """To whom a letter goes. `unsigned`: heavy kinds nobody has signed in her language; `alone`: no file has it."""

    listener: Listener
    spoken: Locale
    on: date
    unsigned: frozenset[str]
    alone: bool


def letter_of(views: Sequence[EntryView], to: To) -> Letter:
    """The letter made of her own cards, the same texts that she would read on her page."""
    listener, spoken, unsigned = to.listener, to.spoken, to.unsigned
    parts = ("lead", "why") if to.alone else ("lead",)
    cards = tuple(
        unsigned_card(spoken)
        if view.kind in unsigned
        # What stands under each card on a page stands once, at the end of the letter.
        else replace(show_view(view, listener, spoken), closing=())
        for view in views
    )
    again = Text(f"letter.again.{listener}", {"phone": Name(PHONES[listener])})
    return Letter(
        spoken,
        spoken.say(Text("letter.title")),
        tuple(spoken.say(Text(f"letter.{part}.{listener}")) for part in parts),
        spoken.say(Text("copy.made", {"on": to.on})),
        cards,
        spoken.say(Text("adults.more")),
        (*_people(views, spoken), *_places(views, listener, spoken)),
        (spoken.say(again), spoken.say(Text(f"letter.care.{listener}"))),
        sum(view.kind in unsigned for view in views),
    )


def unsigned_in(house: House, seat: Seat, spoken: Locale) -> frozenset[str]:
    """The heavy kinds that nobody has signed in a language; in practice everything is shown."""
    return frozenset() if house.practice else unsigned_kinds(seat.tx)[spoken.tag]


def unsigned_card(spoken: Locale) -> Shown:
    """Of a heavy text that nobody has signed in her language not even the headline."""
    line = Line(spoken.say(Text("card.unsigned")))
    return Shown(spoken, spoken.say(Text("card.unsigned_title")), "", Markup(), (line,), (), ())


def _people(views: Sequence[EntryView], spoken: Locale) -> tuple[Contact, ...]:
    """The grown-ups her cards name who have a number and still work there."""
    people: dict[str, Adult] = {ref: adult for view in views for ref, adult in view.people.items()}
    there = (adult for adult in people.values() if adult.phone and not adult.left)
    return tuple(Contact(spoken.say(Name(adult.label)), (_title(adult, spoken), adult.phone or "")) for adult in there)


def _title(adult: Adult, spoken: Locale) -> str:
    return adult.function or spoken.say(Text(f"role.{adult.role if adult.role in ROLES else 'other'}.title"))


def _places(views: Sequence[EntryView], listener: Listener, spoken: Locale) -> tuple[Contact, ...]:
    return tuple(
        Contact(spoken.say(one.name), (spoken.say(one.gives), spoken.say(one.how)))
        for one in more_information(views, listener)
    )


async def show_letter(errand: Errand) -> web.StreamResponse:
    """The letter as it will be printed, for the worker to read through first."""
    return await _draw(errand)


async def _draw(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    def see(seat: Seat) -> tuple[CaseSheet, PartyLine, Letter | None] | Withheld:
        sheet = seat.ask(Sheet(errand.case))
        child = None if isinstance(sheet, Withheld) else _child(sheet)
        if isinstance(sheet, Withheld) or child is None:
            return sheet if isinstance(sheet, Withheld) else Withheld(Reason.NOT_FOUND)
        cards = seat.ask(HerCards(errand.case, child.person))
        if isinstance(cards, Withheld):
            return cards
        views = [card for card in cards if isinstance(card, EntryView)]
        spoken = locale(child.locale)
        unsigned = unsigned_in(errand.house, seat, spoken)
        to = To(level_of(child, errand.today()), spoken, errand.today(), unsigned, alone(sheet))
        return sheet, child, letter_of(views, to) if views else None

    seen = await errand.sit(see)
    if isinstance(seen, Withheld):
        return errand.refuse(seen, HerCards)
    sheet, child, letter = seen
    first = {"carrier_on": errand.today().isoformat(), "decided_by": errand.actor.label}
    return errand.page(
        "letter.html",
        status=422 if problems else 200,
        sheet=sheet,
        child=child,
        letter=letter,
        alone=alone(sheet),
        typed=errand.typed.over(first),
        problems=problems,
    )


def alone(sheet: CaseSheet) -> bool:
    """Whether no file is said to hold the log: then the letter says why it is there, and is where the log is."""
    home = sheet.home
    return home is not None and (not home.said or home.kind is CarrierKind.LETTER)


def _child(sheet: CaseSheet) -> PartyLine | None:
    return next((line for line in sheet.parties if line.kind is TieKind.CHILD), None)


async def given(errand: Errand) -> web.StreamResponse:
    """The letter is in her hand: that is where the log is now, and nobody is asked for a file any more."""
    reading = Reading(errand.typed)
    on, by = reading.day("carrier_on"), reading.words("decided_by")
    ground = reading.words("carrier_ground", limit=500)
    if on is None or reading.problems:
        return await _draw(errand, reading.problems)
    no = await errand.do(BeginCarrier(errand.case, CarrierKind.LETTER, on, None, by, ground))
    if no is not None:
        return await _draw(errand, errand.problem_of(no, BeginCarrier, "carrier_ground"))
    return errand.to_case("/carrier", "letter_given")
