"""What of a case stays closed to a worker who reads it in need: the rule asked once more for each entry; its adults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from storage._desk import Desk
from storage.consent import AskedEntry, Grant, Question, Reason, Withheld, decide
from storage.kinds import KINDS, FieldType, fields_of
from storage.queries import Query
from storage.records import Adult, Authority, Entry, Leave, ReaderClass


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
    return AskedEntry(entry.source, leave=leaves[-1] if leaves else Leave.NONE, back=entry.taken_back)


def in_need(adults: Iterable[Adult], entries: Iterable[Entry]) -> list[Adult]:
    """Of a case's grown-ups what a need concerns (policy P60): whom the open entries name, and whom she can ring.

    Of somebody at the social services whom no open entry names she gets the function and its telephone, not the name.
    """
    named = {ref for entry in entries for ref in _named(entry)}
    functions = (
        replace(one, label=one.function)
        for one in adults
        if one.id not in named and one.authority is Authority.SOCIAL and one.function and one.phone
    )
    return [*(one for one in adults if one.id in named), *functions]


def _named(entry: Entry) -> set[str]:
    """Whom the fields of an entry name, by reference."""
    filled = [(field.type, entry.fields.get(field.name)) for field in fields_of(KINDS[entry.kind])]
    one = {value for type_, value in filled if type_ is FieldType.ADULT and value}
    return one.union(*(value for type_, value in filled if type_ is FieldType.ADULTS and value))
