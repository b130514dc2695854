"""The room of refusals: every reason of the rule as a sentence that tells a worker what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from bot.talk import Text
from storage.commands import (
    AnswerClaim,
    ApproveCulling,
    AssignCase,
    BeginCarrier,
    BlockColleague,
    ChangeState,
    ClearGuardian,
    CloseCarrier,
    CloseIncident,
    ConnectClaim,
    Enrol,
    ExtendCarrier,
    Invite,
    KeepAdult,
    KeepFromCulling,
    MoveClaim,
    RecordDay,
    RecordTold,
    RefuseEntry,
    ReleaseEntry,
    ReopenCarrier,
    TellOfVisit,
    WriteEntry,
)
from storage.consent import Reason
from storage.queries import MaySee, NoNotice, WholeEntry

# The same reason asks for another step when another thing was tried.
OWN_SENTENCE: MappingProxyType[tuple[Reason, type], str] = MappingProxyType({
    (Reason.CONFLICT, ClearGuardian): "console.refusal.conflict.clear",
    (Reason.CONFLICT, KeepAdult): "console.refusal.conflict.adult",
    (Reason.CONFLICT, Enrol): "console.refusal.conflict.child",
    (Reason.CONFLICT, ReleaseEntry): "console.refusal.conflict.release",
    (Reason.CONFLICT, WriteEntry): "console.refusal.conflict.entry",
    (Reason.STATUS, ClearGuardian): "console.refusal.status.clear",
    (Reason.BLOCKED, ClearGuardian): "console.refusal.blocked.clear",
    (Reason.NO_CONTACT_DECISION, Invite): "console.refusal.no_contact_decision.invite",
    (Reason.CONFLICT, Invite): "console.refusal.conflict.invite",
    (Reason.OTHER_UNIT, Enrol): "console.refusal.other_unit.enrol",
    (Reason.STRENGTH, AnswerClaim): "console.refusal.strength.answer",
    (Reason.CONFLICT, AnswerClaim): "console.refusal.conflict.answer",
    (Reason.INVALID, AnswerClaim): "console.refusal.invalid.answer",
    (Reason.CONFLICT, MoveClaim): "console.refusal.conflict.move",
    (Reason.STATUS, ConnectClaim): "console.refusal.status.connect",
    (Reason.INVALID, ConnectClaim): "console.refusal.invalid.connect",
    (Reason.ROLE, WriteEntry): "console.refusal.role.after_close",
    (Reason.ROLE, ChangeState): "console.refusal.role.after_close",
    (Reason.INVALID, WriteEntry): "console.refusal.invalid.entry",
    (Reason.INVALID, ChangeState): "console.refusal.invalid.state",
    (Reason.INVALID, RecordTold): "console.refusal.invalid.told",
    (Reason.INVALID, BeginCarrier): "console.refusal.invalid.carrier",
    (Reason.INVALID, ExtendCarrier): "console.refusal.invalid.carrier",
    (Reason.INVALID, CloseCarrier): "console.refusal.invalid.carrier",
    (Reason.INVALID, ReopenCarrier): "console.refusal.invalid.carrier",
    (Reason.CONFLICT, BeginCarrier): "console.refusal.conflict.own_file",
    (Reason.CONFLICT, ExtendCarrier): "console.refusal.conflict.carrier",
    (Reason.CONFLICT, CloseCarrier): "console.refusal.conflict.carrier",
    (Reason.CONFLICT, ReopenCarrier): "console.refusal.conflict.carrier",
    (Reason.PURPOSE, WholeEntry): "console.refusal.purpose.earlier",
    (Reason.NOT_RELEASED, WholeEntry): "console.refusal.not_released.in_need",
    (Reason.NOT_RELEASED, MaySee): "console.refusal.not_released.in_need",
    (Reason.UNTOLD, RecordDay): "console.refusal.untold.day",
    (Reason.INVALID, RecordDay): "console.refusal.invalid.day",
    (Reason.CONFLICT, ApproveCulling): "console.refusal.conflict.culling",
    (Reason.NOT_FOUND, AssignCase): "console.refusal.not_found.colleague",
    (Reason.NOT_FOUND, BlockColleague): "console.refusal.not_found.colleague",
    (Reason.NOT_FOUND, ApproveCulling): "console.refusal.not_found.culling",
    (Reason.INVALID, ApproveCulling): "console.refusal.invalid.culling",
    (Reason.ROLE, ApproveCulling): "console.refusal.role.culling",
    (Reason.ROLE, KeepFromCulling): "console.refusal.role.culling",
    (Reason.INVALID, CloseIncident): "console.refusal.invalid.incident",
    (Reason.CONFLICT, RefuseEntry): "console.refusal.conflict.refuse",
    (Reason.INVALID, TellOfVisit): "console.refusal.invalid.visit",
    (Reason.INVALID, RefuseEntry): "console.refusal.invalid.refuse",
})  # fmt: skip
NOT_THERE = frozenset({Reason.NOT_FOUND, Reason.NO_RELATION, Reason.OTHER_UNIT})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the page of a refusal says."""

    reason: Reason
    say: Text


def refusal(reason: Reason, about: type | None = None) -> Refusal:
    """The sentence for a reason, and for the change that was tried.

    A case that another unit has and a case that nobody has are refused in the same words: an id alone asks nothing.
    """
    own = OWN_SENTENCE.get((reason, about)) if about else None
    if about is None and reason is Reason.OTHER_UNIT:
        reason = Reason.NO_RELATION
    return Refusal(reason, Text(own or f"console.refusal.{reason}"))


def status_of(reason: Reason) -> int:
    """The answer's status: another unit's case looks like one that is not there."""
    if reason in NOT_THERE:
        return 404
    return 409 if reason is Reason.CONFLICT else 403


def refusal_keys() -> Iterator[str]:
    """Every sentence that a refusal can ask for."""
    yield from (f"console.refusal.{reason}" for reason in Reason)
    yield from (f"console.refusal.{why}" for why in NoNotice)
    yield from OWN_SENTENCE.values()
