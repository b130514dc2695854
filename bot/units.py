"""Units by name: the one table, `BREDVID_UNITS`, that says what people read for each unit's id."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator


def _whole(names: dict[str, str]) -> dict[str, str]:
    if not all(unit.strip() and name.strip() for unit, name in names.items()):
        raise ValueError('each unit needs an id and a name, as in {"lindvik": "Barnahus Lindvik"}')
    return {unit: name.strip() for unit, name in names.items()}


Units = Annotated[dict[str, str], AfterValidator(_whole)]


def nameless(units: Collection[str]) -> str:
    """What is said of units that the table does not have."""
    which = ", ".join(sorted(units))
    return f"People would read an id in place of a name: BREDVID_UNITS has no name for {which}."


def no_such(unit: str, names: Mapping[str, str]) -> str:
    """What is said when somebody is to work at a unit that the table does not have."""
    there = ", ".join(sorted(names)) or "none yet"
    return f"BREDVID_UNITS has no unit {unit}. It has: {there}. Name it there first, and start the house anew."
