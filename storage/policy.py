"""Policy: which rule of deploy/policy.md stands behind each reason of the rule, so that a no can be looked up; pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from storage.verdicts import Reason

RULES: Mapping[Reason, str] = MappingProxyType({
    Reason.OWN: "P48", Reason.GUARDIAN_CLEARED: "P23", Reason.APPOINTED: "P6", Reason.ASSIGNED_STAFF: "P12",
    Reason.CONSENTED: "P49", Reason.EXCEPTED: "P51", Reason.AUDITS: "P13", Reason.BREAK_GLASS: "P60",
    Reason.NO_RELATION: "P14", Reason.TIE_NOT_VALID: "P14", Reason.OF_AGE: "P15", Reason.INTEGRITY: "P18",
    Reason.CULLED: "P19", Reason.SEALED: "P20", Reason.STATUS: "P21", Reason.NOT_CLEARED: "P23",
    Reason.BLOCKED: "P24", Reason.INVESTIGATION: "P27", Reason.HELD: "P27", Reason.EMBARGO: "P28",
    Reason.NO_CONTACT_DECISION: "P29", Reason.PROTECTED: "P33", Reason.PART: "P37", Reason.REACH: "P37",
    Reason.OTHER_UNIT: "P38", Reason.NOT_ASSIGNED: "P12", Reason.NOT_EMPLOYED: "P12", Reason.ROLE: "P13",
    Reason.STRENGTH: "P39", Reason.PURPOSE: "P43", Reason.SHAPE: "P46", Reason.NO_CONSENT: "P49",
    Reason.NOT_RELEASED: "P53", Reason.CHANNEL: "P54", Reason.THIRD_PARTY: "P57", Reason.NEEDS_SECOND: "P58",
    Reason.UNTOLD: "P59", Reason.RATE: "P70",
})  # fmt: skip
