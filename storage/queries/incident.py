"""What a worker asks who takes a card back: who has seen it, and how its incident was closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.incidents import IncidentClosed
from storage.queries.shape import AboutCase, Purpose
from storage.records import CaseId, EntryId, TieKind


class SawHow(StrEnum):
    """How somebody came to see a card: opened it, in a list or a copy of all, together, by notice or by extract.

    A list does not say which cards were in it: it counts for everybody whose list may have had this one.
    """

    OPENED = "opened"
    LIST = "list"
    WHOLE = "whole"
    TOGETHER = "together"
    NOTICE = "notice"
    EXTRACT = "extract"


@dataclass(frozen=True, slots=True)
class SawBy:
    """Somebody saw a card: when, who by name, as what (`kind` None: staff, or whom an extract went to), and how."""

    at: datetime
    who: str
    kind: TieKind | None
    how: SawHow


@dataclass(frozen=True, slots=True)
class IncidentSheet:
    """Who saw one card or its notice, newest first, once a day; and how its incident was closed, if it was."""

    saw: tuple[SawBy, ...]
    closed: IncidentClosed | None


@dataclass(frozen=True)
class WhoSaw(AboutCase[IncidentSheet]):
    """Who has seen this very card, for whoever takes it back."""

    purpose = Purpose.RULES
    case: CaseId
    entry: EntryId
