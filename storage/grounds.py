"""Grounds: the provisions that break secrecy, by code, as they stood on a day. A new edition is a new list.

Source: offentlighets- och sekretesslagen (2009:400), read as in force on 1 July 2026. 10:27 is not here: it does not
apply to secrecy under 25:1 and 26:1-6. A code says which provision somebody relied on; whether it held is for the
named decision-maker.
"""

from __future__ import annotations

from types import MappingProxyType

EDITION = "2026-07"
EDITIONS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "2026-07": (
        "osl_10_2",  # needed for the authority's own work
        "osl_10_15",  # the parliament and the government
        "osl_10_28",  # a duty that stands in another statute
        "osl_25_12",  # health care to social services, for a child
        "osl_26_9",  # social services to social services and health care, for a child
    ),
})  # fmt: skip
GROUNDS: tuple[str, ...] = EDITIONS[EDITION]
