"""Changes of who may see: status, clearing, block, seal, investigation, contact, consent. Rows are only added."""

from __future__ import annotations

from collections.abc import Mapping

from storage._chain import add_rule
from storage._deeds_contact import end_contact, keep_yes
from storage._desk import Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._months import keep_case_until, month_by_law
from storage._one_person import has_said_so_too
from storage.commands import (
    BlockGuardian,
    ClearGuardian,
    DecideContact,
    EndTie,
    Invite,
    KeepConsent,
    SealCase,
    SetInvestigation,
    SetStatus,
    ShutSignIn,
    Unlock,
)
from storage.consent import Actor, Grant, Question, Reason, Withheld, decide
from storage.duties import Duty
from storage.places import shut_out
from storage.queries import Purpose, Reach
from storage.records import Channel, GuardianStatus, Role, Shutting, Strength, TieId, TieKind
from storage.rules import Blocked, ClearedBy, Consented, ContactDecided, Investigation, Sealed, StatusSet, Tied
from storage.sign_in import unlock
from storage.standing import Standing
from storage.ways_in import SignInShut, is_shut

CHANGED = Done(rules_changed=True)
SAME = Done(fresh=False)


def _tie(desk: Desk, case: str, tie: TieId, kind: TieKind | None = None) -> Tied | None:
    standing = desk.known(case)
    return next(
        (t for t in standing.ties() if t.tie == tie and (kind is None or t.kind is kind)),
        None,
    )


def _end_tie(desk: Desk, _: Grant, deed: EndTie) -> Done | Withheld:
    tie = _tie(desk, deed.case, deed.tie)
    if tie is None:
        return Withheld(Reason.NOT_FOUND)
    if tie.until is not None and deed.until > tie.until:
        # One person ends a tie; a new one is enrolled, and a guardian's is cleared by two again.
        return Withheld(Reason.TIE_NOT_VALID)
    ended = Tied(
        tie.tie,
        tie.person,
        tie.kind,
        tie.from_,
        deed.until,
        desk.actor.id,
        born=tie.born,
    )
    add_rule(desk.tx, deed.case, ended)
    if tie.kind is TieKind.RECIPIENT:
        keep_case_until(desk.tx, deed.case, month_by_law(desk.tx, desk.known(deed.case), deed.until))
    return CHANGED


def _set_status(desk: Desk, _: Grant, deed: SetStatus) -> Done | Withheld:
    if _tie(desk, deed.case, deed.tie, TieKind.GUARDIAN) is None:
        return Withheld(Reason.NOT_FOUND)
    add_rule(desk.tx, deed.case, StatusSet(deed.tie, deed.status, desk.actor.id))
    return CHANGED


def _clear(desk: Desk, _: Grant, deed: ClearGuardian) -> Done | Withheld:
    """The first clearing waits for a second one by somebody else; a guardian with a status cannot be cleared."""
    if _tie(desk, deed.case, deed.tie, TieKind.GUARDIAN) is None:
        return Withheld(Reason.NOT_FOUND)
    standing = desk.known(deed.case)
    if standing.status(deed.tie) is not GuardianStatus.NONE:
        return Withheld(Reason.STATUS)
    if standing.blocked(deed.tie):
        return Withheld(Reason.BLOCKED)
    if desk.actor.id in standing.clearers(deed.tie):
        return Withheld(Reason.CONFLICT)
    if has_said_so_too(desk.tx, desk.actor.id, standing.clearers(deed.tie)):
        return Withheld(Reason.NEEDS_SECOND)
    add_rule(desk.tx, deed.case, ClearedBy(deed.tie, desk.actor.id, deed.why))
    return CHANGED


def _block(desk: Desk, _: Grant, deed: BlockGuardian) -> Done | Withheld:
    """One shuts out at once; to let somebody back, two must say so, one of them a manager (policy P24-P26)."""
    tie = _tie(desk, deed.case, deed.tie)
    if tie is None:
        return Withheld(Reason.NOT_FOUND)
    if tie.kind is TieKind.CHILD:
        return Withheld(Reason.INVALID)
    if not deed.blocked and has_said_so_too(desk.tx, desk.actor.id, desk.known(deed.case).lifters(tie=deed.tie)):
        return Withheld(Reason.NEEDS_SECOND)
    manager = desk.actor.role is Role.MANAGER
    add_rule(desk.tx, deed.case, Blocked(deed.tie, desk.actor.id, deed.blocked, manager=manager))
    return CHANGED


def _seal(desk: Desk, _: Grant, deed: SealCase) -> Done | Withheld:
    """One shuts the case at once; the first who wants it open again waits for a second (policy P20)."""
    standing = desk.known(deed.case)
    if not deed.sealed and desk.actor.id in standing.unsealers():
        return Withheld(Reason.NEEDS_SECOND)
    if not deed.sealed and not standing.sealed():
        return SAME
    if not deed.sealed and has_said_so_too(desk.tx, desk.actor.id, standing.unsealers()):
        return Withheld(Reason.NEEDS_SECOND)
    add_rule(desk.tx, deed.case, Sealed(desk.actor.id, deed.sealed))
    if deed.sealed:
        open_duty(desk.tx, standing.unit, deed.case, Duty.SEALED, deed.case, desk.tx.now)
    elif standing.unsealers():
        close_duties(desk.tx, deed.case, deed.case, Duty.SEALED)
    return CHANGED


def _investigation(desk: Desk, _: Grant, deed: SetInvestigation) -> Done | Withheld:
    if desk.known(deed.case).under_investigation() == deed.active and deed.review_on is None:
        return SAME
    add_rule(desk.tx, deed.case, Investigation(desk.actor.id, deed.active, deed.review_on))
    return CHANGED


def _contact(desk: Desk, _: Grant, deed: DecideContact) -> Done | Withheld:
    standing = desk.known(deed.case)
    if not any(tie.kind is TieKind.CHILD for tie in standing.tied(deed.person)):
        return Withheld(Reason.NOT_FOUND)
    decision = ContactDecided(
        deed.person,
        deed.decided_by,
        deed.on,
        deed.why,
        deed.maturity,
        deed.guardians_may_know,
        deed.embargo_until,
        deed.embargo,
        notices=deed.notices,
    )
    if standing.contact(deed.person) == decision:
        return SAME
    add_rule(desk.tx, deed.case, decision)
    return CHANGED


def _invite(desk: Desk, _: Grant, deed: Invite) -> Done | Withheld:
    """Ask the rule as if the person stood at the door; only that nothing is open to her yet does not stop an invite."""
    standing = desk.known(deed.case)
    if standing.sealed():
        return Withheld(Reason.SEALED)
    ties = standing.tied(deed.person)
    if not ties:
        return Withheld(Reason.NO_RELATION)
    person = desk.standing(deed.person)
    if person is not None and is_shut(recorded.rule for recorded in person.rules):
        return Withheld(Reason.CONFLICT)
    if any(tie.kind is TieKind.GUARDIAN and standing.blocked(tie.tie) for tie in ties):
        return Withheld(Reason.BLOCKED)
    if any(tie.kind is TieKind.GUARDIAN for tie in ties) and _kept_from_guardians(standing):
        return Withheld(Reason.NO_CONTACT_DECISION)
    herself = Actor(deed.person, Strength.PIN)
    question = Question(deed.case, Purpose.OWN_CHOICES, Reach.THREAD)
    verdict = decide(herself, question, standing, Channel.WEB, desk.tx.now)
    stops = (Reason.NO_CONTACT_DECISION, Reason.EMBARGO, Reason.TIE_NOT_VALID)
    return verdict if isinstance(verdict, Withheld) and verdict.reason in stops else SAME


def _kept_from_guardians(standing: Standing) -> bool:
    """Whether it was decided that the guardians may not know that the child is written to."""
    children = [tie.person for tie in standing.ties() if tie.kind is TieKind.CHILD]
    decisions = [standing.contact(child) for child in children]
    return any(decision is not None and not decision.guardians_may_know for decision in decisions)


def _unlock(desk: Desk, _: Grant, deed: Unlock) -> Done | Withheld:
    if not desk.known(deed.case).tied(deed.person):
        return Withheld(Reason.NO_RELATION)
    unlock(desk.tx, deed.person)
    close_duties(desk.tx, deed.case, deed.person, Duty.PIN_LOCKED)
    return SAME


def _shut(desk: Desk, _: Grant, deed: ShutSignIn) -> Done | Withheld:
    """Suspended or sealed: what is open ends at its next request, and nothing opens until a worker says so."""
    person = desk.standing(deed.person)
    if not desk.known(deed.case).tied(deed.person) or person is None:
        return Withheld(Reason.NO_RELATION)
    shut = deed.how is not Shutting.OPEN
    if not shut and not is_shut(recorded.rule for recorded in person.rules):
        return SAME
    add_rule(desk.tx, deed.person, SignInShut(desk.actor.id, shut))
    if shut:
        shut_out(desk.tx, deed.person, for_good=deed.how is Shutting.SEAL)
        end_contact(desk, deed.person, asked=True)
    return CHANGED


def _consent(desk: Desk, grant: Grant, deed: KeepConsent) -> Done | Withheld:
    standing = desk.known(deed.case)
    if any(isinstance(r.rule, Consented) and r.rule.consent == deed.consent for r in standing.rules):
        # Also one that was taken back since: a new yes has a new id.
        return SAME
    if not standing.tied(deed.by):
        return Withheld(Reason.NO_RELATION)
    yes = Consented(
        deed.consent, deed.by, deed.for_, deed.scope, deed.why, deed.channel, deed.from_, deed.until,
        to=deed.to, how=deed.how, language=deed.language, phone=deed.phone or "",
    )  # fmt: skip
    keep_yes(desk, grant, deed.case, yes)
    return CHANGED


RULE_DEEDS: Mapping[type, Deed] = {
    EndTie: _end_tie,
    SetStatus: _set_status,
    ClearGuardian: _clear,
    BlockGuardian: _block,
    SealCase: _seal,
    SetInvestigation: _investigation,
    DecideContact: _contact,
    KeepConsent: _consent,
    Invite: _invite,
    Unlock: _unlock,
    ShutSignIn: _shut,
}
