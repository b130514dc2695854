"""May she see it, and why: a worker asks the rule itself about one person, one entry and one channel."""

from __future__ import annotations

from aiohttp import web

from bot.console.decisions import CHANNELS
from bot.console.errand import Errand
from bot.console.refusals import refusal
from storage.consent import Reason, Withheld
from storage.policy import RULES
from storage.queries import MaySee, Sheet, WholeEntries
from storage.records import Channel, EntryId, PersonId


async def ask_why(errand: Errand) -> web.StreamResponse:
    """The form, and the answer when something was asked."""
    seen = await errand.ask(Sheet(errand.case), WholeEntries(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet, entries = seen
    typed = errand.typed
    person, entry = typed.one("person"), typed.one("entry")
    channel = Channel(typed.one("channel")) if typed.one("channel") in set(CHANNELS) else Channel.WEB
    ruling = None
    if person and entry:
        asked = await errand.ask(MaySee(errand.case, EntryId(entry), PersonId(person), channel))
        if isinstance(asked, Withheld):
            return errand.refuse(asked, MaySee)
        ruling = asked[0]
    reason = Reason(ruling.reason) if ruling is not None else None
    return errand.page(
        "why.html",
        sheet=sheet,
        entries=entries,
        channels=CHANNELS,
        ruling=ruling,
        say=refusal(reason).say if reason is not None else None,
        rule=RULES.get(reason, "") if reason is not None else "",
        name=next((line.name for line in sheet.parties if line.person == person), ""),
    )
