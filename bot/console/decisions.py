"""Decisions of a case: contact with the child, the investigation's secrecy, and who has said yes to what."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import LONG, Problem, Reading, problem
from storage.commands import Command, DecideContact, KeepConsent, SetInvestigation
from storage.consent import Withheld
from storage.grounds import GROUNDS
from storage.queries import Purpose, RulesOf, Sheet
from storage.records import Channel, PersonId, PhoneHeld, TieKind, new_id

SCOPES = ("own_phone", "reminders", "notices", "telegram_notice", "telegram_full", "share_treatment", "share_story",
          "share_shared")  # fmt: skip
TO_READ = ("share_story", "share_shared")
ASKED_HOWS = ("in_person", "by_phone")
CHANNELS = (Channel.WEB, Channel.TELEGRAM)


async def show_decisions(errand: Errand) -> web.StreamResponse:
    """Everything decided, and the forms to decide it."""
    return await draw_decisions(errand)


async def draw_decisions(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), RulesOf(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet, rules = seen
    first = {"on": errand.today().isoformat(), "from": errand.today().isoformat(), "consent": new_id(),
             "decided_by": errand.actor.label, "hours_from": "09:00", "hours_to": "19:00"}  # fmt: skip
    return errand.page(
        "decisions.html",
        status=422 if problems else 200,
        sheet=sheet,
        rules=rules,
        child=next((line for line in sheet.parties if line.kind is TieKind.CHILD), None),
        names={line.person: line.name for line in sheet.parties},
        scopes=SCOPES,
        grounds=GROUNDS,
        channels=CHANNELS,
        phones=tuple(PhoneHeld),
        asked_hows=ASKED_HOWS,
        typed=errand.typed.over(first),
        problems=problems,
    )


async def change_decision(errand: Errand, command: Command, said: str, at: str) -> web.StreamResponse:
    no = await errand.do(command)
    if no is not None:
        return await draw_decisions(errand, errand.problem_of(no, type(command), at))
    return errand.to_case("/decisions", said)


async def set_investigation(errand: Errand) -> web.StreamResponse:
    """Lay the investigation's secrecy over the case, with a day to look at it again, or lift it."""
    reading = Reading(errand.typed)
    active = errand.typed.one("active") == "yes"
    review = reading.day("review_on") if active else None
    if reading.problems:
        return await draw_decisions(errand, reading.problems)
    said = "investigation_on" if active else "investigation_off"
    return await change_decision(errand, SetInvestigation(errand.case, active, review), said, "review_on")


async def decide_contact(errand: Errand) -> web.StreamResponse:
    """Record who found contact with the child good for her, and why."""
    reading = Reading(errand.typed)
    on, by = reading.day("on"), reading.words("decided_by")
    why, maturity = reading.words("why", limit=LONG), reading.words("maturity", limit=LONG)
    know = reading.one_of("guardians_may_know", ("yes", "no"))
    embargo = reading.one_of("embargo", ("none", "until", "notice"))
    until = reading.day("embargo_until") if embargo == "until" else None
    if on is None or reading.problems:
        return await draw_decisions(errand, reading.problems)
    child = PersonId(errand.typed.one("child"))
    deed = DecideContact(errand.case, child, on, by, why, maturity, know == "yes", until, embargo != "none",
                         notices=errand.typed.one("notices") == "yes")  # fmt: skip
    return await change_decision(errand, deed, "contact_decided", "why")


async def keep_consent(errand: Errand) -> web.StreamResponse:
    """Write down a yes: by whom, for whom, to what, why, over which channel, from when until when."""
    reading = Reading(errand.typed)
    by, for_ = reading.words("yes_by"), reading.words("yes_for")
    scope = reading.one_of("scope", SCOPES)
    # The rule of reminders reads her hours out of the purpose.
    to = errand.typed.one("yes_to")
    purpose: str
    if scope in TO_READ:
        # A yes to reading names who reads, and counts for that purpose alone (policy P49).
        purpose = Purpose.OWN_STORY
        if not to:
            reading.problems.append(problem("yes_to", "choose"))
    else:
        purpose = _hours(reading) if scope == "reminders" else reading.words("purpose", limit=500)
    channel = reading.choice("channel", Channel, needed=False)
    from_, until = reading.span()
    if from_ is None or reading.problems:
        return await draw_decisions(errand, reading.problems)
    consent = errand.typed.id("consent")
    deed = KeepConsent(errand.case, consent, PersonId(by), PersonId(for_), scope, purpose, channel, from_, until,
                       PersonId(to) if scope in TO_READ else None,
                       phone=reading.choice("phone_held", PhoneHeld, needed=False))  # fmt: skip
    return await change_decision(errand, deed, "consent_kept", "yes_by")


def _hours(reading: Reading) -> str:
    earliest, latest = reading.clock("hours_from"), reading.clock("hours_to")
    return f"{earliest:%H:%M}-{latest:%H:%M}" if earliest and latest else ""
