"""Whether two records of staff are one human being: asked by everything that takes two different people."""

from __future__ import annotations

from collections.abc import Iterable

from storage._chain import standing_of
from storage._sql import Tx
from storage.standing import Standing
from storage.ways_in import TiedIn


def are_one(one: Standing, other: Standing) -> bool:
    """Whether both have come in by one work account or one passkey, at whatever time (decision 0018).

    What was untied from the one and given to the other is still one hand's. A record that is damaged or culled can
    not be told from any other, and counts as the same.
    """
    if one.subject == other.subject or not all(each.intact and not each.culled for each in (one, other)):
        return True
    return bool(_ever_came_in_by(one) & _ever_came_in_by(other))


def has_said_so_too(tx: Tx, staff: str, said: Iterable[str]) -> bool:
    """Whether one of those who have said it already is the same human being as `staff`, under another record.

    `staff` herself among them is not meant: what she may say twice is for each deed to know.
    """
    others = [one for one in said if one != staff]
    mine = standing_of(tx, staff, lock=False) if others else None
    if mine is None:
        return False
    theirs = (standing_of(tx, one, lock=False) for one in others)
    return any(are_one(mine, one) for one in theirs if one is not None)


def _ever_came_in_by(standing: Standing) -> frozenset[str]:
    """The marks of every account and passkey that was ever hers."""
    return frozenset(one.rule.mark for one in standing.rules if isinstance(one.rule, TiedIn))
