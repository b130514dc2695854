"""What of a case's entries stays closed to a worker who reads it in need: the rule asked once more, for each entry."""

from __future__ import annotations

from typing import Any

from storage._desk import Desk
from storage.consent import AskedEntry, Grant, Question, Reason, Withheld, decide
from storage.queries import Query
from storage.records import Entry, Leave, ReaderClass


def kept_back(desk: Desk, grant: Grant, query: Query[Any], entry: Entry) -> Withheld | None:
    """Why this entry is not shown whole to whoever asks, or None when it is (policy P53).

    The door opened for the case. Who has the case has every authority's entries; a glass broken in need, or a named
    exception for another unit, does not stand in for the release of the authority whose entry it is.
    """
    if grant.reason is Reason.ASSIGNED_STAFF:
        return None
    question = Question(query.subject, query.purpose, query.reach, shape=query.shape, entry=_asked(entry))
    verdict = decide(desk.actor, question, desk.known(query.subject), grant.channel, desk.tx.now)
    return verdict if isinstance(verdict, Withheld) else None


def _asked(entry: Entry) -> AskedEntry:
    """She is of the class that reads what is shared, and is shown the whole: who met and when does not cover it."""
    leaves = [one.leave for one in entry.releases if one.to is ReaderClass.SHARED and one.tie is None]
    return AskedEntry(entry.source, leave=leaves[-1] if leaves else Leave.NONE)
