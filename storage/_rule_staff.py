"""The rule for staff at work: the cases they have, what each role and purpose opens, a glass broken in need; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from storage._rule_ground import is_excepted
from storage._rule_ties import enough, place_kept_back
from storage._rule_ways import OWN_PURPOSES
from storage.queries import Purpose, Reach, Shape
from storage.records import (
    AID_PART,
    CHILD_PART,
    CLAIM_PART,
    PERSON_PART,
    STAFF_PART,
    Authority,
    Channel,
    Role,
    Side,
    Strength,
)
from storage.standing import Standing
from storage.verdicts import Actor, Opens, Question, Reason, Withheld

CASE_ROLES = frozenset({Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER})
UNIT_ROLES = frozenset({Role.COORDINATOR, Role.MANAGER})
NOTHING: frozenset[str] = frozenset()
_WHOLE = frozenset({CHILD_PART, "guardian:*", "shared:*", "waiting:*", STAFF_PART})
_AID = frozenset({AID_PART, PERSON_PART})
# What each purpose of work opens (policy P44).
STAFF_PARTS: Mapping[Purpose, frozenset[str]] = MappingProxyType({
    Purpose.CASE_WORK: _WHOLE | _AID, Purpose.INFORMING: _WHOLE | _AID, Purpose.RELEASE: _WHOLE,
    Purpose.RULES: frozenset({STAFF_PART}) | _AID, Purpose.IMPORT: frozenset({STAFF_PART}),
    Purpose.REQUEST: frozenset({CLAIM_PART, STAFF_PART}),
})  # fmt: skip
# What a worker who does not have the case may open of it in need (policy P60, P63).
IN_NEED = frozenset({STAFF_PART, "shared:*"})
SHOWN = frozenset({Shape.PAGE, Shape.LIST, Shape.SEARCH})


class Desk(StrEnum):
    """Where a worker sits, seen from one case."""

    ASSIGNED = "assigned"
    COLLEAGUE = "colleague"
    OTHER_UNIT = "other_unit"


def staff(actor: Actor, question: Question, standing: Standing, way: Channel, now: datetime) -> Opens | Withheld:
    """What a member of staff opens: her cases, for the purposes of work; an auditor the log; others nothing."""
    no = _not_at_work(actor, question, standing, way)
    if no is not None:
        return Withheld(no)
    if question.reach is Reach.LOG:
        return Opens(NOTHING, Reason.AUDITS)
    if question.reach is Reach.COUNT:
        return _counts(question, standing)
    if question.reach is Reach.SEAL:
        return Opens(NOTHING, Reason.ASSIGNED_STAFF) if standing.unit == actor.unit else Withheld(Reason.OTHER_UNIT)
    desk = desk_of(actor, standing)
    reason: Reason | None = Reason.ASSIGNED_STAFF
    parts = STAFF_PARTS.get(question.purpose, NOTHING)
    if desk is not Desk.ASSIGNED:
        reason = _in_need(actor, desk, standing, now)
        in_need = question.purpose is Purpose.CASE_WORK and question.shape is Shape.PAGE
        parts = IN_NEED if in_need and standing.claimed() is None else NOTHING
    if reason is None:
        return Withheld(Reason.OTHER_UNIT if desk is Desk.OTHER_UNIT else Reason.NOT_ASSIGNED)
    if question.part is not None:
        parts = frozenset({question.part}) if opens(parts, question.part) else NOTHING
    no = _kept_back(actor, question, standing, desk, now) if parts else Reason.PURPOSE
    return Withheld(no) if no is not None else Opens(parts, reason)


def _counts(question: Question, standing: Standing) -> Opens | Withheld:
    """P66: what is counted without persons about the texts, for whoever works with cases of the barnahus side."""
    own_unit = question.subject == f"unit:{standing.unit}" and standing.side == Side.BARNAHUS
    if question.purpose is not Purpose.STATISTICS or question.part is not None:
        return Withheld(Reason.PURPOSE)
    return Opens(NOTHING, Reason.ASSIGNED_STAFF) if own_unit else Withheld(Reason.PART)


def opens(parts: frozenset[str], part: str) -> bool:
    """Whether a part is among these; 'guardian:*' stands for every guardian's."""
    sort, colon, _ = part.partition(":")
    return part in parts or (bool(colon) and f"{sort}:*" in parts)


def desk_of(actor: Actor, standing: Standing) -> Desk:
    """P12: a case worker has what she is named for, and a case that names nobody is the whole unit's.

    Whoever was taken off it does not have it again by nobody being named.
    """
    if standing.unit != actor.unit:
        return Desk.OTHER_UNIT
    named = standing.assigned()
    hers = actor.id in named or (not named and actor.id not in standing.taken_off())
    return Desk.ASSIGNED if actor.role in UNIT_ROLES or hers else Desk.COLLEAGUE


def _not_at_work(actor: Actor, question: Question, standing: Standing, way: Channel) -> Reason | None:
    if actor.strength is not Strength.STAFF:
        return Reason.STRENGTH
    # P38.
    if standing.side != actor.side:
        return Reason.OTHER_UNIT
    # P24, P32; P55.
    blocked = standing.side == Side.BARNAHUS and standing.claimed() is None and standing.shut_out(actor.id)
    if blocked or way is not Channel.CONSOLE:
        return Reason.BLOCKED if blocked else Reason.CHANNEL
    if question.purpose in OWN_PURPOSES:
        # Read as if she were the child, it would be missing from what the child sees of who has read.
        return Reason.PURPOSE
    # P13: the log is no part, and these three open no part.
    if (question.reach is Reach.LOG) != (actor.role is Role.AUDITOR) or actor.role not in CASE_ROLES | {Role.AUDITOR}:
        return Reason.ROLE
    if question.reach in (Reach.LOG, Reach.SEAL, Reach.COUNT):
        return None
    if (standing.claimed() is not None) != (question.purpose is Purpose.REQUEST):
        # A claim is no case: what is asked of the one has no answer in the other.
        return Reason.NOT_FOUND
    return None if question.reach in (Reach.WORK, Reach.STORY) else Reason.REACH


def _in_need(actor: Actor, desk: Desk, standing: Standing, now: datetime) -> Reason | None:
    """P60-P63: a glass broken for a stated reason within the day, or a named exception for another unit's worker."""
    broken = standing.broken_by(actor.id)
    if broken is not None and broken.why.strip() and now < broken.until:
        return Reason.BREAK_GLASS
    excepted = desk is Desk.OTHER_UNIT and is_excepted(standing, actor.id, now.date())
    return Reason.EXCEPTED if excepted else None


def _kept_back(actor: Actor, question: Question, standing: Standing, desk: Desk, now: datetime) -> Reason | None:
    entry, assigned = question.entry, desk is Desk.ASSIGNED
    if (no := place_kept_back(question, standing, hers=False, assigned=assigned)) is not None:
        return no
    if question.shape not in SHOWN:
        return _not_exported(actor, question, standing, now)
    # P53: only whoever has the case has every authority's entries, and what was taken back.
    closed = entry is not None and (entry.back or (entry.source is not Authority.SOCIAL and not enough(entry)))
    return Reason.NOT_RELEASED if closed and not assigned else None


def _not_exported(actor: Actor, question: Question, standing: Standing, now: datetime) -> Reason | None:
    """P47, P57, P58: to whom a named exception lets it go, or to the claimant; nobody else in it; a manager agrees."""
    if question.shape is not Shape.EXPORT or question.goes_to is None:
        return Reason.SHAPE
    if question.purpose is not Purpose.REQUEST:
        excepted = is_excepted(standing, question.goes_to, now.date())
        if question.purpose is not Purpose.RELEASE or not excepted:
            return Reason.SHAPE
    if not standing.approved(question.goes_to, actor.id):
        return Reason.NEEDS_SECOND
    return Reason.THIRD_PARTY if question.entry is not None and question.entry.third else None
