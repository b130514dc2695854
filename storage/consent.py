"""The rule: may this actor, so signed in, have this part for this purpose over this channel now? Pure.

It says what deploy/policy.md says (P1-P69), in the same order, and the first that shuts wins: integrity, culled,
sealed; a guardian's status, a block, the investigation, the embargo, contact, a protected place; then the part, the
strength of the sign-in, the tie or the assignment, purpose and shape, the legal ground, the channel, and what else is
owed. Deny by default. Each sort of asker has a room of her own: `_rule_ties`, `_rule_self`, `_rule_staff`; grounds and
ways have theirs: `_rule_ground`, `_rule_ways`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from storage._rule_self import herself, talk, visitor
from storage._rule_staff import opens as _among
from storage._rule_staff import staff
from storage._rule_ties import through
from storage._rule_ways import TELEGRAM_FULL
from storage.ages import USUAL, age_on
from storage.queries import Purpose, Reach
from storage.records import Channel
from storage.rules import Tied
from storage.standing import Standing
from storage.verdicts import OPENED, Actor, AskedEntry, Opens, Question, Reason, Withheld

__all__ = [
    "OPENED", "TELEGRAM_FULL", "Actor", "AskedEntry", "Grant", "Question", "Reason", "Withheld", "decide", "is_of_age",
]  # fmt: skip

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
        return subject == self.subject and _among(self.compartments, compartment)


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
    answer = _answer(actor, question, standing, channel, now)
    outside = isinstance(answer, Withheld) and answer.reason in (Reason.NO_RELATION, Reason.OTHER_UNIT)
    if standing.sealed() and question.reach is not Reach.SEAL and not outside:
        return Withheld(Reason.SEALED)
    if isinstance(answer, Withheld):
        return answer
    return Grant(
        _MINT,
        actor=actor.id,
        question=question,
        compartments=answer.parts,
        reason=answer.reason,
        channel=channel,
        tie=answer.tie,
    )


def _answer(actor: Actor, question: Question, standing: Standing, way: Channel, now: datetime) -> Opens | Withheld:
    if question.reach in (Reach.DOOR, Reach.CLAIM):
        return visitor(actor, question, standing, way, now)
    if question.reach is Reach.TALK:
        return talk(actor, standing)
    if actor.is_staff:
        return staff(actor, question, standing, way, now)
    if question.reach is Reach.COUNT:
        return _counted(actor, question, standing, way, now)
    if question.reach is Reach.OWN:
        return herself(actor, question, standing, way, now.date())
    return _tied(actor, question, standing, way, now.date())


def _tied(actor: Actor, question: Question, standing: Standing, way: Channel, today: date) -> Opens | Withheld:
    """Somebody who belongs to the case: the first of her ties that opens, the refusal of the first when none does."""
    ties = standing.tied(actor.id)
    answers = [through(tie, actor, question, standing, way, today) for tie in ties]
    opened = next((answer for answer in answers if isinstance(answer, Opens)), None)
    return opened or (answers[0] if answers else Withheld(Reason.NO_RELATION))


def _counted(actor: Actor, question: Question, standing: Standing, way: Channel, now: datetime) -> Opens | Withheld:
    """Whoever may read her own card now may say that she did not understand it; counting that opens nothing (P66)."""
    if not standing.is_child(actor.id):
        return Withheld(Reason.NO_RELATION)
    if question.purpose is not Purpose.STATISTICS:
        return Withheld(Reason.PURPOSE)
    as_read = replace(question, purpose=Purpose.OWN_STORY, reach=Reach.STORY)
    read = _tied(actor, as_read, standing, way, now.date())
    return Opens(frozenset(), read.reason) if isinstance(read, Opens) else read


def is_of_age(born: date | None, today: date) -> bool:
    """Whether the eighteenth birthday has come. Unknown birth date: no."""
    return age_on(born, today) >= USUAL.grown
