"""Statements about parts and the data keys that open them, each built once. Rows come out as they lie: still sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from storage import _tables as t

_p = bindparam

DEK = (
    select(t.dek, t.manifest.c.n, t.manifest.c.at, t.manifest.c.held)
    .select_from(t.dek.outerjoin(t.manifest, t.manifest.c.owner == t.dek.c.owner))
    .where(t.dek.c.owner == _p("owner"), t.dek.c.compartment == _p("compartment"))
)
DEK_HELD = DEK.with_for_update(read=True, of=t.dek)
ADD_DEK = insert(t.dek)
KEY_NUMBER = func.substr(t.dek.c.wrapped, 1, 4)

# Places for values in a list, filled up with the last one: a statement of one shape is compiled once.
NAMES, COMPARTMENTS = 4, 12
_PART_COLUMNS = (
    t.part.c.record, t.part.c.compartment, t.part.c.owner, t.part.c.name, t.part.c.day, t.part.c.v, t.part.c.version,
    t.part.c.sealed, t.dek.c.wrapped, t.dek.c.month,
)  # fmt: skip
_PART_FROM = t.part.outerjoin(
    t.dek,
    and_(t.dek.c.owner == t.part.c.owner, t.dek.c.compartment == t.part.c.compartment),
)
_PART_WHERE = and_(
    t.part.c.owner == _p("owner"),
    t.part.c.compartment.in_([_p(f"compartment_{n}") for n in range(COMPARTMENTS)]),
    t.part.c.name.in_([_p(f"name_{n}") for n in range(NAMES)]),
)


def within(names: Sequence[str], compartments: Sequence[str]) -> dict[str, str]:
    """The values for the lists of a statement about parts. Raises `ValueError` when they are empty or too many."""
    if not 0 < len(names) <= NAMES or not 0 < len(compartments) <= COMPARTMENTS:
        raise ValueError("no statement has so many places")
    return {f"name_{n}": names[min(n, len(names) - 1)] for n in range(NAMES)} | {
        f"compartment_{n}": compartments[min(n, len(compartments) - 1)] for n in range(COMPARTMENTS)
    }


def _parts(*order: Any) -> Any:
    """Which parts first, from the index alone, and then those few as they lie: a long case costs as a short one."""
    few = (
        select(t.part.c.record, t.part.c.compartment)
        .where(_PART_WHERE)
        .order_by(*order)
        .limit(_p("limit"))
        .offset(_p("offset"))
        .subquery()
    )
    chosen = few.join(t.part, and_(t.part.c.record == few.c.record, t.part.c.compartment == few.c.compartment))
    keyed = chosen.outerjoin(t.dek, and_(t.dek.c.owner == t.part.c.owner, t.dek.c.compartment == t.part.c.compartment))
    return select(*_PART_COLUMNS).select_from(keyed).order_by(*order)


PARTS = _parts(t.part.c.day.is_(None), t.part.c.day, t.part.c.placed, t.part.c.record)
PARTS_NEWEST = _parts(t.part.c.placed.desc(), t.part.c.record)
PART = select(*_PART_COLUMNS).select_from(_PART_FROM).where(_PART_WHERE, t.part.c.record == _p("record"))
PARTS_OF_RECORD = (
    select(*_PART_COLUMNS)
    .select_from(_PART_FROM)
    .where(t.part.c.owner == _p("owner"), t.part.c.record == _p("record"), t.part.c.name.in_(("view", "promise")))
)
PARTS_OF_CASES = (
    select(*_PART_COLUMNS)
    .select_from(_PART_FROM)
    .where(
        t.part.c.owner.in_(_p("owners", expanding=True)),
        t.part.c.compartment == "staff",
        t.part.c.name.in_(("case", "party", "asked")),
    )
    .order_by(t.part.c.owner, t.part.c.placed)
)
PART_PLACES = select(t.part.c.compartment, t.part.c.name, t.part.c.version).where(t.part.c.record == _p("of"))
OWNER_OF = select(t.part.c.owner).where(t.part.c.record == _p("of")).limit(1)
ADD_PART = insert(t.part)
CHANGE_PART = (
    update(t.part)
    .where(t.part.c.record == _p("of"), t.part.c.compartment == _p("in_"))
    .values(
        name=_p("name"),
        day=_p("day"),
        v=_p("v"),
        version=_p("version"),
        sealed=_p("sealed"),
    )
)
DROP_PART = delete(t.part).where(t.part.c.record == _p("of"), t.part.c.compartment == _p("in_"))
MONTHS_OF_KEYS = select(t.dek.c.month, KEY_NUMBER.label("raw"), func.count().label("many")).group_by(
    t.dek.c.month, KEY_NUMBER
)
