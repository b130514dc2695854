"""One entry: whole, with the exact text each reader would get and what stands in the way of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Problem
from bot.console.preview import Face, Look, Preview, level_of, look_of, preview, reader_of
from bot.speech import locales
from bot.story import Depth
from storage.afterwards import days_of
from storage.consent import Withheld
from storage.her_words import Sayings, tells_of
from storage.incidents import HeardOf, Reported
from storage.kinds import KINDS, fields_of, readers_of
from storage.projection import child_waits_for
from storage.queries import (
    CaseAdults,
    CaseSayings,
    CaseSheet,
    NoNotice,
    PartyLine,
    Receiver,
    Receivers,
    Sheet,
    WholeEntry,
    WhoSaw,
)
from storage.records import (
    Adult,
    Entry,
    EntryState,
    GuardianStatus,
    HoldKind,
    Leave,
    Listener,
    ReaderClass,
    Release,
    TieId,
    TieKind,
)
from storage.second_reading import takes_two
from storage.visits import visit_of

HOW = ("in_person", "phone", "video", "letter", "together")
UNDERSTOOD = ("understood", "unsure", "wants_to_talk", "not_known")
GROUNDS = ("own_data", "guardian_right", "representative", "consent", "authority_decided")
CHANGES = (EntryState.HAPPENED, EntryState.MOVED, EntryState.CANCELLED)
# What only stops a notice does not stop reading.
READS_ANYWAY = frozenset({NoNotice.MINOR, NoNotice.NO_YES, NoNotice.NOT_LINKED, NoNotice.NOT_WANTED, NoNotice.PAUSED})


@dataclass(frozen=True, slots=True)
class Reader:
    """One person of the case beside an entry: what she would read, and the first thing in the way of it."""

    receiver: Receiver
    reader: ReaderClass
    why: str | None
    text: Preview
    can_release: bool
    takes_two: bool = False
    waits_for: str | None = None
    anew: bool = False


def readers(entry: Entry, adults: Mapping[str, Adult], receivers: Sequence[Receiver], errand: Errand) -> list[Reader]:
    """Everyone in the case this kind of event can be told to."""
    return list(_readers(entry, adults, receivers, errand))


def _readers(
    entry: Entry, adults: Mapping[str, Adult], receivers: Sequence[Receiver], errand: Errand
) -> Iterator[Reader]:
    for one in sorted(receivers, key=lambda one: (one.kind, one.name)):
        level = level_of(one, errand.today())
        reader = reader_of(level)
        if one.kind is TieKind.RECIPIENT or reader not in readers_of(KINDS[entry.kind]):
            continue
        why = in_the_way(entry, one, reader)
        text = preview(entry, adults, Look(level, one.locale, Depth.FULL, Face.WEB))
        released = is_released(entry, reader, one.tie, whole=True)
        of = one.tie if reader is ReaderClass.GUARDIAN else None
        first = waiting(entry, reader, of)
        by, anew = (first.by, first.anew) if first is not None else (None, False)
        yield Reader(one, reader, why, text, not released and not entry.taken_back, takes_two(entry, reader), by, anew)


def waiting(entry: Entry, reader: ReaderClass, tie: TieId | None) -> Release | None:
    """What one of two has wanted for this reader, and nobody else has confirmed yet."""
    return next((line for line in entry.proposed if (line.to, line.tie) == (reader, tie)), None)


def is_released(entry: Entry, reader: ReaderClass, tie: str, *, whole: bool = False) -> bool:
    """Whether a named person has let this reader have the entry; `whole`: and not only who met and when."""
    return any(
        release.to is reader
        and (reader is not ReaderClass.GUARDIAN or release.tie == tie)
        and (not whole or release.leave is Leave.WHOLE)
        for release in entry.releases
    )


def in_the_way(entry: Entry, receiver: Receiver, reader: ReaderClass) -> str | None:
    """The first thing between a reader and the text, the entry's own reasons before the rule's; None: she reads it."""
    if entry.taken_back:
        return "taken_back"
    if reader not in entry.listeners:
        return "not_listener"
    if not is_released(entry, reader, receiver.tie):
        asked = waiting(entry, reader, receiver.tie if reader is ReaderClass.GUARDIAN else None)
        return "changed" if asked is not None and asked.anew else "not_released"
    waits = child_waits_for(entry)
    if waits in (HoldKind.INVESTIGATION, HoldKind.NOT_YET):
        return f"held_{waits}"
    if receiver.why == NoNotice.NOT_OPEN:
        return "held_in_person_first"
    return None if receiver.why in READS_ANYWAY else receiver.why


CLEARED_BY = 2
WAYS = (
    "taken_back", "not_listener", "not_released", "changed", "held_investigation", "held_not_yet",
    "held_in_person_first",
)  # fmt: skip


async def show_entry(errand: Errand) -> web.StreamResponse:
    """The page of one entry."""
    return await draw_entry(errand)


async def draw_entry(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    """The page of one entry, with what must be mended in one of its forms."""
    case, entry_id = errand.case, errand.entry
    seen = await errand.ask(
        Sheet(case), CaseAdults(case), WholeEntry(case, entry_id), Receivers(case, entry_id), CaseSayings(case)
    )
    if isinstance(seen, Withheld):
        return errand.refuse(seen, WholeEntry)
    sheet, adults, entry, receivers, sayings = seen
    if entry is None:
        raise web.HTTPNotFound
    kind, by_id = KINDS[entry.kind], {str(adult.id): adult for adult in adults}
    # Who saw it is asked when it matters: the question itself reads through the log.
    after = await errand.ask(WhoSaw(case, entry_id)) if entry.taken_back or errand.request.query.get("saw") else None
    if isinstance(after, Withheld):
        after = None
    filled = [(field, entry.fields[field.name]) for field in fields_of(kind) if field.name in entry.fields]
    first = {"on": errand.today().isoformat(), "by": errand.actor.label, "person": _child(receivers)}
    return errand.page(
        "entry.html",
        status=422 if problems else 200,
        sheet=sheet,
        entry=entry,
        kind=kind,
        filled=filled,
        days=bool(days_of(entry.kind)) and not entry.taken_back,
        thin=[field.name for field in fields_of(kind) if field.thin and field.name not in entry.fields],
        adults=by_id,
        readers=readers(entry, by_id, receivers, errand),
        names={one.person: one.name for one in receivers},
        receivers=receivers,
        objections=[one for one in sayings.objections if one.entry == entry.id],
        wish=_wish(entry, sayings),
        hows=HOW,
        understoods=UNDERSTOOD,
        grounds=GROUNDS,
        changes=CHANGES,
        visit_ties=visit_ties(entry, sheet, receivers),
        two_read=two_read(entry),
        incident=after[0] if after else None,
        reporteds=tuple(Reported),
        heards=tuple(HeardOf),
        typed=errand.typed.over(first),
        problems=problems,
    )


def _wish(entry: Entry, sayings: Sayings) -> str | None:
    """What she has answered about being told of this sort of event; None when nobody asks about it (FUK 13 b)."""
    of = tells_of(entry.kind, entry.fields.get(KINDS[entry.kind].variant or ""))
    if of is None:
        return None
    answer = sayings.told.answers.get(of) if sayings.told is not None else None
    return {True: "yes", False: "no", None: "open"}[answer]


def _child(receivers: Sequence[Receiver]) -> str:
    return next((one.person for one in receivers if one.kind is TieKind.CHILD), "")


async def show_preview(errand: Errand) -> web.StreamResponse:
    """A saved entry for any listener, language, depth and face."""
    seen = await errand.ask(Sheet(errand.case), CaseAdults(errand.case), WholeEntry(errand.case, errand.entry))
    if isinstance(seen, Withheld):
        return errand.refuse(seen, WholeEntry)
    sheet, adults, entry = seen
    if entry is None:
        raise web.HTTPNotFound
    typed = errand.typed.over(dict(errand.request.query))
    return errand.page(
        "entry_preview.html",
        sheet=sheet,
        entry=entry,
        preview=preview(entry, {adult.id: adult for adult in adults}, look_of(typed)),
        typed=typed,
        listeners=tuple(Listener),
        tags=[(one.tag, one.own_name) for one in locales()],
        depths=tuple(Depth),
        faces=tuple(Face),
    )


def visit_ties(entry: Entry, sheet: CaseSheet, receivers: Sequence[Receiver]) -> list[tuple[PartyLine, bool, bool]]:
    """The guardians beside a day that lies ahead: whether each is told of it, and whether she may read at all."""
    told = {one.tie for one in receivers if one.visit}
    guardians = [party for party in sheet.parties if party.kind is TieKind.GUARDIAN]
    if visit_of(entry) is None:
        return []
    return [(party, party.tie in told, _shut(party)) for party in guardians]


def _shut(party: PartyLine) -> bool:
    return party.blocked or party.status != GuardianStatus.NONE or len(party.cleared_by) < CLEARED_BY


def two_read(entry: Entry) -> bool:
    """Whether two have let somebody else than the child read it, so that a changed text closes it."""
    return any(takes_two(entry, release.to) for release in entry.releases)


def tie_in(value: str) -> TieId | None:
    """A tie out of a form; '' is none."""
    return TieId(value) if value else None
