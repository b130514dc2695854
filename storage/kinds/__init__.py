"""The kinds of entry: for each its fields, who may have which field, its holds and its text parts; never words.

Source of the rows: the documentation template of the barnahus log (req. 3.0, rows T1-T19) and the four kinds
that its two worked examples add. A kind is one entry in one of the three tables; the build is red until its texts
exist.
"""

from __future__ import annotations

from types import MappingProxyType

from storage.kinds.care import CARE
from storage.kinds.court import COURT
from storage.kinds.investigation import INVESTIGATION
from storage.kinds.shape import (
    COMMON_FIELDS,
    COMMON_LINES,
    HERSELF,
    MEASURES,
    OFFENCE,
    PLACES,
    ROLES,
    SHIELDS,
    TONGUES,
    TRAVEL,
    WHOM,
    WISH_EFFECT,
    WORRY,
    AfterDay,
    Field,
    FieldType,
    Follows,
    Kind,
    Line,
    clashes,
    fields_for,
    fields_of,
    fits,
    readers_of,
    told_in_person,
)

__all__ = [
    "COMMON_FIELDS", "COMMON_LINES", "HERSELF", "KINDS", "MATTERS", "MEASURES", "OFFENCE", "PLACES", "ROLES", "SHIELDS",
    "TONGUES", "TRAVEL", "WHOM", "WISH_EFFECT", "WORRY", "AfterDay", "Field", "FieldType", "Follows", "Kind", "Line",
    "clashes", "fields_for", "fields_of", "fits", "readers_of", "told_in_person",
]  # fmt: skip

# The three tables as a worker finds her way among them.
MATTERS: MappingProxyType[str, tuple[Kind, ...]] = MappingProxyType(
    {"investigation": INVESTIGATION, "court": COURT, "care": CARE}
)
KINDS: MappingProxyType[str, Kind] = MappingProxyType({kind.code: kind for kind in INVESTIGATION + COURT + CARE})
