"""After a text was taken back: the incident is closed in words, and messages are sent again with a reason."""

from __future__ import annotations

from aiohttp import web

from bot.console.entry_page import draw_entry
from bot.console.errand import Errand
from bot.console.forms import LONG, Reading
from storage.commands import CloseIncident, ResumeMessages
from storage.incidents import HeardOf, Reported


async def close_incident(errand: Errand) -> web.StreamResponse:
    """What was done: reported under which reference or why not, told how and when or why not."""
    reading = Reading(errand.typed)
    reported, heard = reading.choice("reported", Reported), reading.choice("heard", HeardOf)
    reported_words = reading.words("reported_words", limit=LONG)
    heard_words = reading.words("heard_words", limit=LONG)
    if reported is None or heard is None or reading.problems:
        return await draw_entry(errand, reading.problems)
    deed = CloseIncident(errand.case, errand.entry, reported, reported_words, heard, heard_words)
    no = await errand.do(deed)
    if no is not None:
        return await draw_entry(errand, errand.problem_of(no, CloseIncident, "reported"))
    return errand.to_case(f"/entries/{errand.entry}", "incident_closed")


async def resume(errand: Errand) -> web.StreamResponse:
    """Messages go to her telephone again."""
    why = errand.typed.one("resume_why").strip()
    if not why or len(why) > LONG:
        return errand.to_case(f"/people/{errand.person}", "not_resumed")
    no = await errand.do(ResumeMessages(errand.case, errand.person, why))
    return errand.refuse(no) if no is not None else errand.to_case(f"/people/{errand.person}", "resumed")
