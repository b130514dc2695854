"""Entries: written once beside their preview, kept through every mistake, corrected by one hand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web

from bot.console.adults import read_adult
from bot.console.careful import asks
from bot.console.cases import child_of
from bot.console.entry_form import STEM, Draft, boxes, empty_entry, first_values, problem_of, read_draft, typed_of
from bot.console.entry_page import two_read
from bot.console.errand import Errand, Seat
from bot.console.forms import Problem, Typed, problem
from bot.console.preview import Face, level_of, look_of, preview
from bot.speech import locales
from bot.story import Depth
from storage.commands import KeepAdult, WriteEntry
from storage.consent import Reason, Withheld
from storage.entry_days import day_faults, has_order, order_faults
from storage.kinds import KINDS, MATTERS, ROLES, Kind, fields_of, readers_of
from storage.queries import CaseAdults, CaseSheet, Sheet, WholeEntries, WholeEntry
from storage.records import Adult, Authority, Entry, HoldKind, Listener, TieKind, new_id

NEW_ADULT = ("label", "role", "authority", "phone", "function", "adult")
By = Mapping[str, Adult]


async def choose_kind(errand: Errand) -> web.StreamResponse:
    """Every kind of event, in the order of the template."""
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page("entry_kinds.html", sheet=seen[0], matters=MATTERS)


def _kind(errand: Errand) -> Kind:
    kind = KINDS.get(errand.request.match_info["kind"])
    if kind is None:
        raise web.HTTPNotFound
    return kind


@dataclass(frozen=True, slots=True)
class Blank:
    """What an open form stands on: the case, its grown-ups, the kind, and the entry as it was when it is corrected."""

    sheet: CaseSheet
    adults: By
    kind: Kind
    base: Entry
    saved: Entry | None = None


async def new_entry(errand: Errand) -> web.StreamResponse:
    """An empty form of one kind."""
    blank = await _new_blank(errand, new_id())
    if isinstance(blank, Withheld):
        return errand.refuse(blank)
    first = first_values(blank.kind, investigation=blank.sheet.investigation)
    typed = Typed({"entry": blank.base.id, "hold_who": errand.actor.label, **first})
    return draw_form(errand, blank, typed, read_draft(typed, blank.kind, {}, blank.base, errand.words))


async def save_new(errand: Errand) -> web.StreamResponse:
    """Save, look, or write down a grown-up in between; whatever it is, nothing typed is lost."""
    blank = await _new_blank(errand, errand.typed.id("entry"))
    return errand.refuse(blank) if isinstance(blank, Withheld) else await _go_on(errand, blank)


async def edit_entry(errand: Errand) -> web.StreamResponse:
    """The same form, filled with a saved entry."""
    blank = await _saved_blank(errand)
    if isinstance(blank, Withheld):
        return errand.refuse(blank, WholeEntry)
    typed = Typed({"entry": blank.base.id, **typed_of(blank.base, blank.kind)})
    return draw_form(errand, blank, typed, read_draft(typed, blank.kind, blank.adults, blank.base, errand.words))


async def save_edit(errand: Errand) -> web.StreamResponse:
    """Correct a saved entry, unless somebody else changed it since this page was opened."""
    blank = await _saved_blank(errand)
    return errand.refuse(blank, WholeEntry) if isinstance(blank, Withheld) else await _go_on(errand, blank)


async def _new_blank(errand: Errand, entry: str) -> Blank | Withheld:
    kind = _kind(errand)
    seen = await errand.ask(Sheet(errand.case), CaseAdults(errand.case))
    if isinstance(seen, Withheld):
        return seen
    return Blank(seen[0], _by_id(seen[1]), kind, empty_entry(entry, kind, errand.actor.label))


async def _saved_blank(errand: Errand) -> Blank | Withheld:
    seen = await errand.ask(Sheet(errand.case), CaseAdults(errand.case), WholeEntry(errand.case, errand.entry))
    if isinstance(seen, Withheld):
        return seen
    sheet, adults, entry = seen
    if entry is None:
        raise web.HTTPNotFound
    return Blank(sheet, _by_id(adults), KINDS[entry.kind], entry, entry)


async def _go_on(errand: Errand, blank: Blank) -> web.StreamResponse:
    typed = errand.typed.over({"entry": blank.base.id})
    if typed.one("do") == "add_adult":
        return await _add_adult(errand, blank, typed)
    draft = read_draft(typed, blank.kind, blank.adults, blank.base, errand.words)
    if typed.one("do") != "save":
        return draw_form(errand, blank, typed, draft, looked=True)
    typed, careful = asks(typed, _own_words(draft, blank.kind))
    first = (*draft.problems, *_days(errand, draft.entry, blank))
    problems: Sequence[Problem] = first or (*_needs_ground(blank.sheet, typed), *careful)
    said = "entry_saved"
    if not problems:
        problems, said = await _write(errand, draft.entry, typed, blank)
    if problems:
        return draw_form(errand, blank, typed, draft, problems=problems)
    return errand.to_case(f"/entries/{draft.entry.id}", said)


def _own_words(draft: Draft, kind: Kind) -> dict[str, str]:
    """What somebody outside the staff will read as the worker wrote it, by the form's names."""
    own = {field.name: draft.entry.fields.get(field.name) for field in fields_of(kind) if field.to}
    return {STEM + name: words for name, words in own.items() if isinstance(words, str)}


def _needs_ground(sheet: CaseSheet, typed: Typed) -> Sequence[Problem]:
    """When the investigation has closed, whoever may still write says why (req. 65)."""
    closed = sheet.home is not None and sheet.home.closed_on is not None
    return (problem("after_ground", "needed"),) if closed and not typed.one("after_ground").strip() else ()


def _days(errand: Errand, entry: Entry, blank: Blank) -> Iterator[Problem]:
    """What the days contradict in the calendar."""
    born = next((one.born for one in blank.sheet.parties if one.kind is TieKind.CHILD), None)
    day = date.fromisoformat(born) if born else None
    found = day_faults(entry, errand.today(), blank.saved, born=day)
    return (problem_of(one, blank.kind, errand.words) for one in found)


def _order(seat: Seat, errand: Errand, entry: Entry, blank: Blank) -> tuple[Problem, ...]:
    """What lies on the wrong side of it among the other entries of the case, where its kind has an order."""
    others = seat.ask(WholeEntries(errand.case)) if has_order(entry.kind) else ()
    if isinstance(others, Withheld):
        return ()
    found = order_faults(entry, others, blank.saved)
    return tuple(problem_of(one, blank.kind, errand.words) for one in found)


async def _write(errand: Errand, entry: Entry, typed: Typed, blank: Blank) -> tuple[Sequence[Problem], str]:
    """Write unless the entry moved on while the form was open; the version is compared in the same transaction.

    Gives what must be mended, and what the next page says was done.
    """

    late, saved = typed.one("after_ground").strip(), blank.saved

    def write(seat: Seat) -> Withheld | str | tuple[Problem, ...]:
        if wrong := _order(seat, errand, entry, blank):
            return wrong
        now = seat.ask(WholeEntry(errand.case, entry.id))
        if isinstance(now, Withheld):
            return now
        if saved is None:
            # The same form sent twice: the first one was written, and the second changes nothing.
            no = None if now is not None else seat.do(WriteEntry(errand.case, entry, late))
            return "entry_saved" if no is None else no
        if now is None or str(now.version) != typed.one("version") or now.taken_back:
            return Withheld(Reason.CONFLICT)
        no = seat.do(WriteEntry(errand.case, replace(entry, version=entry.version + 1), late))
        after = seat.ask(WholeEntry(errand.case, entry.id))
        if no is not None:
            return no
        if isinstance(after, Withheld):
            return after
        return "entry_closed" if after is not None and len(after.releases) < len(now.releases) else "entry_saved"

    done = await errand.sit(write)
    if isinstance(done, Withheld):
        return errand.problem_of(done, WriteEntry, "entry"), ""
    return ((), done) if isinstance(done, str) else (done, "")


async def _add_adult(errand: Errand, blank: Blank, typed: Typed) -> web.StreamResponse:
    """A grown-up who was missing among the choices is written down without leaving the form."""
    adult, problems = read_adult(typed)
    if adult is not None:
        no = await errand.do(KeepAdult(errand.case, adult))
        if no is not None:
            problems = list(errand.problem_of(no, KeepAdult, "label"))
        else:
            blank = replace(blank, adults={**blank.adults, adult.id: adult})
            typed = typed.without(*NEW_ADULT)
    draft = read_draft(typed, blank.kind, blank.adults, blank.base, errand.words)
    return draw_form(errand, blank, typed, draft, problems=problems)


def _by_id(adults: Sequence[Adult]) -> dict[str, Adult]:
    return {adult.id: adult for adult in adults}


def draw_form(
    errand: Errand,
    blank: Blank,
    typed: Typed,
    draft: Draft,
    *,
    problems: Sequence[Problem] = (),
    looked: bool = False,
) -> web.Response:
    """The form, its warnings, and the preview beside it."""
    child = child_of(blank.sheet)
    level = level_of(child, errand.today()) if child else Listener.CHILD
    look = look_of(typed, level, child.locale if child else "sv")
    return errand.page(
        "entry_form.html",
        status=422 if problems else 200,
        sheet=blank.sheet,
        kind=blank.kind,
        boxes=boxes(blank.kind, errand.words, blank.adults),
        readers=readers_of(blank.kind),
        holds=tuple(HoldKind),
        typed=typed,
        problems=problems,
        draft=draft,
        saved=blank.saved,
        two_read=blank.saved is not None and two_read(blank.saved),
        looked=looked,
        preview=preview(draft.entry, blank.adults, look),
        listeners=tuple(Listener),
        tags=[(one.tag, one.own_name) for one in locales()],
        depths=tuple(Depth),
        faces=tuple(Face),
        roles=ROLES,
        authorities=tuple(Authority),
    )
