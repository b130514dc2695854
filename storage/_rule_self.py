"""The rule for what is nobody's case: one's own person part, a claim by its secret, the open door; pure."""

from __future__ import annotations

from datetime import date, datetime

from storage._rule_ties import place_kept_back
from storage._rule_ways import CONTENT_SHAPES, OWN_PURPOSES, is_strong_enough, way_closed, wrong_shape
from storage.ages import age_on
from storage.queries import Purpose, Reach, Shape
from storage.records import CLAIM_DOOR, CLAIM_PART, NOTES_PART, PERSON_PART, VISITOR, Channel, Strength
from storage.standing import Standing
from storage.verdicts import Actor, Opens, Question, Reason, Withheld

_OWN = OWN_PURPOSES - {Purpose.OWN_STORY} | {Purpose.OWN_IDENTITY, Purpose.DELIVERY}
_NOTES = frozenset({Purpose.OWN_NOTES})
_KEPT = frozenset({PERSON_PART})


def talk(actor: Actor, standing: Standing) -> Opens | Withheld:
    """Where her conversation stands, in which language, and whether a code is kept: what opens before she proves it.

    It is no part: nothing of a case lies in it, and no answer of it is shown but the question for her code.
    """
    if actor.id != standing.subject:
        return Withheld(Reason.NO_RELATION)
    return Withheld(Reason.STRENGTH) if actor.strength is Strength.NONE else Opens(_KEPT, Reason.OWN)


def herself(actor: Actor, question: Question, standing: Standing, way: Channel, today: date) -> Opens | Withheld:
    """What is kept about the asker herself: her own data, whatever she is in a case (policy P2, P14, P48)."""
    # P64: what she writes to herself lies in a part of its own, for this purpose and for no other.
    purposes, part = (_NOTES, NOTES_PART) if question.purpose is Purpose.OWN_NOTES else (_OWN, PERSON_PART)
    if actor.id != standing.subject or question.part not in (None, part):
        return Withheld(Reason.NO_RELATION)
    grown = age_on(actor.born, today) >= standing.ages.grown
    no = place_kept_back(question, standing, hers=True)
    if no is None and not is_strong_enough(actor, question, part, way, grown):
        no = Reason.STRENGTH
    if no is None and question.purpose not in purposes:
        no = Reason.PURPOSE
    if no is None and wrong_shape(question, may_export=True):
        no = Reason.SHAPE
    no = no or way_closed(actor, question, part, standing, way, today, hers=True)
    return Opens(frozenset({part}), Reason.OWN) if no is None else Withheld(no)


def visitor(actor: Actor, question: Question, standing: Standing, way: Channel, now: datetime) -> Opens | Withheld:
    """Whoever has not signed in may open a claim, and may reach the one whose secret names it until its last day.

    That secret is the right: a claim's id is made from it one way, so nobody can name a claim by knowing its id.
    Asking with it is a sign-in by a one-time code (policy P11, P41).
    """
    if actor.id != VISITOR:
        return Withheld(Reason.NO_RELATION)
    if question.reach is Reach.DOOR:
        door = question.subject == CLAIM_DOOR and actor.strength is Strength.NONE and way is Channel.WEB
        return Opens(frozenset(), Reason.OWN) if door else Withheld(Reason.NO_RELATION)
    claimed = standing.claimed()
    if claimed is None or now.date() > claimed.until or question.part not in (None, CLAIM_PART):
        return Withheld(Reason.NO_RELATION)
    no = place_kept_back(question, standing, hers=True)
    if no is None and not is_strong_enough(actor, question, CLAIM_PART, way, grown=True):
        no = Reason.STRENGTH
    if no is None and question.purpose is not Purpose.REQUEST:
        no = Reason.PURPOSE
    if no is None and question.shape not in CONTENT_SHAPES | {Shape.EXPORT}:
        no = Reason.SHAPE
    no = no or way_closed(actor, question, CLAIM_PART, standing, way, now.date(), hers=True)
    if no is None and question.entry is not None and question.entry.third:
        no = Reason.THIRD_PARTY
    return Opens(frozenset({CLAIM_PART}), Reason.OWN) if no is None else Withheld(no)
