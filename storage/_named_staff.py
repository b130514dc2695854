"""Whoever a deed names of the staff: a form may bring any id, and only who works here is taken for a colleague."""

from __future__ import annotations

from storage._chain import standing_of
from storage._desk import Desk
from storage._rule_staff import CASE_ROLES
from storage.rules import Employed
from storage.standing import Standing


def is_colleague(desk: Desk, staff: str, case: Standing) -> bool:
    """Whether she works with cases at the unit that has this one. Whoever sits here is known by her sign-in."""
    if staff == desk.actor.id:
        return True
    role = _role_of(desk, staff, case)
    return role is not None and role.active and role.unit == case.unit and role.role in CASE_ROLES


def is_of_the_house(desk: Desk, staff: str, case: Standing) -> bool:
    """Whether she works, or has worked, on the side of this case, at whichever unit: from there a glass is broken."""
    return staff == desk.actor.id or _role_of(desk, staff, case) is not None


def _role_of(desk: Desk, staff: str, case: Standing) -> Employed | None:
    found = standing_of(desk.tx, staff, lock=False)
    known = found is not None and found.intact and not found.culled and found.side == case.side
    return found.employment() if found is not None and known else None
