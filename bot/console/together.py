"""Reading together: the tablet is turned to the child, and the browser is kept on her pages until they are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.console.door import BASE, turned_cookie
from bot.console.errand import Errand, House
from bot.console.forms import Problem, Typed, problem
from bot.console.letter import unsigned_card, unsigned_in
from bot.console.preview import Shown, level_of, show_view
from bot.console.words import Words
from bot.speech import Locale, locale
from storage.commands import ReadTogether
from storage.consent import Withheld
from storage.kinds import KINDS
from storage.projection import child_waits_for, view_for
from storage.queries import CaseAdults, HerCards, PartyLine, Sheet, WholeEntries
from storage.records import Adult, Entry, EntryId, EntryView, HoldKind, Listener, PersonId, ReaderClass, TieKind

ENDINGS = ("understood", "unsure", "wants_to_talk")
MOST = 20
_LONGEST_COOKIE = 3000


@dataclass(frozen=True, slots=True)
class Offered:
    """A card that may be read together. `first` means: she has not been told yet, and reading it is the telling."""

    view: EntryView
    first: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tablet is turned to: one child's cards in one case."""

    case: str
    person: PersonId
    entries: tuple[str, ...]

    def packed(self) -> str:
        """As it stands in the browser: ids only."""
        return ".".join((self.case, self.person, *self.entries))


def reading_of(house: House, request: web.Request) -> Reading | None:
    """The reading that this browser is kept on."""
    value = request.cookies.get(cookie_name(house), "")[:_LONGEST_COOKIE]
    parts = value.split(".")
    return Reading(parts[0], PersonId(parts[1]), tuple(parts[2:][:MOST])) if len(parts) > 2 and all(parts) else None


def cookie_name(house: House) -> str:
    """The name of the cookie that keeps a browser on the child's pages."""
    return turned_cookie(secure=house.secure)


def confined(house: House, request: web.Request) -> web.Response | None:
    """While a reading is open every other page of the console leads back to it: nothing of staff can be reached."""
    reading = reading_of(house, request)
    if reading is None:
        return None
    stem = f"{BASE}/cases/{reading.case}/together/"
    if request.path.startswith(stem):
        return None
    return web.Response(status=303, headers={"Location": f"{stem}read/0"})


def offered(cards: Sequence[object], entries: Sequence[Entry], adults: Mapping[str, Adult]) -> tuple[Offered, ...]:
    """The cards she can already open, and those that only wait for somebody to tell her."""
    open_ = {card.id: card for card in cards if isinstance(card, EntryView)}
    found = []
    for entry in entries:
        if entry.id in open_:
            found.append(Offered(open_[entry.id], first=False))
        elif _waits_for_telling(entry):
            view = view_for(entry, KINDS[entry.kind], ReaderClass.CHILD, adults)
            found.append(Offered(view, first=True))
    return tuple(found[:MOST])


def _waits_for_telling(entry: Entry) -> bool:
    released = any(one.to is ReaderClass.CHILD for one in entry.releases) and ReaderClass.CHILD in entry.listeners
    return released and not entry.taken_back and child_waits_for(entry) is HoldKind.IN_PERSON_FIRST


async def _cards(errand: Errand, person: PersonId) -> tuple[PartyLine, tuple[Offered, ...], str] | Withheld:
    """The child, what may be read with her, and the case's own number."""
    seen = await errand.ask(
        Sheet(errand.case), HerCards(errand.case, person), WholeEntries(errand.case), CaseAdults(errand.case)
    )
    if isinstance(seen, Withheld):
        return seen
    sheet, cards, entries, adults = seen
    child = next((line for line in sheet.parties if line.person == person), None)
    if child is None:
        raise web.HTTPNotFound
    return child, offered(cards, entries, {adult.id: adult for adult in adults}), sheet.ref


async def choose(errand: Errand) -> web.StreamResponse:
    """The worker picks what to read before the tablet is turned."""
    return await _choose(errand)


async def _choose(errand: Errand, problems: tuple[Problem, ...] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    child = next((line for line in seen[0].parties if line.kind is TieKind.CHILD), None)
    found = await _cards(errand, child.person) if child else None
    if isinstance(found, Withheld):
        return errand.refuse(found, HerCards)
    cards = found[1] if found else ()
    level = level_of(child, errand.today()) if child else Listener.CHILD
    ticked = {f"cards.{one.view.id}": "yes" for one in cards if not one.first}
    return errand.page(
        "together_choose.html",
        status=422 if problems else 200,
        sheet=seen[0],
        child=child,
        cards=cards,
        level=level,
        spoken=locale(child.locale).own_name if child else "",
        typed=errand.typed or Typed(ticked),
        problems=problems,
    )


async def begin(errand: Errand) -> web.StreamResponse:
    """Turn the tablet: from now on this browser has only her pages."""
    person, chosen = PersonId(errand.typed.one("person")), errand.typed.all("cards")
    found = await _cards(errand, person)
    if isinstance(found, Withheld):
        return errand.refuse(found, HerCards)
    entries = tuple(one.view.id for one in found[1] if one.view.id in chosen)
    if not entries:
        return await _choose(errand, (problem("cards", "choose"),))
    answer = web.Response(status=303, headers={"Location": f"{BASE}/cases/{quote(errand.case)}/together/read/0"})
    value = Reading(errand.case, person, entries).packed()
    answer.set_cookie(
        cookie_name(errand.house), value, path="/", httponly=True, samesite="Strict", secure=errand.house.secure
    )
    return answer


async def read(errand: Errand) -> web.StreamResponse:
    """One card, at her level and in her language."""
    reading = reading_of(errand.house, errand.request)
    if reading is None:
        return errand.to_case("/together")
    found = await _cards(errand, reading.person)
    if isinstance(found, Withheld):
        return _closed(errand, errand.refuse(found, HerCards))
    child, cards, _ = found
    shown = [one for one in cards if one.view.id in reading.entries]
    place = errand.request.match_info["at"]
    at = min(int(place) if place.isdecimal() and len(place) < 4 else 0, len(shown) - 1)
    if not shown:
        return _closed(errand, errand.to_case("/together"))
    spoken = locale(child.locale)
    view = shown[at].view
    level = level_of(child, errand.today())
    # A draft is no text for a child, with somebody beside her either: the one beside her tells it in her own words.
    hidden = view.kind in await errand.sit(lambda seat: unsigned_in(errand.house, seat, spoken))
    card: Shown = unsigned_card(spoken) if hidden else show_view(view, level, spoken)
    return _her_page(errand, "together_card.html", spoken, shown=card, at=at, of=len(shown), view=view)


def _her_page(errand: Errand, template: str, spoken: Locale, **facts: Any) -> web.Response:
    hers = Words(spoken)
    return errand.page(template, t=hers.t, locale=spoken, words=hers, **facts)


async def ask_close(errand: Errand) -> web.StreamResponse:
    """How was it? Three answers, and none of them is wrong."""
    reading = reading_of(errand.house, errand.request)
    if reading is None:
        return errand.to_case("/together")
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return _closed(errand, errand.refuse(seen))
    child = next((line for line in seen[0].parties if line.person == reading.person), None)
    at = errand.request.query.get("at", "0")
    return _her_page(errand, "together_close.html", locale(child.locale if child else "sv"), endings=ENDINGS, at=at)


async def close(errand: Errand) -> web.StreamResponse:
    """Write 'informed by' for the cards that were shown, and give the tablet back."""
    reading = reading_of(errand.house, errand.request)
    if reading is None:
        return errand.to_case("/together")
    ending, at = errand.typed.one("understood"), errand.typed.one("at")
    if ending not in ENDINGS:
        return await ask_close(errand)
    found = await _cards(errand, reading.person)
    if isinstance(found, Withheld):
        return _closed(errand, errand.refuse(found, HerCards))
    child, cards, _ = found
    shown = [one.view.id for one in cards if one.view.id in reading.entries]
    reached = shown[: (int(at) if at.isdecimal() and len(at) < 4 else 0) + 1]
    deed = ReadTogether(errand.case, child.person, tuple(EntryId(one) for one in reached), errand.today(), ending)
    no = await errand.do(deed)
    if no is not None:
        return _closed(errand, errand.refuse(no, ReadTogether))
    return _closed(errand, _her_page(errand, "together_thanks.html", locale(child.locale), case=errand.case))


def _closed(errand: Errand, answer: web.Response) -> web.Response:
    answer.del_cookie(cookie_name(errand.house), path="/", httponly=True, samesite="Strict", secure=errand.house.secure)
    return answer
