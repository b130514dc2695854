"""The rule's grounds for whom others let read: a yes to exactly her by whoever may say it, or an exception; pure."""

from __future__ import annotations

from datetime import date

from storage.ages import age_on
from storage.grounds import EDITIONS
from storage.records import CHILD_PART, Channel, GuardianStatus, TieKind
from storage.rules import Consented, Tied
from storage.standing import Standing
from storage.verdicts import Question, Reason

# What may be said yes to: the child's own part and what is shared, or only what is shared (policy P50).
STORY, SHARED = "share_story", "share_shared"
NEED_GROUND = frozenset({TieKind.READER, TieKind.COUNSEL, TieKind.SAFETY, TieKind.TREATMENT})


def ground_of(tie: Tied, question: Question, part: str, standing: Standing, way: Channel, today: date) -> Reason | None:
    """On which ground this reader may have the part; None: on none (policy P49-P52)."""
    scopes = {STORY} if part == CHILD_PART else {STORY, SHARED}
    given = [yes for yes in standing.consents() if yes.scope in scopes and _holds(yes, tie, question, way, today)]
    if _is_enough(tie.kind, frozenset(filter(None, (_giver(yes, standing) for yes in given))), standing, today):
        return Reason.CONSENTED
    excepted = tie.kind is not TieKind.SAFETY and part != CHILD_PART and is_excepted(standing, tie.person, today)
    return Reason.EXCEPTED if excepted else None


def _holds(yes: Consented, tie: Tied, question: Question, way: Channel, today: date) -> bool:
    """P49: nothing in it is another than the question's."""
    named = yes.to == tie.person and yes.purpose == question.purpose and yes.channel in (None, way)
    return named and yes.from_ <= today and (yes.until is None or today <= yes.until)


def _giver(yes: Consented, standing: Standing) -> TieKind | None:
    """As whom somebody gave it; None when she gives nothing, as a guardian who is not cleared."""
    for tie in standing.tied(yes.by):
        if tie.kind in (TieKind.CHILD, TieKind.REPRESENTATIVE):
            return tie.kind
        if tie.kind is TieKind.GUARDIAN and standing.status(tie.tie) is GuardianStatus.NONE:
            clear = len(standing.clearers(tie.tie)) > 1 and not standing.blocked(tie.tie)
            return TieKind.GUARDIAN if clear else None
    return None


def _is_enough(reader: TieKind, givers: frozenset[TieKind], standing: Standing, today: date) -> bool:
    """P52: who gives a consent about a child, by her age and by who is to read."""
    years, ages = age_on(standing.born, today), standing.ages
    she, guardian = TieKind.CHILD in givers, TieKind.GUARDIAN in givers
    if years >= ages.decides:
        return she and (guardian or reader is not TieKind.TREATMENT or years >= ages.treatment)
    if reader is TieKind.COUNSEL:
        return guardian or TieKind.REPRESENTATIVE in givers
    return guardian and (she or years < ages.asked)


def is_excepted(standing: Standing, who: str, today: date) -> bool:
    """P51: a provision of the code list, with who decided it and where that is written, and not past its last day."""
    return any(
        one.to == who
        and one.ground in EDITIONS.get(one.edition, ())
        and bool(one.decided_by.strip() and one.reference.strip())
        and one.from_ <= today
        and (one.until is None or today <= one.until)
        for one in standing.exceptions()
    )
