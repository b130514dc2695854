"""Who else is let in: exceptions, an authority's own word, protected identity, broken glass, and a guardian's no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from storage._carrier_rows import home_in
from storage._chain import add_rule, add_visits, standing_of
from storage._deeds_contact import ask_again_now, taken_back
from storage._desk import Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._entry_parts import BE_NAMED, project_anew, spare_adults_anew
from storage._named_staff import is_colleague, is_of_the_house
from storage._one_person import has_said_so_too
from storage._rule_staff import Desk as At
from storage._rule_staff import desk_of
from storage._search import find
from storage.ages import age_on
from storage.audit import Seen
from storage.commands import (
    AllowNaming,
    AssignCase,
    BlockColleague,
    BreakGlass,
    DecideAfterNo,
    EndConsent,
    EndException,
    GuardianSaysNo,
    KeepException,
    LogNotice,
    ProtectIdentity,
    RecordWish,
    ReviewGlass,
)
from storage.consent import Grant, Reason, Withheld
from storage.duties import GLASS_REVIEW, Duty
from storage.grounds import EDITION, GROUNDS
from storage.queries import Purpose
from storage.records import Authority, Channel, Role, Side, TieId, TieKind, new_id
from storage.rules import (
    Assigned,
    Blocked,
    Consented,
    Excepted,
    ExceptionEnded,
    GlassBroken,
    GuardianSaidNo,
    NoDecided,
    NoticeLogged,
    Protected,
    Reviewed,
    Wished,
    Withdrew,
)
from storage.safe_contact import is_contact

CHANGED = Done(rules_changed=True)
SAME = Done(fresh=False)
GLASS_HOURS = 24
MORNING = time(8)


def _end_consent(desk: Desk, _: Grant, deed: EndConsent) -> Done | Withheld:
    yes = next((yes for yes in desk.known(deed.case).consents() if yes.consent == deed.consent), None)
    if yes is None:
        return Withheld(Reason.NOT_FOUND)
    taken_back(desk, deed.case, yes)
    return CHANGED


def _keep_exception(desk: Desk, _: Grant, deed: KeepException) -> Done | Withheld:
    standing = desk.known(deed.case)
    if any(isinstance(r.rule, Excepted) and r.rule.exception == deed.exception for r in standing.rules):
        return SAME
    if deed.ground not in GROUNDS or not deed.decided_by.strip() or not deed.reference.strip():
        return Withheld(Reason.INVALID)
    made = Excepted(
        deed.exception,
        deed.to,
        deed.ground,
        EDITION,
        deed.decided_by,
        deed.reference,
        deed.from_,
        deed.until,
    )
    add_rule(desk.tx, deed.case, made)
    return CHANGED


def _end_exception(desk: Desk, _: Grant, deed: EndException) -> Done | Withheld:
    if all(one.exception != deed.exception for one in desk.known(deed.case).exceptions()):
        return Withheld(Reason.NOT_FOUND)
    add_rule(desk.tx, deed.case, ExceptionEnded(deed.exception, desk.actor.id))
    return CHANGED


def _protect(desk: Desk, grant: Grant, deed: ProtectIdentity) -> Done | Withheld:
    if desk.known(deed.case).protected() == deed.protected:
        return SAME
    add_rule(desk.tx, deed.case, Protected(desk.actor.id, deed.protected))
    fresh = _afresh(desk, deed.case)
    project_anew(fresh, grant, deed.case, None)
    spare_adults_anew(fresh, grant, deed.case)
    standing = fresh.known(deed.case)
    for person in {yes.by for yes in standing.consents() if is_contact(yes)} if deed.protected else ():
        # Where she is in danger, whether it is safe to write to her is another question than yesterday.
        ask_again_now(desk.tx, standing, person)
    return CHANGED


def _allow_naming(desk: Desk, grant: Grant, deed: AllowNaming) -> Done | Withheld:
    standing = desk.known(deed.case)
    given = [yes for yes in standing.consents() if yes.scope == BE_NAMED and yes.by == deed.person]
    if not standing.tied(deed.person):
        return Withheld(Reason.NO_RELATION)
    if bool(given) == deed.allowed:
        return SAME
    for yes in given:
        add_rule(desk.tx, deed.case, Withdrew(yes.consent, desk.actor.id))
    if deed.allowed:
        today = desk.tx.now.date()
        yes = Consented(new_id(), deed.person, deed.person, BE_NAMED, Purpose.OWN_STORY, None, today, None)
        add_rule(desk.tx, deed.case, yes)
    project_anew(_afresh(desk, deed.case), grant, deed.case, deed.person)
    return CHANGED


def _afresh(desk: Desk, case: str) -> Desk:
    """The same desk with the case's rules as they stand after what was just written."""
    standing = standing_of(desk.tx, case, lock=False)
    return Desk(desk.tx, desk.actor, lambda subject: standing if subject == case else desk.standing(subject))


def _log_notice(desk: Desk, _: Grant, deed: LogNotice) -> Done | Withheld:
    if not desk.known(deed.case).embargo(desk.tx.now.date()):
        return SAME
    add_rule(desk.tx, deed.case, NoticeLogged(desk.actor.id, deed.on))
    return CHANGED


def _record_wish(desk: Desk, _: Grant, deed: RecordWish) -> Done | Withheld:
    standing = desk.known(deed.case)
    old = age_on(standing.born, desk.tx.now.date()) >= standing.ages.decides
    if not standing.is_child(deed.person) or not old:
        return Withheld(Reason.INVALID)
    if standing.wished(deed.person):
        return SAME
    add_rule(desk.tx, deed.case, Wished(deed.person, desk.actor.id, deed.on))
    return CHANGED


def _assign(desk: Desk, _: Grant, deed: AssignCase) -> Done | Withheld:
    standing = desk.known(deed.case)
    if deed.staff != desk.actor.id and desk.actor.role not in (Role.COORDINATOR, Role.MANAGER):
        return Withheld(Reason.ROLE)
    if not is_colleague(desk, deed.staff, standing) and (deed.assigned or deed.staff not in standing.assigned()):
        # Whoever has gone may still be taken off what she had.
        return Withheld(Reason.NOT_FOUND)
    if deed.assigned and (deed.back_on is not None or standing.shut_out(deed.staff)):
        return Withheld(Reason.BLOCKED if deed.back_on is None else Reason.INVALID)
    off = standing.taken_off()
    there = deed.staff in standing.assigned() if deed.assigned else deed.staff in off
    if there and (deed.assigned or off[deed.staff] == deed.back_on):
        return SAME
    add_rule(desk.tx, deed.case, Assigned(deed.staff, desk.actor.id, deed.assigned, back_on=deed.back_on))
    close_duties(desk.tx, deed.case, deed.staff, Duty.COLLEAGUE_BACK)
    if deed.back_on is not None:
        due = datetime.combine(deed.back_on, MORNING, tzinfo=desk.tx.now.tzinfo)
        open_duty(desk.tx, standing.unit, deed.case, Duty.COLLEAGUE_BACK, deed.staff, due)
    return CHANGED


def _review_glass(desk: Desk, _: Grant, deed: ReviewGlass) -> Done | Withheld:
    if desk.actor.role is not Role.MANAGER or desk.actor.id == deed.staff:
        return Withheld(Reason.ROLE)
    if desk.known(deed.case).broken_by(deed.staff) is None:
        return Withheld(Reason.NOT_FOUND)
    if has_said_so_too(desk.tx, desk.actor.id, (deed.staff,)):
        return Withheld(Reason.NEEDS_SECOND)
    add_rule(desk.tx, deed.case, Reviewed(deed.staff, desk.actor.id, deed.stands))
    close_duties(desk.tx, deed.case, deed.staff, Duty.GLASS_BROKEN)
    return CHANGED


def _block_colleague(desk: Desk, _: Grant, deed: BlockColleague) -> Done | Withheld:
    standing = desk.known(deed.case)
    if not is_of_the_house(desk, deed.staff, standing):
        return Withheld(Reason.NOT_FOUND)
    if not deed.blocked and has_said_so_too(desk.tx, desk.actor.id, standing.lifters(staff=deed.staff)):
        return Withheld(Reason.NEEDS_SECOND)
    manager = desk.actor.role is Role.MANAGER
    add_rule(desk.tx, deed.case, Blocked(TieId(""), desk.actor.id, deed.blocked, manager=manager, staff=deed.staff))
    return CHANGED


def _guardian_says_no(desk: Desk, _: Grant, deed: GuardianSaysNo) -> Done | Withheld:
    """A no is never met by silence: whoever is responsible gets the task to decide whether the child is told.

    That is the authority whose container holds the log; while the investigation's secrecy rests over the case, the
    prosecutor who leads it, whom the unit then has to ask (OSL 18:1, 35:1).
    """
    standing = desk.known(deed.case)
    tie = next((tie for tie in standing.ties() if tie.tie == deed.tie and tie.kind is TieKind.GUARDIAN), None)
    if tie is None:
        return Withheld(Reason.NOT_FOUND)
    today = desk.tx.now.date()
    led = standing.under_investigation()
    authority = Authority.PROSECUTOR if led else home_in(standing).terms.decides
    add_rule(desk.tx, deed.case, GuardianSaidNo(deed.tie, desk.actor.id, deed.why, authority=authority, on=today))
    duty = Duty.GUARDIAN_NO if authority is Authority.SOCIAL else Duty.GUARDIAN_NO_OTHER
    close_duties(desk.tx, deed.case, tie.person, Duty.GUARDIAN_NO, Duty.GUARDIAN_NO_OTHER)
    open_duty(desk.tx, standing.unit, deed.case, duty, tie.person, desk.tx.now)
    return CHANGED


def _decide_after_no(desk: Desk, _: Grant, deed: DecideAfterNo) -> Done | Withheld:
    standing = desk.known(deed.case)
    tie = next((tie for tie in standing.ties() if tie.tie == deed.tie), None)
    if tie is None or standing.undecided_no(deed.tie) is None:
        return Withheld(Reason.NOT_FOUND)
    if not deed.why.strip():
        return Withheld(Reason.INVALID)
    add_rule(desk.tx, deed.case, NoDecided(deed.tie, desk.actor.id, deed.told, deed.why))
    close_duties(desk.tx, deed.case, tie.person, Duty.GUARDIAN_NO, Duty.GUARDIAN_NO_OTHER)
    return CHANGED


def _break_glass(desk: Desk, _: Grant, deed: BreakGlass) -> Done | Withheld:
    """One case, found by exactly its number or somebody's, opens to this worker for a day; its unit reviews it."""
    side = desk.actor.side
    if side is None or not deed.words.strip() or not deed.why.strip():
        return Withheld(Reason.INVALID)
    found = dict.fromkeys(case for what in ("ref", "number") for case in find(desk.tx, side, what, deed.words))
    cases = [standing for case in found if (standing := standing_of(desk.tx, case, lock=True)) is not None]
    cases = [case for case in cases if case.side == Side(side) and case.intact and not case.culled]
    if len(cases) != 1 or cases[0].claimed() is not None:
        return Withheld(Reason.NOT_FOUND)
    case = cases[0]
    if case.shut_out(desk.actor.id):
        return Withheld(Reason.BLOCKED)
    if desk_of(desk.actor, case) is At.ASSIGNED:
        return SAME
    until = desk.tx.now + timedelta(hours=GLASS_HOURS)
    add_rule(desk.tx, case.subject, GlassBroken(desk.actor.id, deed.why, until, who=desk.actor.label))
    seen = Seen("BreakGlass", Purpose.EMERGENCY, Reason.BREAK_GLASS, Channel.CONSOLE, desk.actor.label)
    add_visits(desk.tx, desk.actor.id, [(case.subject, seen)])
    open_duty(desk.tx, case.unit, case.subject, Duty.GLASS_BROKEN, desk.actor.id, desk.tx.now + GLASS_REVIEW)
    return CHANGED


READER_DEEDS: Mapping[type, Deed] = {
    EndConsent: _end_consent,
    KeepException: _keep_exception,
    EndException: _end_exception,
    ProtectIdentity: _protect,
    AllowNaming: _allow_naming,
    LogNotice: _log_notice,
    RecordWish: _record_wish,
    AssignCase: _assign,
    ReviewGlass: _review_glass,
    BlockColleague: _block_colleague,
    GuardianSaysNo: _guardian_says_no,
    DecideAfterNo: _decide_after_no,
    BreakGlass: _break_glass,
}
