"""Answers to the questions of staff about the cases and work rows of their own unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from storage import _parts_sql as parts_sql
from storage import _sql as sql
from storage._carrier_rows import home_in, own_ground
from storage._chain import seen_of
from storage._desk import Ask, Desk, work_in
from storage._kept_back import in_need, kept_back
from storage._left_behind import left_by
from storage._outbox_rows import DELIVERIES_OF_CASE, TRIALS_OF_CASE
from storage._sealing import Tampered
from storage._shelf import Taken, open_rows, take, take_one
from storage._sql import instant, instant_or
from storage.audit import Seen
from storage.carriers import Earlier
from storage.consent import OPENED, Grant, Reason, Withheld
from storage.incidents import paused_for
from storage.payloads import Asked, CaseName, Chosen, PartyCard
from storage.projection import without_place, without_places
from storage.queries import (
    PAGE,
    AuditLine,
    CaseAdults,
    CaseLine,
    CaseMeetings,
    CaseSheet,
    CaseThread,
    CaseVisits,
    Deliveries,
    DeliveryLine,
    MyCases,
    OpenTasks,
    PartyLine,
    Sheet,
    UnitVisits,
    WholeEntries,
    WholeEntry,
)
from storage.records import (
    CHILD_PART,
    STAFF_PART,
    Adult,
    Authority,
    CaseId,
    Entry,
    Meeting,
    Message,
    Side,
    Task,
    TieKind,
    Visit,
)
from storage.retention import kept_for
from storage.standing import Standing

AUDITED, ENTRIES, MOST = 200, 100, 1000
STAFF_ONLY = frozenset({STAFF_PART})


def _sheet(desk: Desk, grant: Grant, query: Sheet) -> CaseSheet:
    standing = desk.known(query.subject)
    taken = take(desk.tx, grant, "case", "party", "chosen", compartments=STAFF_ONLY)
    ref = next((part.payload.ref for part in taken if part.name == "case"), None)
    if ref is None:
        # Every case has its reference: somebody took it away.
        raise Tampered
    cards = [part.payload for part in taken if part.name == "party"]
    chosen = {part.payload.tie: part.payload for part in taken if part.name == "chosen"}
    in_need = grant.reason is not Reason.ASSIGNED_STAFF
    lines = tuple(
        _name_and_role(card, chosen.get(card.tie)) if in_need else _party_line(standing, card, chosen.get(card.tie))
        for card in cards
    )
    return CaseSheet(
        CaseId(query.case),
        ref,
        standing.unit,
        standing.side,
        standing.sealed(),
        standing.under_investigation(),
        lines,
        home_in(standing) if standing.side == Side.BARNAHUS else None,
        _cull_month(desk, query.case),
        _closed_to(desk, standing) is not None,
        tuple(kept_for(one.rule for one in standing.rules).values()),
        in_need,
    )


def _cull_month(desk: Desk, case: str) -> str:
    row = desk.tx.row(sql.SUBJECT, {"id": case})
    return row.cull_month if row is not None else ""


def _closed_to(desk: Desk, standing: Standing) -> Earlier | None:
    """The earlier log, while this worker has written down no ground of her own for reading it whole."""
    earlier = home_in(standing).earlier
    own = earlier is None or own_ground(desk, standing) is not None
    return None if own else earlier


def _name_and_role(card: PartyCard, chosen: Chosen | None) -> PartyLine:
    """A person as she is shown to whoever came in need: a page is opened, and how a guardian stands is not on it."""
    locale = chosen.locale if chosen else card.locale
    return PartyLine(person=card.person, tie=card.tie, kind=card.kind, name=card.name, born=None, locale=locale)


def _party_line(standing: Standing, card: PartyCard, chosen: Chosen | None) -> PartyLine:
    guardian = card.kind is TieKind.GUARDIAN
    tie = next((tie for tie in standing.ties() if tie.tie == card.tie), None)
    no = standing.undecided_no(card.tie)
    return PartyLine(
        person=card.person,
        tie=card.tie,
        kind=card.kind,
        name=card.name,
        born=card.born.isoformat() if card.born else None,
        locale=chosen.locale if chosen else card.locale,
        level=chosen.level if chosen else card.level,
        status=standing.status(card.tie) if guardian else None,
        cleared_by=tuple(sorted(standing.clearers(card.tie))),
        blocked=standing.blocked(card.tie),
        contact=standing.contact(card.person) is not None,
        until=tie.until.isoformat() if tie and tie.until else None,
        said_no=no.why if no is not None else None,
        paused=stop.why if (stop := paused_for((one.rule for one in standing.rules), card.person)) else None,
        no_to=no.authority or Authority.SOCIAL if no is not None else Authority.SOCIAL,
        no_on=no.on if no is not None else None,
    )


def _whole_entries(desk: Desk, grant: Grant, query: WholeEntries) -> tuple[Entry, ...]:
    """What is from before a reopening is left out: it has a page of its own, of headlines. So is what is kept back."""
    spare = _spares_places(desk, grant, query.case)
    open_ = _hers(desk, grant, query, limit=ENTRIES)
    return tuple(without_places(entry) if spare else entry for entry in open_)


def _hers(desk: Desk, grant: Grant, query: WholeEntries | CaseAdults, *, limit: int) -> Iterator[Entry]:
    """The entries that whoever stands here reads whole."""
    closed = _closed_to(desk, desk.known(query.subject))
    entries = (part.payload for part in take(desk.tx, grant, "entry", compartments=STAFF_ONLY, limit=limit))
    hers = (entry for entry in entries if closed is None or not closed.holds(entry))
    return (entry for entry in hers if kept_back(desk, grant, query, entry) is None)


def _whole_entry(desk: Desk, grant: Grant, query: WholeEntry) -> Entry | Withheld | None:
    part = take_one(desk.tx, grant, query.entry, "entry", compartments=STAFF_ONLY)
    if part is None:
        return None
    entry: Entry = part.payload
    if (no := kept_back(desk, grant, query, entry)) is not None:
        return no
    closed = _closed_to(desk, desk.known(query.subject))
    if closed is not None and closed.holds(entry):
        return Withheld(Reason.PURPOSE)
    return without_places(entry) if _spares_places(desk, grant, query.case) else entry


def _case_adults(desk: Desk, grant: Grant, query: CaseAdults) -> tuple[Adult, ...]:
    """Of a case opened in need only whom its open entries name, and the functions she can ring (policy P60)."""
    adults: list[Adult] = [part.payload for part in take(desk.tx, grant, "adult", compartments=STAFF_ONLY)]
    if grant.reason is not Reason.ASSIGNED_STAFF:
        adults = in_need(adults, _hers(desk, grant, query, limit=MOST))
    return tuple(map(without_place, adults) if _spares_places(desk, grant, query.case) else adults)


def _spares_places(desk: Desk, grant: Grant, case: CaseId) -> bool:
    """P34: where somebody under protection is, only staff who have the case see; not by a glass broken in need."""
    return grant.reason is not Reason.ASSIGNED_STAFF and desk.known(case).protected()


def _case_thread(desk: Desk, grant: Grant, query: CaseThread) -> tuple[Message, ...]:
    taken = take(desk.tx, grant, "message", compartments=frozenset({CHILD_PART, "aid"}))
    return tuple(part.payload.message for part in taken if part.payload.person == query.person)


def _case_meetings(desk: Desk, grant: Grant, _: CaseMeetings) -> tuple[Meeting, ...]:
    return tuple(part.payload.meeting for part in take(desk.tx, grant, "meeting", compartments=frozenset({"aid"})))


def _was_allowed(seen: Seen) -> bool:
    """Whether it was opened; a message that left was let out by the rule when it was decided once more."""
    return seen.verdict in OPENED or seen.verdict == "sent"


def _case_visits(desk: Desk, _: Grant, query: CaseVisits) -> tuple[Visit, ...]:
    lines = []
    wanted = {"subject": query.subject, "limit": AUDITED, "offset": AUDITED * query.page}
    for row in desk.tx.rows(sql.VISITS_OF_CASE, wanted):
        seen = seen_of(desk.tx, row)
        lines.append(
            Visit(
                instant(row.at),
                seen.who or row.actor,
                seen.question,
                _was_allowed(seen),
            )
        )
    return tuple(lines)


def _unit_visits(desk: Desk, _: Grant, query: UnitVisits) -> tuple[AuditLine, ...]:
    wanted = {"unit": query.unit, "side": desk.actor.side, "limit": AUDITED, "offset": AUDITED * query.page}
    lines = []
    for row in desk.tx.rows(sql.VISITS_OF_UNIT, wanted):
        seen = seen_of(desk.tx, row)
        lines.append(
            AuditLine(
                instant(row.at), seen.who or row.actor, seen.question, row.subject, seen.verdict, _was_allowed(seen)
            )
        )
    return tuple(lines)


def _my_cases(desk: Desk, _: Grant, query: MyCases) -> tuple[CaseLine, ...]:
    """Only the page shown is unsealed, each case under a grant of its own."""
    verdicts = _listed(desk, query.unit, PAGE * (query.page + 1))[PAGE * query.page :]
    cases = [case for case, _ in verdicts]
    grants = [verdict for _, verdict in verdicts if isinstance(verdict, Grant)]
    taken = open_rows(
        desk.tx,
        grants,
        parts_sql.PARTS_OF_CASES,
        {"owners": [grant.subject for grant in grants]},
    )
    open_tasks = desk.tx.rows(
        sql.OPEN_TASKS, {"unit": query.unit, "of_side": desk.actor.side, "limit": 1000, "now": desk.tx.now_ms}
    )
    counts = {case: sum(1 for row in open_tasks if row.case_id == case) for case in cases}
    return tuple(_case_line(case, [part for part in taken if part.owner == case], counts[case]) for case in cases)


def _listed(desk: Desk, unit: str, most: int) -> list[tuple[str, Grant | Withheld]]:
    """The first of the unit's cases that may stand in her list; a sealed or a culled one does, without its name."""
    found: list[tuple[str, Grant | Withheld]] = []
    page = {"unit": unit, "side": desk.actor.side, "limit": PAGE}
    for offset in count(0, PAGE):
        rows = desk.tx.rows(sql.CASES_OF_UNIT, {**page, "offset": offset})
        found += [(row.id, verdict) for row in rows if not _anothers(verdict := work_in(desk, row.id))]
        if len(rows) < PAGE or len(found) >= most:
            break
    return found[:most]


def _anothers(verdict: Grant | Withheld) -> bool:
    """Whether it is a colleague's, or one she is shut out of: then nothing is said, not that there is one."""
    return isinstance(verdict, Withheld) and verdict.reason in (Reason.NOT_ASSIGNED, Reason.BLOCKED)


def _case_line(case: str, taken: list[Taken], open_tasks: int) -> CaseLine:
    ref = next((part.payload.ref for part in taken if isinstance(part.payload, CaseName)), "")
    about = [
        part.payload.name
        for part in taken
        if isinstance(part.payload, PartyCard) and part.payload.kind in (TieKind.CHILD, TieKind.RECIPIENT)
    ]
    about += [part.payload.words for part in taken if isinstance(part.payload, Asked) and part.payload.what == "name"]
    return CaseLine(CaseId(case), ref, about[0] if about else "", open_tasks)


def _open_tasks(desk: Desk, _: Grant, query: OpenTasks) -> tuple[Task, ...]:
    rows = desk.tx.rows(
        sql.OPEN_TASKS, {"unit": query.unit, "of_side": desk.actor.side, "limit": 100, "now": desk.tx.now_ms}
    )
    return tuple(
        Task(row.id, row.unit, row.case_id, row.code, row.ref, instant_or(row.due_at, desk.tx.now)) for row in rows
    )


def _deliveries(desk: Desk, _: Grant, query: Deliveries) -> tuple[DeliveryLine, ...]:
    wanted = TRIALS_OF_CASE if query.trials else DELIVERIES_OF_CASE
    return tuple(
        DeliveryLine(row.id, row.what, row.state, instant(row.due_at), row.reason, row.person, left_by(row))
        for row in desk.tx.rows(wanted, {"case_id": query.case})
    )


WORK_ANSWERS: Mapping[type, Ask] = {
    Sheet: _sheet,
    WholeEntries: _whole_entries,
    WholeEntry: _whole_entry,
    CaseAdults: _case_adults,
    CaseThread: _case_thread,
    CaseMeetings: _case_meetings,
    CaseVisits: _case_visits,
    UnitVisits: _unit_visits,
    MyCases: _my_cases,
    OpenTasks: _open_tasks,
    Deliveries: _deliveries,
}
