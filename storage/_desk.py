"""What an answer or a deed works with once the door has opened: the transaction, the actor and the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storage import _sql as sql
from storage._chain import standing_of
from storage._sql import Tx
from storage.consent import Actor, Grant, Question, Withheld, decide
from storage.queries import Purpose, Reach
from storage.records import Channel
from storage.standing import Standing


@dataclass(frozen=True, slots=True)
class Desk:
    """The place of work for one question or change."""

    tx: Tx
    actor: Actor
    standing: Callable[[str], Standing | None]

    def known(self, subject: str) -> Standing:
        """The rules of a subject that the door has just opened for."""
        standing = self.standing(subject)
        if standing is None:
            raise LookupError(subject)
        return standing


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made. `rules_changed`: who may see may now be different."""

    rules_changed: bool = False
    fresh: bool = True


def work_in(desk: Desk, case: str) -> Grant | Withheld:
    """The grant under which who stands here works in a case or a request, or why there is none."""
    standing = standing_of(desk.tx, case, lock=False)
    claim = standing is not None and standing.claimed() is not None
    question = Question(case, Purpose.REQUEST if claim else Purpose.CASE_WORK, Reach.WORK)
    return decide(desk.actor, question, standing, Channel.CONSOLE, desk.tx.now)


def opens_case(desk: Desk, case: str) -> Grant | None:
    """The grant to work in a case, if there is one."""
    verdict = work_in(desk, case)
    return None if isinstance(verdict, Withheld) else verdict


def opens_a_case_of(desk: Desk, person: str) -> bool:
    """Whether who ties somebody already known has her in a case: from a tie follow invites, and shutting her out."""
    cases = [tie.case_id for tie in desk.tx.rows(sql.TIES_OF_PERSON, {"person": person})]
    return any(opens_case(desk, case) is not None for case in cases)


Ask = Callable[[Desk, Grant, Any], Any]
Deed = Callable[[Desk, Grant, Any], Done | Withheld]
