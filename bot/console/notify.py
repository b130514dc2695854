"""Triggering a notification: what it is about, who the rule has cleared, the exact words, and then one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Problem
from bot.console.notice import lock_screen, next_safe
from bot.console.preview import Face, Look, Preview, level_of, preview
from bot.speech import Locale, locale
from bot.story import Depth
from storage.commands import AskToBeSent
from storage.consent import Withheld
from storage.queries import CaseAdults, CaseMeetings, CaseSheet, Receiver, Receivers, Sheet, WholeEntries, WholeEntry
from storage.records import EntryId, Meeting, PersonId, Side, TieKind


@dataclass(frozen=True, slots=True)
class Words:
    """What would reach one receiver: the line outside, and what she would find inside."""

    spoken: Locale
    outside: str
    inside: Preview | None


async def pick(errand: Errand) -> web.StreamResponse:
    """Which event or meeting it is about."""
    if errand.actor.side is Side.AID:
        seen = await errand.ask(Sheet(errand.case), CaseMeetings(errand.case))
        if isinstance(seen, Withheld):
            return errand.refuse(seen)
        return errand.page("notify_pick.html", sheet=seen[0], entries=(), meetings=seen[1])
    told = await errand.ask(Sheet(errand.case), WholeEntries(errand.case))
    if isinstance(told, Withheld):
        return errand.refuse(told)
    entries = [entry for entry in told[1] if not entry.taken_back]
    return errand.page("notify_pick.html", sheet=told[0], entries=entries, meetings=())


async def receivers(errand: Errand) -> web.StreamResponse:
    """Everyone in the case: those the rule has cleared, and the others with the reason."""
    ref = errand.request.match_info["ref"]
    seen = await errand.ask(Sheet(errand.case), Receivers(errand.case, ref))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page("notify_receivers.html", sheet=seen[0], ref=ref, receivers=seen[1])


async def words(errand: Errand) -> web.StreamResponse:
    """The exact text in her language, and the hour it would leave."""
    return await _words(errand)


async def _words(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    ref = errand.request.match_info["ref"]
    seen = await errand.ask(Sheet(errand.case), Receivers(errand.case, ref))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    receiver = next((one for one in seen[1] if one.person == errand.person), None)
    if receiver is None:
        raise web.HTTPNotFound
    meeting = await _meeting(errand, ref) if receiver.kind is TieKind.RECIPIENT else None
    text = await _text(errand, seen[0], receiver, ref)
    if isinstance(text, Withheld):
        return errand.refuse(text)
    return errand.page(
        "notify_words.html",
        status=422 if problems else 200,
        sheet=seen[0],
        ref=ref,
        receiver=receiver,
        text=text,
        meeting=meeting,
        leaves=next_safe(errand.now(), receiver.hours),
        problems=problems,
    )


async def _meeting(errand: Errand, ref: str) -> Meeting | None:
    seen = await errand.ask(CaseMeetings(errand.case))
    return None if isinstance(seen, Withheld) else next((one for one in seen[0] if one.id == ref), None)


async def _text(errand: Errand, sheet: CaseSheet, receiver: Receiver, ref: str) -> Words | Withheld:
    spoken = locale(receiver.locale)
    outside = lock_screen(spoken, receiver.wording)
    if receiver.kind is TieKind.RECIPIENT:
        return Words(spoken, outside, None)
    seen = await errand.ask(WholeEntry(sheet.case, EntryId(ref)), CaseAdults(sheet.case))
    if isinstance(seen, Withheld):
        return seen
    entry, adults = seen
    if entry is None:
        return Words(spoken, outside, None)
    look = Look(level_of(receiver, errand.today()), receiver.locale, Depth.FULL, Face.WEB)
    return Words(spoken, outside, preview(entry, {adult.id: adult for adult in adults}, look))


async def send(errand: Errand) -> web.StreamResponse:
    """Ask for it to be sent. The rule is asked now, and once more at the moment of sending."""
    ref, person = errand.request.match_info["ref"], PersonId(errand.person)
    seen = await errand.ask(Receivers(errand.case, ref))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    receiver = next((one for one in seen[0] if one.person == person), None)
    if receiver is None or receiver.why is not None:
        return await _words(errand)
    no = await errand.do(AskToBeSent(errand.case, person, ref, next_safe(errand.now(), receiver.hours)))
    if no is not None:
        return await _words(errand, errand.problem_of(no, AskToBeSent, "send"))
    return errand.to_case("/deliveries", "sent")
