"""The rule for everybody who is tied to a case: what each kind of tie opens, for which purposes, on which ground; pure.

One sentence of the policy is one line here; the numbers stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from storage._rule_ground import NEED_GROUND, ground_of
from storage._rule_ways import DELIVERED, is_strong_enough, way_closed, wrong_shape
from storage.ages import age_on
from storage.queries import Purpose, Reach, Shape
from storage.records import (
    AID_PART,
    CHILD_PART,
    Authority,
    Channel,
    GuardianStatus,
    Leave,
    Side,
    TieKind,
    guardian_part,
    shared_part,
    waiting_part,
)
from storage.rules import Tied
from storage.standing import Standing
from storage.verdicts import Actor, AskedEntry, Opens, Question, Reason, Withheld

SHARED = frozenset(shared_part(one) for one in Authority)
# The criminal matter: whose entries a special representative and counsel get (policy P6, P7). What the social services
# did in it, such as the report and the journey to the interview, lies in the shared part; the rest of theirs does not.
CRIMINAL = frozenset({Authority.POLICE, Authority.PROSECUTOR, Authority.COURT, Authority.LEGAL, Authority.SOCIAL})
_STORY = frozenset({Purpose.OWN_STORY})
_GUARDIANS = _STORY | {Purpose.OWN_CONTACT, Purpose.OWN_MEETINGS}
_HERS = _GUARDIANS | {Purpose.OWN_CHOICES, Purpose.OWN_ACCESS_LOG}
# Which sort of part each kind of tie opens, for which purposes (policy P3-P10, P43).
OPENS: Mapping[TieKind, Mapping[str, frozenset[Purpose]]] = MappingProxyType({
    TieKind.CHILD: {"child": _HERS, "shared": _STORY},
    TieKind.GUARDIAN: {"guardian": _GUARDIANS, "shared": _STORY},
    TieKind.READER: {"child": _STORY, "shared": _STORY},
    TieKind.REPRESENTATIVE: {"guardian": _STORY, "shared": _STORY},
    TieKind.COUNSEL: {"guardian": _STORY, "shared": _STORY},
    TieKind.SAFETY: {"shared": _STORY},
    TieKind.TREATMENT: {"shared": _STORY},
    TieKind.RECIPIENT: {"aid": _HERS},
})  # fmt: skip
REACHES: Mapping[TieKind, frozenset[Reach]] = MappingProxyType({
    **{kind: frozenset({Reach.STORY}) for kind in TieKind},
    TieKind.CHILD: frozenset({Reach.STORY, Reach.THREAD}),
    TieKind.RECIPIENT: frozenset({Reach.AID, Reach.THREAD}),
})  # fmt: skip
_REASON: Mapping[TieKind, Reason] = MappingProxyType({
    TieKind.CHILD: Reason.OWN, TieKind.RECIPIENT: Reason.OWN, TieKind.GUARDIAN: Reason.GUARDIAN_CLEARED,
    TieKind.REPRESENTATIVE: Reason.APPOINTED,
})  # fmt: skip
EMBARGOED = frozenset({TieKind.CHILD, TieKind.GUARDIAN, TieKind.READER, TieKind.SAFETY, TieKind.TREATMENT})
APPOINTED = frozenset({TieKind.REPRESENTATIVE, TieKind.COUNSEL})


def through(
    tie: Tied, actor: Actor, question: Question, standing: Standing, way: Channel, today: date
) -> Opens | Withheld:
    """What one tie opens for a question, in the policy's order: what shuts, part, sign-in, tie, and the rest."""
    hers = tie.kind in (TieKind.CHILD, TieKind.RECIPIENT)
    part = question.part or home_of(tie)
    no = shut(tie, actor, question, standing, today) or place_kept_back(question, standing, hers=hers)
    if no is None and not _opens_part(tie, question, part):
        no = Reason.PART
    grown = age_on(standing.born, today) >= standing.ages.grown
    if no is None and not is_strong_enough(actor, question, part, way, grown):
        no = Reason.STRENGTH
    no = no or _tie_ended(tie, today, grown=grown) or _asked_wrongly(tie, question, part, standing, today)
    reason = _REASON.get(tie.kind)
    if no is None and tie.kind in NEED_GROUND:
        reason = ground_of(tie, question, part, standing, way, today)
        no = Reason.NO_CONSENT if reason is None else None
    no = no or not_released(tie, question)
    no = no or way_closed(actor, question, part, standing, way, today, hers=hers)
    no = no or obliged(tie, question, part)
    if no is not None or reason is None:
        return Withheld(no or Reason.NO_CONSENT)
    parts = frozenset({part}) if question.part else home_parts(tie)
    if tie.kind is TieKind.READER and question.part is None:
        hers_too = through(tie, actor, replace(question, part=CHILD_PART), standing, way, today)
        parts |= hers_too.parts if isinstance(hers_too, Opens) else frozenset()
    return Opens(parts, reason, tie)


def home_of(tie: Tied) -> str:
    """The part that this tie's reader reads in: for the one it is about and for a guardian a part of her own."""
    match tie.kind:
        case TieKind.CHILD:
            return CHILD_PART
        case TieKind.GUARDIAN:
            return guardian_part(tie.tie)
        case TieKind.RECIPIENT:
            return AID_PART
        case _:
            return shared_part(Authority.POLICE)


def home_parts(tie: Tied) -> frozenset[str]:
    """The compartments that she reads in. One entry lies in one of them, so that nothing is read twice.

    A reader whom the child lets read her own part opens that besides (policy P5, P50).
    """
    match tie.kind:
        case TieKind.CHILD | TieKind.GUARDIAN | TieKind.RECIPIENT:
            return frozenset({home_of(tie)})
        case TieKind.COUNSEL:
            return frozenset(shared_part(one) for one in CRIMINAL)
        case TieKind.REPRESENTATIVE:
            return frozenset(part(one) for one in CRIMINAL for part in (shared_part, waiting_part))
        case _:
            return SHARED


def shut(tie: Tied, actor: Actor, question: Question, standing: Standing, today: date) -> Reason | None:
    """The first hard denial of a barnahus case, which nothing lifts (policy P21-P32)."""
    if standing.side != Side.BARNAHUS:
        return None
    # P21, P22: the status goes with the person, by whichever tie she comes.
    if (no := guardian_shut(actor.id, standing)) is not None:
        return no
    # P24, P25: a block never falls on the child in her own case.
    if tie.kind is not TieKind.CHILD and standing.shut_out(actor.id):
        return Reason.BLOCKED
    # P27, P31.
    if question.shows_entry and question.entry is not None and question.entry.held:
        return Reason.HELD
    if standing.under_investigation() and tie.kind not in APPOINTED | {TieKind.CHILD}:
        return Reason.INVESTIGATION
    young_adult = tie.kind is TieKind.CHILD and age_on(standing.born, today) >= standing.ages.grown
    # P28.
    if tie.kind is TieKind.CHILD and not young_adult and not _contact(tie, standing, today):
        return Reason.NO_CONTACT_DECISION
    if tie.kind in EMBARGOED and not young_adult and standing.embargo(today):
        return Reason.EMBARGO
    return None


def guardian_shut(person: str, standing: Standing) -> Reason | None:
    """Why somebody who is a guardian of the case is shut out, whatever else she is in it."""
    mine = [tie for tie in standing.tied(person) if tie.kind is TieKind.GUARDIAN]
    if any(standing.status(tie.tie) is not GuardianStatus.NONE for tie in mine):
        return Reason.STATUS
    if any(standing.blocked(tie.tie) for tie in mine):
        return Reason.BLOCKED
    return None if all(_cleared(tie, standing) for tie in mine) else Reason.NOT_CLEARED


def _cleared(tie: Tied, standing: Standing) -> bool:
    """P23: two different members of staff."""
    return len(standing.clearers(tie.tie)) > 1


def _contact(tie: Tied, standing: Standing, today: date) -> bool:
    """P29: an adult with authority decided that contact is good for her, or from fifteen she wishes it herself."""
    old = age_on(standing.born, today) >= standing.ages.decides
    return standing.contact(tie.person) is not None or (old and standing.wished(tie.person))


def place_kept_back(question: Question, standing: Standing, *, hers: bool, assigned: bool = False) -> Reason | None:
    """P33-P36: an address, a school or a meeting place, of somebody under protection and in what travels."""
    if not question.place:
        return None
    if question.shape in DELIVERED:
        return Reason.PROTECTED
    if not standing.protected() or hers:
        return None
    return None if assigned and question.shape is Shape.PAGE else Reason.PROTECTED


def _opens_part(tie: Tied, question: Question, part: str) -> bool:
    """P37, and for the criminal matter P6 and P7. Asked for no certain part, a tie reaches what its reach names."""
    sort, _, of = part.partition(":")
    if sort not in OPENS[tie.kind] or (sort == "guardian" and of != tie.tie):
        return False
    if tie.kind not in APPOINTED:
        return True
    if sort == "shared" and of not in CRIMINAL:
        return False
    return question.entry is None or question.entry.source in CRIMINAL


def _tie_ended(tie: Tied, today: date, *, grown: bool) -> Reason | None:
    """P14, P15."""
    if tie.from_ > today or (tie.until is not None and tie.until < today):
        return Reason.TIE_NOT_VALID
    return Reason.OF_AGE if grown and tie.kind in (TieKind.GUARDIAN, TieKind.REPRESENTATIVE) else None


def _asked_wrongly(tie: Tied, question: Question, part: str, standing: Standing, today: date) -> Reason | None:
    """P43, P45, P46: the purposes of this part, and the shapes."""
    purposes = OPENS[tie.kind][part.partition(":")[0]]
    if question.reach not in REACHES[tie.kind]:
        return Reason.REACH
    if question.purpose not in purposes | {Purpose.DELIVERY}:
        return Reason.PURPOSE
    old = age_on(standing.born, today) >= standing.ages.decides
    own = tie.kind is TieKind.RECIPIENT or (tie.kind is TieKind.CHILD and old)
    return Reason.SHAPE if wrong_shape(question, may_export=own) else None


def not_released(tie: Tied, question: Question) -> Reason | None:
    """P53: another authority's entry waits for its release, and so does one of the social services for a guardian.

    What was taken back is released to nobody.
    """
    entry = question.entry
    if entry is None or not question.shows_entry or tie.kind is TieKind.RECIPIENT:
        return None
    if entry.source is Authority.SOCIAL and tie.kind is not TieKind.GUARDIAN and not entry.back:
        return None
    return None if enough(entry) else Reason.NOT_RELEASED


def enough(entry: AskedEntry) -> bool:
    """Whether what is released of an entry covers what is asked of it."""
    return not entry.back and (entry.leave is Leave.WHOLE or (entry.leave is Leave.FACTS and entry.facts))


def obliged(tie: Tied, question: Question, part: str) -> Reason | None:
    """P57, P59: somebody else in it who has not allowed it; what is to be told first, by the representative too."""
    entry = question.entry
    if entry is None or not question.shows_entry:
        return None
    if entry.third:
        return Reason.THIRD_PARTY
    tells = entry.in_person and tie.kind is TieKind.REPRESENTATIVE
    return Reason.UNTOLD if entry.untold and not tells and part != AID_PART else None
