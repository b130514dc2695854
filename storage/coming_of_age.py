"""Coming of age: on the eighteenth birthday the guardians' ties end, and she is told once, on her next visit; pure."""

from __future__ import annotations

from datetime import date

from storage.ages import age_on
from storage.records import TieKind
from storage.rules import GrownTold
from storage.standing import Standing


def is_to_be_told(standing: Standing, person: str, today: date) -> bool:
    """Whether she has turned eighteen with guardians in the case, and has not been told that their ties have ended.

    Guardians are told nothing (policy P15, req. 48). Who was grown when the case began lost no guardian by it.
    """
    born, grown = standing.born, standing.ages.grown
    if born is None or not standing.is_child(person) or age_on(born, today) < grown:
        return False
    if any(isinstance(one.rule, GrownTold) and one.rule.person == person for one in standing.rules):
        return False
    guardians = [tie for tie in standing.ties() if tie.kind is TieKind.GUARDIAN]
    return any(
        age_on(born, tie.from_) < grown and (tie.until is None or age_on(born, tie.until) >= grown) for tie in guardians
    )
