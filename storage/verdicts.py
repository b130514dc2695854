"""Verdicts: who asks for what in the rule's own terms, and the reasons of a yes and of a no; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storage.queries import Purpose, Reach, Shape
from storage.records import Authority, Leave, Role, Side, Strength
from storage.rules import Tied

ENTRY_PURPOSES = frozenset({
    Purpose.OWN_STORY, Purpose.CASE_WORK, Purpose.INFORMING, Purpose.RELEASE, Purpose.IMPORT, Purpose.DELIVERY,
})  # fmt: skip


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
    CONSENTED = "consented"
    EXCEPTED = "excepted"
    AUDITS = "audits"
    BREAK_GLASS = "break_glass"
    NO_CONSENT = "no_consent"
    PROTECTED = "protected"
    ROLE = "role"
    NEEDS_SECOND = "needs_second"
    PART = "part"
    SHAPE = "shape"
    HELD = "held"
    UNTOLD = "untold"
    NOT_RELEASED = "not_released"
    THIRD_PARTY = "third_party"
    NOT_ASSIGNED = "not_assigned"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who stands at the door and how sure we are. A member of staff has a unit, a side and a role.

    `born` is her own birth date, where her sign-in told it.
    """

    id: str
    strength: Strength
    side: Side | None = None
    unit: str | None = None
    role: Role | None = None
    label: str = ""
    born: date | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of staff at work."""
        return self.role is not None


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """The one entry that a question is about, as far as the rule must know it.

    `held`: the investigation's secrecy rests on it. `untold`: somebody must tell her first, or look again;
    `in_person`: it is the former, face to face. `leave`: what its source let the asker's class of reader have.
    `facts`: only who met and when is asked for. `third`: it tells about somebody else who has neither allowed it nor
    been left out. `back`: it was taken back from everybody who had it.
    """

    source: Authority
    held: bool = False
    untold: bool = False
    leave: Leave = Leave.WHOLE
    facts: bool = False
    third: bool = False
    in_person: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in the rule's own terms. Without a `part` it is about what the reach names for this asker.

    `place`: the answer holds an address, a school, a workplace or a meeting place. `goes_to`: who gets an export.
    """

    subject: str
    purpose: Purpose
    reach: Reach
    part: str | None = None
    shape: Shape = Shape.PAGE
    place: bool = False
    entry: AskedEntry | None = None
    goes_to: str | None = None

    @property
    def shows_entry(self) -> bool:
        """Whether it is a question that shows an entry (policy P31)."""
        return self.purpose in ENTRY_PURPOSES


@dataclass(frozen=True, slots=True)
class Withheld:
    """No, and why. Falsy, so that a careless `if answer` shows nothing rather than something."""

    reason: Reason

    def __bool__(self) -> bool:
        """A refusal is never truthy."""
        return False


# The reasons of a yes; every other is the reason of a no.
OPENED = frozenset({
    Reason.OWN, Reason.GUARDIAN_CLEARED, Reason.APPOINTED, Reason.ASSIGNED_STAFF, Reason.CONSENTED, Reason.EXCEPTED,
    Reason.AUDITS, Reason.BREAK_GLASS,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opens:
    """What one way of belonging opens: the compartments, why, and through which tie. Not a Grant yet."""

    parts: frozenset[str]
    reason: Reason
    tie: Tied | None = None
