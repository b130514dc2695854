"""The rule: may this actor, so signed in, have this part for this purpose over this channel now? Pure.

Order of the questions, first hard denial wins (design 6): integrity, culled, sealed case; then whose tie it is,
and for a guardian block, status, investigation, embargo, age and two clearings; then the strength of the sign-in;
then the channel. Deny by default. Consent never lifts one of the hard denials.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, assert_never

from storage.queries import Purpose, Reach
from storage.records import (
    AID_PART,
    CHILD_PART,
    CLAIM_DOOR,
    CLAIM_PART,
    PERSON_PART,
    SHARED_PART,
    STAFF_PART,
    VISITOR,
    Channel,
    GuardianStatus,
    Role,
    Side,
    Strength,
    TieKind,
    guardian_part,
)
from storage.rules import Standing, Tied


class Reason(StrEnum):
    """Why the door stayed shut, or why it opened. For the log and the worker; never shown to an outsider."""

    OWN = "own"
    GUARDIAN_CLEARED = "guardian_cleared"
    APPOINTED = "appointed"
    ASSIGNED_STAFF = "assigned_staff"
    NO_RELATION = "no_relation"
    TIE_NOT_VALID = "tie_not_valid"
    BLOCKED = "blocked"
    STATUS = "status"
    NOT_CLEARED = "not_cleared"
    INVESTIGATION = "investigation"
    EMBARGO = "embargo"
    NO_CONTACT_DECISION = "no_contact_decision"
    OF_AGE = "of_age"
    SEALED = "sealed"
    CULLED = "culled"
    INTEGRITY = "integrity"
    STRENGTH = "strength"
    CHANNEL = "channel"
    REACH = "reach"
    PURPOSE = "purpose"
    OTHER_UNIT = "other_unit"
    NOT_EMPLOYED = "not_employed"
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who stands at the door and how sure we are. A member of staff has a unit, a side and a role."""

    id: str
    strength: Strength
    side: Side | None = None
    unit: str | None = None
    role: Role | None = None
    label: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of staff at work."""
        return self.role is not None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in the rule's own terms."""

    subject: str
    purpose: Purpose
    reach: Reach


@dataclass(frozen=True, slots=True)
class Withheld:
    """No, and why. Falsy, so that a careless `if answer` shows nothing rather than something."""

    reason: Reason

    def __bool__(self) -> bool:
        """A refusal is never truthy."""
        return False


_MINT: Final = object()


class Grant:
    """Yes: to whom, about whom, for what, and which compartments it opens. Only `decide` can make one."""

    __slots__ = (
        "actor",
        "channel",
        "compartments",
        "purpose",
        "reason",
        "subject",
        "tie",
    )

    def __init__(
        self,
        mint: object,
        *,
        actor: str,
        question: Question,
        compartments: frozenset[str],
        reason: Reason,
        channel: Channel,
        tie: Tied | None = None,
    ) -> None:
        """Refuse to be made anywhere but in `decide`."""
        if mint is not _MINT:
            raise TypeError("A Grant can only be made by decide().")
        self.actor = actor
        self.subject = question.subject
        self.purpose = question.purpose
        self.compartments = compartments
        self.reason = reason
        self.channel = channel
        self.tie = tie

    def opens(self, subject: str, compartment: str) -> bool:
        """Whether a part of this subject and compartment may be opened under the grant."""
        return subject == self.subject and (compartment in self.compartments or self._any_guardian(compartment))

    def _any_guardian(self, compartment: str) -> bool:
        return compartment.startswith("guardian:") and "guardian:*" in self.compartments


STAFF_PARTS = frozenset({CHILD_PART, SHARED_PART, STAFF_PART, AID_PART, CLAIM_PART, "guardian:*"})
_OWN_PURPOSES = frozenset(
    {
        Purpose.OWN_STORY,
        Purpose.OWN_CONTACT,
        Purpose.OWN_CHOICES,
        Purpose.OWN_ACCESS_LOG,
        Purpose.OWN_MEETINGS,
    }
)
TELEGRAM_FULL = "telegram_full"


def decide(
    actor: Actor,
    question: Question,
    standing: Standing | None,
    channel: Channel,
    now: datetime,
) -> Grant | Withheld:
    """Say yes or no. `standing` None: there is no such subject. `now` is aware; days are counted in its zone."""
    if standing is None:
        return Withheld(Reason.NO_RELATION)
    if not standing.intact:
        return Withheld(Reason.INTEGRITY)
    if standing.culled:
        return Withheld(Reason.CULLED)
    if question.reach in (Reach.DOOR, Reach.CLAIM):
        return _visitor(actor, question, standing, channel, now)
    if actor.is_staff:
        return _staff(actor, question, standing, channel)
    if question.reach is Reach.OWN:
        return _herself(actor, question, standing, channel)
    return _outside(actor, question, standing, channel, now)


def _staff(actor: Actor, question: Question, standing: Standing, channel: Channel) -> Grant | Withheld:
    if actor.strength is not Strength.STAFF:
        return Withheld(Reason.STRENGTH)
    if standing.unit != actor.unit or standing.side != actor.side:
        return Withheld(Reason.OTHER_UNIT)
    if channel not in (Channel.CONSOLE, Channel.CLOCK):
        return Withheld(Reason.CHANNEL)
    if question.purpose in _OWN_PURPOSES:
        # Read as if she were the child, it would be missing from what the child sees of who has read.
        return Withheld(Reason.PURPOSE)
    if (standing.claimed() is not None) != (question.purpose is Purpose.REQUEST):
        # A claim is no case: what is asked of the one has no answer in the other.
        return Withheld(Reason.NOT_FOUND)
    if question.reach not in (Reach.WORK, Reach.STORY):
        return Withheld(Reason.REACH)
    return _grant(actor, question, STAFF_PARTS, Reason.ASSIGNED_STAFF, channel)


def _visitor(actor: Actor, question: Question, standing: Standing, channel: Channel, now: datetime) -> Grant | Withheld:
    """Whoever has not signed in may open a claim, and may reach the one whose secret names it until its last day.

    That secret is the right: a claim's id is made from it one way, so nobody can name a claim by knowing its id.
    """
    if actor.id != VISITOR or actor.strength is not Strength.NONE:
        return Withheld(Reason.NO_RELATION)
    if channel is not Channel.WEB:
        return Withheld(Reason.CHANNEL)
    if question.reach is Reach.DOOR and question.subject == CLAIM_DOOR:
        return _grant(actor, question, frozenset(), Reason.OWN, channel)
    claimed = standing.claimed()
    if question.reach is Reach.DOOR or claimed is None or now.date() > claimed.until:
        return Withheld(Reason.NO_RELATION)
    return _grant(actor, question, frozenset({CLAIM_PART}), Reason.OWN, channel)


def _herself(actor: Actor, question: Question, standing: Standing, channel: Channel) -> Grant | Withheld:
    if actor.id != standing.subject:
        return Withheld(Reason.NO_RELATION)
    if actor.strength is Strength.NONE:
        return Withheld(Reason.STRENGTH)
    return _grant(actor, question, frozenset({PERSON_PART}), Reason.OWN, channel)


def _outside(
    actor: Actor,
    question: Question,
    standing: Standing,
    channel: Channel,
    now: datetime,
) -> Grant | Withheld:
    ties = standing.tied(actor.id)
    if not ties:
        return Withheld(Reason.NO_RELATION)
    valid = [tie for tie in ties if tie.from_ <= now.date() and (tie.until is None or now.date() <= tie.until)]
    if not valid:
        return Withheld(Reason.TIE_NOT_VALID)
    if standing.sealed():
        return Withheld(Reason.SEALED)
    if question.purpose not in _OWN_PURPOSES:
        return Withheld(Reason.PURPOSE)
    if shut_out := _shut_out(valid, standing):
        return Withheld(shut_out)
    refusal = Withheld(Reason.NO_RELATION)
    for tie in valid:
        match _by_tie(tie, question, standing, channel, actor, now):
            case Withheld() as no:
                refusal = no
            case (parts, reason):
                return _grant(actor, question, parts, reason, channel, tie)
    return refusal


def _shut_out(ties: list[Tied], standing: Standing) -> Reason | None:
    """Why a guardian is shut out, whatever else she may be in the case."""
    for tie in ties:
        if tie.kind is TieKind.GUARDIAN and standing.status(tie.tie) is not GuardianStatus.NONE:
            return Reason.STATUS
        if tie.kind is TieKind.GUARDIAN and standing.blocked(tie.tie):
            return Reason.BLOCKED
    return None


def _by_tie(
    tie: Tied,
    question: Question,
    standing: Standing,
    channel: Channel,
    actor: Actor,
    now: datetime,
) -> tuple[frozenset[str], Reason] | Withheld:
    """Which compartments one valid tie opens for a question."""
    reaches: tuple[Reach, ...]
    match tie.kind:
        case TieKind.CHILD:
            no = _child(tie, standing, channel, actor, now)
            reaches, part, reason = (Reach.STORY, Reach.THREAD), CHILD_PART, Reason.OWN
        case TieKind.GUARDIAN:
            no = _guardian(tie, standing, channel, actor, now)
            reaches, part, reason = (Reach.STORY,), guardian_part(tie.tie), Reason.GUARDIAN_CLEARED
        case TieKind.REPRESENTATIVE:
            no = _signed_in_on_web(channel, actor)
            reaches, part, reason = (Reach.STORY,), SHARED_PART, Reason.APPOINTED
        case TieKind.RECIPIENT:
            no = _recipient(question, channel, actor)
            reaches, part, reason = (Reach.AID, Reach.THREAD), AID_PART, Reason.OWN
        case _:
            assert_never(tie.kind)
    if no is not None:
        return no
    if question.reach not in reaches:
        return Withheld(Reason.REACH)
    return frozenset({part}), reason


def _child(tie: Tied, standing: Standing, channel: Channel, actor: Actor, now: datetime) -> Withheld | None:
    contact = standing.contact(tie.person)
    if contact is None and not is_of_age(standing.born, now.date()):
        return Withheld(Reason.NO_CONTACT_DECISION)
    if contact is not None and _embargoed(contact.embargo, contact.embargo_until, now.date()):
        return Withheld(Reason.EMBARGO)
    if channel is Channel.TELEGRAM:
        if not is_of_age(standing.born, now.date()) or not _said_yes(standing, tie.person, TELEGRAM_FULL, now.date()):
            return Withheld(Reason.CHANNEL)
        return _in_her_chat(actor)
    return _signed_in_on_web(channel, actor)


def _guardian(tie: Tied, standing: Standing, channel: Channel, actor: Actor, now: datetime) -> Withheld | None:
    """What else keeps a guardian out who is not shut out."""
    if standing.under_investigation():
        return Withheld(Reason.INVESTIGATION)
    if any(
        _embargoed(contact.embargo, contact.embargo_until, now.date())
        for child in standing.ties()
        if child.kind is TieKind.CHILD and (contact := standing.contact(child.person)) is not None
    ):
        return Withheld(Reason.EMBARGO)
    if is_of_age(standing.born, now.date()):
        return Withheld(Reason.OF_AGE)
    if len(standing.clearers(tie.tie)) < 2:
        return Withheld(Reason.NOT_CLEARED)
    return _signed_in_on_web(channel, actor)


def _recipient(question: Question, channel: Channel, actor: Actor) -> Withheld | None:
    if channel is Channel.TELEGRAM:
        return _in_her_chat(actor) if question.purpose is Purpose.OWN_MEETINGS else Withheld(Reason.CHANNEL)
    return _signed_in_on_web(channel, actor)


def _in_her_chat(actor: Actor) -> Withheld | None:
    return None if actor.strength in (Strength.CHANNEL, Strength.PIN) else Withheld(Reason.STRENGTH)


def _signed_in_on_web(channel: Channel, actor: Actor) -> Withheld | None:
    if channel is not Channel.WEB:
        return Withheld(Reason.CHANNEL)
    if actor.strength is not Strength.PIN:
        return Withheld(Reason.STRENGTH)
    return None


def _embargoed(open_ended: bool, until: date | None, today: date) -> bool:
    if until is not None:
        return today < until
    return open_ended


def _said_yes(standing: Standing, person: str, scope: str, today: date) -> bool:
    return any(
        yes.by == person and yes.scope == scope and yes.from_ <= today and (yes.until is None or today <= yes.until)
        for yes in standing.consents()
    )


def is_of_age(born: date | None, today: date) -> bool:
    """Whether the eighteenth birthday has come. Unknown birth date: no."""
    if born is None:
        return False
    return (
        today.year - born.year,
        (today.month, today.day) >= (born.month, born.day),
    ) >= (18, True)


def _grant(
    actor: Actor,
    question: Question,
    compartments: frozenset[str],
    reason: Reason,
    channel: Channel,
    tie: Tied | None = None,
) -> Grant:
    return Grant(
        _MINT,
        actor=actor.id,
        question=question,
        compartments=compartments,
        reason=reason,
        channel=channel,
        tie=tie,
    )
