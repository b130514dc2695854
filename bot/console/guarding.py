"""What guards a case: a yes taken back, exceptions, protection, the prosecutor's notice, her own wish, who has it."""

from __future__ import annotations

from aiohttp import web

from bot.console.decisions import ASKED_HOWS, change_decision, draw_decisions
from bot.console.errand import Errand, Seat
from bot.console.forms import Reading, Typed
from storage.commands import (
    AskedAgain,
    AssignCase,
    BreakGlass,
    EndConsent,
    EndException,
    KeepException,
    LogNotice,
    ProtectIdentity,
    RecordWish,
    ReviewGlass,
)
from storage.consent import Withheld
from storage.grounds import GROUNDS
from storage.queries import CaseLine, Find
from storage.records import PersonId, PhoneHeld, StaffId


async def end_consent(errand: Errand) -> web.StreamResponse:
    """Somebody told the worker that she takes her yes back."""
    deed = EndConsent(errand.case, errand.typed.one("consent"))
    return await change_decision(errand, deed, "consent_ended", "consents")


async def asked_again(errand: Errand) -> web.StreamResponse:
    """She was asked whether it is still safe to write to her, and it is."""
    reading = Reading(errand.typed)
    phone, how = reading.choice("phone_held", PhoneHeld), reading.one_of("asked_how", ASKED_HOWS)
    if phone is None or reading.problems:
        return await draw_decisions(errand, reading.problems)
    deed = AskedAgain(errand.case, PersonId(errand.typed.one("person")), phone, how)
    return await change_decision(errand, deed, "asked_again", "phone_held")


async def keep_exception(errand: Errand) -> web.StreamResponse:
    """A provision lets somebody read without a yes: which, who decided it, and where that is written."""
    reading = Reading(errand.typed)
    other = errand.typed.one("exception_other").strip()
    to, ground = other or reading.words("exception_to"), reading.one_of("exception_ground", GROUNDS)
    by, reference = reading.words("decided_by"), reading.words("reference")
    from_, until = reading.span()
    if from_ is None or reading.problems:
        return await draw_decisions(errand, reading.problems)
    made = KeepException(errand.case, errand.typed.id("exception"), to, ground, by, reference, from_, until)
    return await change_decision(errand, made, "exception_kept", "exception_to")


async def end_exception(errand: Errand) -> web.StreamResponse:
    """It no longer holds."""
    deed = EndException(errand.case, errand.typed.one("exception"))
    return await change_decision(errand, deed, "exception_ended", "exception_to")


async def protect(errand: Errand) -> web.StreamResponse:
    """Somebody of the case lives under a protected identity, or no longer does."""
    yes = errand.typed.one("protected") == "yes"
    said = "protected" if yes else "unprotected"
    return await change_decision(errand, ProtectIdentity(errand.case, yes), said, "protected")


async def log_notice(errand: Errand) -> web.StreamResponse:
    """The prosecutor's notice has come, and the embargo is over."""
    return await change_decision(errand, LogNotice(errand.case, errand.today()), "notice_logged", "protected")


async def record_wish(errand: Errand) -> web.StreamResponse:
    """She wishes contact herself."""
    deed = RecordWish(errand.case, PersonId(errand.typed.one("child")), errand.today())
    return await change_decision(errand, deed, "wish_recorded", "protected")


async def assign(errand: Errand) -> web.StreamResponse:
    """The worker is named for the case, or no longer."""
    mine = errand.typed.one("mine") == "yes"
    deed = AssignCase(errand.case, StaffId(errand.actor.id), mine)
    return await change_decision(errand, deed, "case_assigned" if mine else "case_unassigned", "protected")


async def review_glass(errand: Errand) -> web.StreamResponse:
    """A manager lets it stand that the case was opened in need, or ends it."""
    deed = ReviewGlass(errand.case, StaffId(errand.typed.one("staff")), errand.typed.one("stands") == "yes")
    return await change_decision(errand, deed, "glass_reviewed", "glass")


async def ask_glass(errand: Errand) -> web.StreamResponse:
    """The form to open another case in need."""
    return errand.page("glass.html", typed=errand.typed)


async def break_glass(errand: Errand) -> web.StreamResponse:
    """Open one case, by exactly its number or somebody's, for a day."""
    reading = Reading(errand.typed)
    words, why = reading.words("words", limit=60), reading.words("why", limit=500)
    if reading.problems:
        return errand.page("glass.html", status=422, typed=errand.typed, problems=reading.problems)

    def open_(seat: Seat) -> tuple[CaseLine, ...] | Withheld:
        no = seat.do(BreakGlass(errand.unit, words, why))
        # A refusal is falsy, so it is asked for by name.
        return no if no is not None else seat.ask(Find(errand.unit, words))

    found = await errand.sit(open_)
    if isinstance(found, Withheld):
        problems = errand.problem_of(found, BreakGlass, "words")
        return errand.page("glass.html", status=422, typed=errand.typed, problems=problems)
    if not found:
        return errand.page("glass.html", typed=Typed({}))
    return errand.go(f"/cases/{found[0].case}", "glass_broken")
