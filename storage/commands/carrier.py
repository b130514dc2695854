"""Where the log lives by law: begun, extended, closed, taken up anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.carriers import CarrierKind
from storage.commands.shape import RuleDeed
from storage.records import CaseId


@dataclass(frozen=True)
class BeginCarrier(RuleDeed):
    """The log is in this legal container from a day (req. 64-66), as somebody decided on a ground.

    `until` None: the law's own last day, where it sets one.
    """

    case: CaseId
    kind: CarrierKind
    on: date
    until: date | None
    decided_by: str
    ground: str


@dataclass(frozen=True)
class ExtendCarrier(RuleDeed):
    """The container lasts until a later day, where the law lets it (SoL 20:3, special reasons)."""

    case: CaseId
    until: date
    decided_by: str
    ground: str


@dataclass(frozen=True)
class CloseCarrier(RuleDeed):
    """The container was closed on a day; the log stays, and a named role goes on writing in it."""

    case: CaseId
    on: date
    decided_by: str
    ground: str


@dataclass(frozen=True)
class ReopenCarrier(RuleDeed):
    """A closed case is taken up anew [återaktualisering]; what was written before becomes its earlier log."""

    case: CaseId
    kind: CarrierKind
    on: date
    until: date | None
    decided_by: str
    ground: str


@dataclass(frozen=True)
class AskForEarlier(RuleDeed):
    """A worker writes down her own ground for reading the earlier log whole, for a week."""

    case: CaseId
    ground: str
