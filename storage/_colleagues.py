"""Colleagues of a case: who of the unit has it, is on leave from it, was taken off it, or is too close to it."""

from __future__ import annotations

from collections.abc import Mapping

from storage._desk import Ask, Desk
from storage.consent import Grant
from storage.queries import Colleague, Colleagues
from storage.records import Role
from storage.staff_sign_in import all_staff

_AT_CASES = frozenset({Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER})


def _colleagues(desk: Desk, _: Grant, query: Colleagues) -> tuple[Colleague, ...]:
    standing = desk.known(query.case)
    named, off = standing.assigned(), standing.taken_off()
    lines = [
        Colleague(
            staff=one.id,
            name=one.name,
            role=Role(one.role),
            named=one.id in named,
            off=one.id in off,
            back_on=off.get(one.id),
            blocked=standing.shut_out(one.id),
        )
        for one in all_staff(desk.tx)
        if one.active and one.unit == standing.unit and one.side == standing.side and one.role in _AT_CASES
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


COLLEAGUE_ANSWERS: Mapping[type, Ask] = {Colleagues: _colleagues}
