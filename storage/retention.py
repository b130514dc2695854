"""Retention [bevarande och gallring]: until which month the law keeps a case, and what holds its culling back; pure.

The months are those of SoL (2025:400): a child's investigation not before she has turned thirty (16:2 a), other things
five years after the last note (16:1). The ends of a case and the grounds to keep it longer are rules of its chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from storage.carriers import TERMS, CarrierKind, Culled, Home
from storage.records import Role

MONTH, REFERENCE = re.compile(r"\d{4}-(0[1-9]|1[0-2])"), re.compile(r"[A-Za-z0-9.:_+\-]{1,30}")
THIRTY, AFTER_LAST = 30, 5
# A case that is held back is looked at again after so many years.
HELD_YEARS = 5
# For so many days one of the two waits for the other.
APPROVED_DAYS = 14
MAY_CULL = frozenset({Role.COORDINATOR, Role.MANAGER})
# Whose papers are kept for research [forskningsurval]: born on these days of any month (SoL 16:4).
RESEARCH_DAYS = frozenset({5, 15, 25})


class KeptFor(StrEnum):
    """Why a case is not culled although its month has come."""

    RESEARCH = "research"
    PLACED = "placed"
    ADOPTED = "adopted"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class CullingApproved:
    """A member of staff, signed in, agreed that a month is culled under a reference; in her own chain.

    `epoch`: how often the house had been restored then. A yes from before a restore counts no more. `of`: a digest over
    what would have gone then and over who agreed; to what came under the month afterwards nobody has agreed.
    """

    month: str
    reference: str
    epoch: int
    who: str
    of: str
    tag: Literal["culling_approved"] = "culling_approved"


@dataclass(frozen=True, slots=True)
class CullingWithdrawn:
    """She takes it back, or it was used: the month is culled."""

    month: str
    used: bool = False
    tag: Literal["culling_withdrawn"] = "culling_withdrawn"


@dataclass(frozen=True, slots=True)
class KeptFromCulling:
    """It was decided that a case is kept although its month comes, or that it no longer is (SoL 16:2, 16:4)."""

    ground: KeptFor
    kept: bool
    decided_by: str
    reference: str
    by: str
    tag: Literal["kept_from_culling"] = "kept_from_culling"


def kept_for(rules: Iterable[object]) -> dict[KeptFor, KeptFromCulling]:
    """The grounds on which a case is held back now, with the decision of each."""
    grounds: dict[KeptFor, KeptFromCulling] = {}
    for rule in rules:
        match rule:
            case KeptFromCulling(ground=ground, kept=True):
                grounds[ground] = rule
            case KeptFromCulling(ground=ground):
                grounds.pop(ground, None)
            case _:
                pass
    return grounds


def is_held(rules: Iterable[object], born: date | None) -> bool:
    """Whether a case is held back: by a decision, or because she was born on one of the days of the research sample."""
    return bool(kept_for(rules)) or (born is not None and born.day in RESEARCH_DAYS)


def month_of(home: Home | None, born: date | None, last: date) -> str:
    """The month in which a closed case may be culled at the earliest. `home` None: economic aid. `last`: last note."""
    thirty = home is not None and any(TERMS[kind].culled is Culled.THIRTY for kind in _kinds(home))
    five = f"{last.year + AFTER_LAST}-{last.month:02d}"
    if not thirty:
        return five
    # To the end of the year: with her birthday's month in clear beside the case, a stolen copy would say whose it is.
    return max(five, f"{born.year + THIRTY}-12" if born is not None else f"{last.year + THIRTY}-12")


def later(month: str, years: int) -> str:
    """The same month so many years on."""
    return f"{int(month[:4]) + years}{month[4:]}"


def _kinds(home: Home) -> set[CarrierKind]:
    return {home.kind, *(step.kind for step in home.steps)}
