"""The days after an interview: what is owed today, the exact words to say, and who said them when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aiohttp import web

from bot.console.cases import child_of
from bot.console.errand import Errand
from bot.console.forms import Problem, Reading, problem
from bot.console.preview import level_of
from bot.speech import Locale, locale
from bot.story.afterwards import day_of, said_aloud
from storage.afterwards import NOT_NOW, days_of, due_at, way_home_untold
from storage.commands import RecordDay
from storage.consent import Withheld
from storage.projection import child_waits_for
from storage.queries import CaseAdults, CaseSheet, PartyLine, Sheet, WholeEntries
from storage.records import Adult, Afterwards, DayTold, Entry, EntryState, HoldKind, Told

DAY_HOW = ("in_person", "phone", "video")
TAKEN = ("understood", "unsure", "wants_to_talk", NOT_NOW)


class Stand(StrEnum):
    """Where one of the days stands."""

    AHEAD = "ahead"
    NOW = "now"
    SAID = "said"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Aloud:
    """The words of a day in one language, as they are said."""

    locale: Locale
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day on the page. `words` is in the child's language, and beside it in the worker's where that is another."""

    day: int
    on: date
    stand: Stand
    said: tuple[DayTold, ...]
    words: tuple[Aloud, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page stands on."""

    sheet: CaseSheet
    entry: Entry
    entries: tuple[Entry, ...]
    adults: dict[str, Adult]
    child: PartyLine | None


async def show_after(errand: Errand) -> web.StreamResponse:
    """The four days of one interview."""
    return await draw(errand)


async def record_day(errand: Errand) -> web.StreamResponse:
    """Somebody offered the words of a day: when, how, and how she took it. Not now is an answer too."""
    seen = await _seen(errand)
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    reading = Reading(errand.typed)
    by, on = reading.words("by"), reading.day("on")
    how, taken = reading.one_of("how", DAY_HOW), reading.one_of("understood", TAKEN)
    if on and on > errand.today():
        reading.problems.append(problem("on", "ahead"))
    number = errand.typed.one("day_number")
    if on is None or reading.problems or seen.child is None or not number.isdigit():
        return _page(errand, seen, reading.problems)
    told = Told(seen.child.person, by, on, how, taken)
    no = await errand.do(RecordDay(errand.case, errand.entry, int(number), told))
    if no is not None:
        return _page(errand, seen, errand.problem_of(no, RecordDay, "on"))
    return errand.to_case(f"/entries/{errand.entry}/after", "day_said")


async def draw(errand: Errand) -> web.StreamResponse:
    """The page of the days."""
    seen = await _seen(errand)
    return errand.refuse(seen) if isinstance(seen, Withheld) else _page(errand, seen)


async def _seen(errand: Errand) -> Seen | Withheld:
    seen = await errand.ask(Sheet(errand.case), WholeEntries(errand.case), CaseAdults(errand.case))
    if isinstance(seen, Withheld):
        return seen
    sheet, entries, adults = seen
    entry = next((one for one in entries if one.id == errand.entry), None)
    if entry is None or not days_of(entry.kind):
        raise web.HTTPNotFound
    return Seen(sheet, entry, tuple(entries), {str(one.id): one for one in adults}, child_of(sheet))


def _page(errand: Errand, seen: Seen, problems: Sequence[Problem] = ()) -> web.Response:
    child = seen.child.person if seen.child else None
    who = seen.adults.get(str(seen.entry.fields.get("contact_after")))
    homes = [one for one in seen.entries if way_home_untold(seen.entry, (one,), child)]
    first = {"by": errand.actor.label, "on": errand.today().isoformat()}
    return errand.page(
        "after.html",
        status=422 if problems else 200,
        sheet=seen.sheet,
        entry=seen.entry,
        who=who,
        home=homes[0] if homes else None,
        held=child_waits_for(seen.entry) is HoldKind.INVESTIGATION,
        happened=seen.entry.state is EntryState.HAPPENED,
        days=tuple(_days(errand, seen, who)),
        hows=DAY_HOW,
        taken=TAKEN,
        typed=errand.typed.over(first),
        problems=problems,
    )


def _days(errand: Errand, seen: Seen, who: Adult | None) -> Iterator[DayLine]:
    entry, today = seen.entry, errand.today()
    if entry.on is None or seen.child is None:
        return
    numbers = days_of(entry.kind)
    for at, number in enumerate(numbers):
        on, after = entry.on + timedelta(days=number), numbers[at + 1 :]
        said = tuple(one for one in entry.days if one.day == number and one.told.person == seen.child.person)
        again = due_at(entry.on, after[0]).date() if after else None
        stand = _stand(on, again or on + timedelta(days=30), today, said=bool(said))
        words = tuple(_aloud(errand, seen, who, number, again)) if stand in (Stand.NOW, Stand.AHEAD) else ()
        yield DayLine(number, on, stand, said, words)


def _stand(on: date, until: date, today: date, *, said: bool) -> Stand:
    if said:
        return Stand.SAID
    if today < on:
        return Stand.AHEAD
    return Stand.NOW if today < until or on == until else Stand.OVER


def _aloud(errand: Errand, seen: Seen, who: Adult | None, number: int, again: date | None) -> Iterator[Aloud]:
    entry, child = seen.entry, seen.child
    if child is None or entry.on is None:
        return
    listener = level_of(child, errand.today())
    day = day_of(Afterwards(entry.id, entry.kind, entry.on, who), number, listener)
    if day is None:
        return
    words = said_aloud(day, listener, errand.actor.label.partition(",")[0], again)
    mine, hers = errand.words.locale, locale(child.locale)
    for one in (hers,) if hers.tag == mine.tag else (hers, mine):
        yield Aloud(one, tuple(one.say(line) for line in words))
