"""Ages: the birthdays on which a right moves from the grown-ups to the child; a small table, one for each house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Ages:
    """From which birthday on (policy P17). A municipality may write down later ones, and none that is earlier.

    `asked`: her own yes is needed beside a grown-up's (FB 6:11). `notices`: her own yes to notices is needed (GDPR
    art. 8). `decides`: she alone says who may read, and her wish is enough for contact (SoL 3:4). `treatment`: she
    alone lets treatment staff read. `grown`: she is a child no more (FB 6:2).
    """

    asked: int = 12
    notices: int = 13
    decides: int = 15
    treatment: int = 16
    grown: int = 18

    def __post_init__(self) -> None:
        """Refuse a table that gives a right earlier than the usual one, or that does not climb."""
        steps = (self.asked, self.notices, self.decides, self.treatment, self.grown)
        if any(step < first for step, first in zip(steps, (12, 13, 15, 16, 18), strict=True)):
            raise ValueError("the ages may only be raised")
        if list(steps) != sorted(steps) or self.grown != 18:
            raise ValueError("the ages must climb, and end with eighteen")


USUAL = Ages()


def age_on(born: date | None, today: date) -> int:
    """Whole years on a day. An unknown birth date counts as the strictest age, none at all (policy P16)."""
    if born is None:
        return 0
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
