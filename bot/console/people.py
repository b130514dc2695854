"""People and ties: enrolled, given a status, cleared by two, blocked by one, invited, let try again."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import segno
from aiohttp import web
from markupsafe import Markup

from bot.console.errand import Errand, Seat
from bot.console.forms import Problem, Reading, Typed, problem
from bot.console.her_lines import her_lines, next_of
from bot.speech import locale, locales
from storage.commands import (
    AllowNaming,
    BlockGuardian,
    ClearGuardian,
    Command,
    DecideAfterNo,
    EndTie,
    Enrol,
    GuardianSaysNo,
    Invite,
    SetStatus,
    ShutSignIn,
    Unlock,
)
from storage.consent import Withheld
from storage.queries import CaseMeetings, CaseSheet, Deliveries, DeliveryLine, PartyLine, Sheet
from storage.records import GuardianStatus, Listener, NoticeWording, PersonId, Shutting, Side, TieId, TieKind, new_id
from storage.sign_in import make_invite

TIES = {
    Side.BARNAHUS: (
        TieKind.CHILD,
        TieKind.GUARDIAN,
        TieKind.REPRESENTATIVE,
        TieKind.COUNSEL,
        TieKind.READER,
        TieKind.SAFETY,
        TieKind.TREATMENT,
    ),
    Side.AID: (TieKind.RECIPIENT,),
}
# Whose time here has a last day from the start: an appointment, or as long as treatment is meant to go on.
FOR_A_TIME = frozenset({TieKind.REPRESENTATIVE, TieKind.COUNSEL, TieKind.TREATMENT})
LEVELS = (Listener.UNDER_7, Listener.CHILD, Listener.TEEN, Listener.GROWN)


async def new_person(errand: Errand) -> web.StreamResponse:
    """An empty form; a child first when there is none yet."""
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    kinds = _ties(errand, seen[0])
    kind = errand.request.query.get("kind", kinds[0])
    typed = Typed({
        "person": new_id(), "tie": new_id(), "kind": kind, "locale": "sv", "status": GuardianStatus.UNKNOWN,
        "wording": NoticeWording.READ,
        "from": errand.today().isoformat(), "decided_by": errand.actor.label,
    })  # fmt: skip
    return await _enrol_page(errand, seen[0], typed=typed)


def _ties(errand: Errand, sheet: CaseSheet) -> tuple[TieKind, ...]:
    there = {line.kind for line in sheet.parties}
    side = errand.actor.side or Side.BARNAHUS
    return tuple(kind for kind in TIES[side] if kind is not TieKind.CHILD or kind not in there)


async def _enrol_page(
    errand: Errand, sheet: CaseSheet, *, typed: Typed | None = None, problems: list[Problem] | None = None
) -> web.Response:
    tags = [(one.tag, one.own_name) for one in locales()]
    typed = typed or errand.typed
    return errand.page(
        "person_new.html",
        status=422 if problems else 200,
        sheet=sheet,
        kinds=_ties(errand, sheet),
        levels=LEVELS,
        her=her_lines(typed.one("locale"), typed.one("wording"), errand.words.locale, await _next_time(errand)),
        statuses=tuple(GuardianStatus),
        tags=tags,
        typed=typed,
        problems=problems or (),
    )


async def _next_time(errand: Errand) -> datetime | None:
    """The next booked time of a case of aid, which its reminder is shown for; the other house books none."""
    if errand.actor.side is not Side.AID:
        return None
    seen = await errand.ask(CaseMeetings(errand.case))
    return None if isinstance(seen, Withheld) else next_of(seen[0], errand.now())


async def enrol(errand: Errand) -> web.StreamResponse:
    """Record a person and her tie to the case, or look at the lines in the language that was chosen."""
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    if errand.typed.one("do") == "look":
        return await _enrol_page(errand, seen[0])
    deed, problems = read_person(errand)
    if deed is None or problems:
        return await _enrol_page(errand, seen[0], problems=problems)
    no = await errand.do(deed)
    if no is not None:
        return await _enrol_page(errand, seen[0], problems=list(errand.problem_of(no, Enrol, "kind")))
    return errand.to_case(f"/people/{deed.person}", "person_enrolled")


def read_person(errand: Errand) -> tuple[Enrol | None, list[Problem]]:
    """The form as a change, and everything to mend in it."""
    reading = Reading(errand.typed)
    kind = reading.choice("kind", TieKind)
    name = reading.words("name")
    born = reading.day("born", needed=kind is TieKind.CHILD)
    until = reading.day("until", needed=kind in FOR_A_TIME)
    from_ = reading.day("from")
    tag = reading.one_of("locale", [one.tag for one in locales()])
    level = reading.choice("level", Listener, needed=False)
    number = reading.words("number", needed=False, limit=20)
    wording = reading.choice("wording", NoticeWording, needed=False) or NoticeWording.READ
    status = reading.choice("status", GuardianStatus) if kind is TieKind.GUARDIAN else GuardianStatus.UNKNOWN
    decided_by = reading.words("decided_by")
    if born and born > errand.today():
        reading.problems.append(problem("born", "ahead"))
    if from_ and until and until < from_:
        reading.problems.append(problem("until", "before"))
    if kind is None or status is None or from_ is None:
        return None, reading.problems
    person, tie = PersonId(errand.typed.id("person")), TieId(errand.typed.id("tie"))
    deed = Enrol(errand.case, person, name, born, tag, level, number or None, tie, kind, status, from_, until,
                 decided_by, wording)  # fmt: skip
    return deed, reading.problems


async def show_person(errand: Errand) -> web.StreamResponse:
    """One person of the case, and what can be decided about her."""
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet = seen[0]
    if sheet.in_need:
        return _person_page(errand, sheet)
    sent = await errand.ask(Deliveries(errand.case, trials=True))
    if isinstance(sent, Withheld):
        return errand.refuse(sent)
    return _person_page(errand, sheet, trials=tuple(one for one in sent[0] if one.person == errand.person))


def _person_page(
    errand: Errand,
    sheet: CaseSheet,
    problems: tuple[Problem, ...] = (),
    *,
    trials: tuple[DeliveryLine, ...] | None = None,
) -> web.Response:
    """`trials` None: the page comes back with something to mend, and says nothing of them."""
    line = party(sheet, errand.person)
    if line is None:
        raise web.HTTPNotFound
    return errand.page(
        "person.html",
        status=422 if problems else 200,
        sheet=sheet,
        person=line,
        statuses=tuple(GuardianStatus),
        spoken=locale(line.locale).own_name,
        typed=errand.typed.over({"status": line.status or ""}),
        cleared_by_me=errand.actor.id in line.cleared_by,
        trials=trials,
        problems=problems,
    )


def party(sheet: CaseSheet, person: str) -> PartyLine | None:
    """A person of the case."""
    return next((line for line in sheet.parties if line.person == person), None)


async def _change(errand: Errand, command: Command, said: str, at: str) -> web.StreamResponse:
    """Carry out a change about a person and come back to her page, with what was typed when it was refused."""
    no = await errand.do(command)
    if no is None:
        return errand.to_case(f"/people/{errand.person}", said)
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return _person_page(errand, seen[0], errand.problem_of(no, type(command), at))


def _tie(errand: Errand) -> TieId:
    return TieId(errand.typed.one("tie"))


async def set_status(errand: Errand) -> web.StreamResponse:
    """Say what is known of a guardian's own part."""
    status = Reading(errand.typed).choice("status", GuardianStatus)
    if status is None:
        return await _again(errand, problem("status", "choose"))
    return await _change(errand, SetStatus(errand.case, _tie(errand), status), "status_set", "status")


async def clear(errand: Errand) -> web.StreamResponse:
    """One of the two people who must agree."""
    reading = Reading(errand.typed)
    why = reading.words("why", limit=500)
    if reading.problems:
        return await _again(errand, *reading.problems)
    return await _change(errand, ClearGuardian(errand.case, _tie(errand), why), "cleared", "why")


async def block(errand: Errand) -> web.StreamResponse:
    """Shut a guardian out with one click, or lift it."""
    shut = errand.typed.one("blocked") == "yes"
    deed = BlockGuardian(errand.case, _tie(errand), shut)
    no = await errand.do(deed)
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    if no is not None:
        return _person_page(errand, seen[0], errand.problem_of(no, type(deed), "blocked"))
    line = party(seen[0], errand.person)
    # Lifted by one it still stands (policy P26), and she must not believe that it is gone.
    stands = "unblock_waits" if line is not None and line.blocked else "unblocked"
    return errand.to_case(f"/people/{errand.person}", "blocked" if shut else stands)


async def says_no(errand: Errand) -> web.StreamResponse:
    """A guardian does not want the child to be told: the responsible authority gets the task to decide."""
    reading = Reading(errand.typed)
    why = reading.words("why_no", limit=500)
    if reading.problems:
        return await _again(errand, *reading.problems)
    return await _change(errand, GuardianSaysNo(errand.case, _tie(errand), why), "guardian_said_no", "why_no")


async def decide_after_no(errand: Errand) -> web.StreamResponse:
    """What is decided after a guardian's no, in writing; nothing else ends the task."""
    reading = Reading(errand.typed)
    why = reading.words("after_no_why", limit=500)
    told = errand.typed.one("told_anyway")
    if told not in ("yes", "no"):
        reading.problems.append(problem("told_anyway", "choose"))
    if reading.problems:
        return await _again(errand, *reading.problems)
    deed = DecideAfterNo(errand.case, _tie(errand), told == "yes", why)
    return await _change(errand, deed, "no_decided", "after_no_why")


async def naming(errand: Errand) -> web.StreamResponse:
    """Whether others may read what is about this person."""
    allowed = errand.typed.one("allowed") == "yes"
    return await _change(errand, AllowNaming(errand.case, errand.person, allowed), "named", "allowed")


async def end_tie(errand: Errand) -> web.StreamResponse:
    """Give a tie its last day."""
    reading = Reading(errand.typed)
    until = reading.day("until")
    if until is None:
        return await _again(errand, *reading.problems)
    return await _change(errand, EndTie(errand.case, _tie(errand), until), "tie_ended", "until")


async def unlock(errand: Errand) -> web.StreamResponse:
    """Let a person whom the worker has met try her code again."""
    return await _change(errand, Unlock(errand.case, errand.person), "unlocked", "unlock")


async def shut(errand: Errand) -> web.StreamResponse:
    """Shut every way in of a person, for now or for good, or open it again."""
    how = Reading(errand.typed).choice("how", Shutting)
    if how is None:
        return await _again(errand, problem("shut", "choose"))
    return await _change(errand, ShutSignIn(errand.case, errand.person, how), f"sign_in_{how}", "shut")


async def _again(errand: Errand, *problems: Problem) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case))
    return errand.refuse(seen) if isinstance(seen, Withheld) else _person_page(errand, seen[0], tuple(problems))


async def invite(errand: Errand) -> web.StreamResponse:
    """Make the slip and the spoken code. They are shown by this answer and never again."""
    case, person, by_letter = errand.case, errand.person, errand.typed.one("way") == "letter"

    def make(seat: Seat) -> tuple[str, str] | Withheld:
        refused = seat.do(Invite(case, person))
        # A refusal is falsy, so it is asked for by name.
        if refused is not None:
            return refused
        return make_invite(seat.tx, person, case, by_letter=by_letter)

    made = await errand.sit(make)
    if isinstance(made, Withheld):
        seen = await errand.ask(Sheet(case))
        if isinstance(seen, Withheld):
            return errand.refuse(seen)
        return _person_page(errand, seen[0], errand.problem_of(made, Invite, "invite"))
    token, code = made
    address = f"{errand.house.public_url}/i/{token}"
    return errand.page("slip.html", qr=qr(address), address=address, code=f"{code[:4]} {code[4:]}", person=person,
                       by_letter=by_letter)  # fmt: skip


def qr(address: str) -> Markup:
    """A QR code as a drawing inside the page; it names nothing but the address."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=True, border=4, light="#fff"
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - drawn by segno from an address we made
