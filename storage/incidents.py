"""Incidents: a text reached the wrong eyes. Messages to whom it reached are paused, and what was done about it is kept.

An incident is not closed by looking at it: whether it was reported to the authority within 72 hours (GDPR art. 33) and
told to those it is about (art. 34), or why not, is said when it closes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from storage.records import EntryId, PersonId


class Reported(StrEnum):
    """Whether it was reported to the Authority for Privacy Protection [IMY]."""

    REPORTED = "reported"
    NOT_REPORTED = "not_reported"


class HeardOf(StrEnum):
    """Whether those it is about were told."""

    TOLD = "told"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    """What was done about a text that was taken back, in words; `who`: whoever closed it, as a label."""

    entry: EntryId
    reported: Reported
    reported_words: str
    heard: HeardOf
    heard_words: str
    by: str
    who: str
    tag: Literal["incident_closed"] = "incident_closed"


@dataclass(frozen=True, slots=True)
class ChannelPaused:
    """Nothing is sent to a person's telephone: a text that had reached her was taken back. Or it is sent again."""

    person: PersonId
    paused: bool
    why: str
    by: str
    entry: str = ""
    who: str = ""
    tag: Literal["channel_paused"] = "channel_paused"


def paused_for(rules: Iterable[object], person: str) -> ChannelPaused | None:
    """Why nothing is sent to this person by this case; None: nothing stands in the way."""
    found: ChannelPaused | None = None
    for rule in rules:
        if isinstance(rule, ChannelPaused) and rule.person == person:
            found = rule if rule.paused else None
    return found


def closed_incident(rules: Iterable[object], entry: str) -> IncidentClosed | None:
    """How the incident of an entry was closed last."""
    found: IncidentClosed | None = None
    for rule in rules:
        if isinstance(rule, IncidentClosed) and rule.entry == entry:
            found = rule
    return found
