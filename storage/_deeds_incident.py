"""After a text was taken back: who saw it, whose messages are paused, and how the incident is closed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from storage import _tables as t
from storage._chain import add_rule, seen_of
from storage._desk import Ask, Deed, Desk, Done
from storage._duty_rows import close_duties
from storage._resuming import catch_up
from storage._shelf import take, take_one
from storage._sql import Tx, instant
from storage.audit import Seen
from storage.commands import CloseIncident, ResumeMessages
from storage.consent import OPENED, Grant, Reason, Withheld
from storage.duties import Duty
from storage.incidents import ChannelPaused, IncidentClosed, closed_incident, paused_for
from storage.queries import IncidentSheet, SawBy, SawHow, WhoSaw
from storage.records import STAFF_PART, Entry, ReaderClass, TieKind
from storage.rules import Released, ReleaseEnded, Tied
from storage.standing import Standing

CHANGED = Done(rules_changed=True)
STAFF_ONLY = frozenset({STAFF_PART})
# Which questions show one card, and which show all of hers in lines.
_ONE: Mapping[str, SawHow] = {
    "OneEntry": SawHow.OPENED, "WholeEntry": SawHow.OPENED, "Notice": SawHow.NOTICE, "ReadTogether": SawHow.TOGETHER,
}  # fmt: skip
_ALL: Mapping[str, SawHow] = {"Timeline": SawHow.LIST, "OpenToHer": SawHow.LIST, "WholeStory": SawHow.WHOLE}
# Who reads beside those who have the case, and what shows her its cards.
_IN_NEED = frozenset({Reason.BREAK_GLASS, Reason.EXCEPTED})
_LISTS_IN_NEED = frozenset({"WholeEntries", "Before", "HerCards"})
_EXTRACT = "CaseExtract"
# To which class a release must have been for a tie's list to have had the card; whom the child lets read has hers too.
_READERS: Mapping[TieKind, frozenset[ReaderClass]] = {
    TieKind.CHILD: frozenset({ReaderClass.CHILD}), TieKind.GUARDIAN: frozenset({ReaderClass.GUARDIAN}),
    TieKind.READER: frozenset({ReaderClass.CHILD, ReaderClass.SHARED}),
}  # fmt: skip
_SHARED = frozenset({ReaderClass.SHARED})
_SENT = "sent"
_SOME = 2000
_p = bindparam
_FIRST_PLACED = select(func.min(t.part.c.placed).label("at")).where(t.part.c.record == _p("of"))
_VISITS_SINCE = (
    select(t.visit)
    .where(t.visit.c.subject == _p("subject"), t.visit.c.at >= _p("since"))
    .order_by(t.visit.c.at.desc(), t.visit.c.chain, t.visit.c.seq.desc())
    .limit(_SOME)
    .offset(_p("passed"))
)


def _close(desk: Desk, grant: Grant, deed: CloseIncident) -> Done | Withheld:
    part = take_one(desk.tx, grant, deed.entry, "entry", compartments=STAFF_ONLY)
    if part is None or not part.payload.taken_back:
        return Withheld(Reason.NOT_FOUND)
    if not deed.reported_words.strip() or not deed.heard_words.strip():
        return Withheld(Reason.INVALID)
    closed = IncidentClosed(deed.entry, deed.reported, deed.reported_words.strip(), deed.heard,
                            deed.heard_words.strip(), desk.actor.id, desk.actor.label)  # fmt: skip
    add_rule(desk.tx, deed.case, closed)
    close_duties(desk.tx, deed.case, deed.entry, Duty.INCIDENT)
    return CHANGED


def _resume(desk: Desk, grant: Grant, deed: ResumeMessages) -> Done | Withheld:
    standing = desk.known(deed.case)
    if paused_for((one.rule for one in standing.rules), deed.person) is None:
        return Withheld(Reason.NOT_FOUND)
    if not deed.why.strip():
        return Withheld(Reason.INVALID)
    rule = ChannelPaused(deed.person, False, deed.why.strip(), desk.actor.id, who=desk.actor.label)
    add_rule(desk.tx, deed.case, rule)
    catch_up(desk.tx, grant, deed.case, deed.person)
    return CHANGED


def _who_saw(desk: Desk, grant: Grant, query: WhoSaw) -> IncidentSheet | Withheld:
    """Only for whoever has the case: in need somebody reads a page, not who else has read it."""
    if grant.reason is not Reason.ASSIGNED_STAFF:
        return Withheld(Reason.NOT_ASSIGNED)
    tx, standing = desk.tx, desk.known(query.subject)
    part = take_one(tx, grant, query.entry, "entry", compartments=STAFF_ONLY)
    placed = tx.row(_FIRST_PLACED, {"of": query.entry})
    if part is None or placed is None or placed.at is None:
        return IncidentSheet((), None)
    names = {one.payload.person: one.payload for one in take(tx, grant, "party", compartments=STAFF_ONLY)}
    had = _may_have_had(standing, part.payload)
    lines: list[SawBy] = []
    for row in _visits(tx, query.subject, placed.at // 1000):
        seen = seen_of(tx, row)
        if seen.question == "TakeBack" and query.entry == seen.about and seen.verdict in OPENED:
            # Newest first: whoever asked for it later was shown nothing.
            lines = [one for one in lines if one.kind is None and one.how is not SawHow.EXTRACT]
        how = _how(seen, query.entry, had=row.actor in had)
        if how is None:
            continue
        if how is SawHow.EXTRACT:
            lines.append(SawBy(instant(row.at), json.loads(seen.said)[0] if seen.said else seen.who, None, how))
            continue
        # A notice is written down as the sender's visit; whom it went to stands beside the entry.
        who = seen.about.partition(":")[2] if how is SawHow.NOTICE else row.actor
        card = names.get(who)
        lines.append(SawBy(instant(row.at), card.name if card else seen.who, card.kind if card else None, how))
    incident = closed_incident((one.rule for one in standing.rules), query.entry)
    return IncidentSheet(tuple(_once_a_day(lines)), incident)


def _visits(tx: Tx, subject: str, since: int) -> Iterator[Any]:
    """Every visit to the case since then, newest first."""
    passed = 0
    while rows := tx.rows(_VISITS_SINCE, {"subject": subject, "since": since, "passed": passed}):
        yield from rows
        passed += len(rows)


def _how(seen: Seen, entry: str, *, had: bool) -> SawHow | None:
    """By what the visit itself says was opened; `had`: a list of hers may have had this card."""
    if seen.verdict not in OPENED and seen.verdict != _SENT:
        return None
    if entry in seen.about.partition(":")[0].split(","):
        return _ONE.get(seen.question)
    if seen.question == _EXTRACT:
        return SawHow.EXTRACT
    if seen.verdict in _IN_NEED and seen.question in _LISTS_IN_NEED:
        return SawHow.LIST
    return _ALL.get(seen.question) if had or seen.verdict == Reason.EXCEPTED else None


def _may_have_had(standing: Standing, entry: Entry) -> frozenset[str]:
    """Whose list may have had this card at any time: by a release that stands or once was, and a tie that once was."""
    rules = [one.rule for one in standing.rules]
    once = {(one.to, one.tie) for one in rules if isinstance(one, Released | ReleaseEnded) and one.entry == entry.id}
    open_ = once | {(str(one.to), one.tie) for one in entry.releases}
    return frozenset(
        tie.person
        for tie in rules
        if isinstance(tie, Tied)
        and any(to in _READERS.get(tie.kind, _SHARED) and of in (None, tie.tie) for to, of in open_)
    )


def _once_a_day(lines: Iterable[SawBy]) -> Iterator[SawBy]:
    """The newest of each day: whoever opened a card three times is one line."""
    kept: set[tuple[Any, ...]] = set()
    for line in lines:
        key = (line.who, line.how, line.at.date())
        if key not in kept:
            kept.add(key)
            yield line


INCIDENT_DEEDS: Mapping[type, Deed] = {CloseIncident: _close, ResumeMessages: _resume}
INCIDENT_ANSWERS: Mapping[type, Ask] = {WhoSaw: _who_saw}
