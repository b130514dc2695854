"""Answers to what the console asks beside the case itself: finding, the work list, decisions, receivers, her cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select

from storage import _parts_sql as parts_sql
from storage import _sql as sql
from storage import _tables as t
from storage._answers_card import has_declined
from storage._answers_work import _case_line
from storage._case_bound import may_lift
from storage._desk import Ask, Desk, opens_case
from storage._kept_back import kept_back
from storage._reminding import reminders_wanted, safe_hours
from storage._search import find
from storage._shelf import ASIDE, names_of, open_rows, readable, take, take_one
from storage._sql import instant_or
from storage.ages import age_on
from storage.consent import Actor, AskedEntry, Grant, Question, Withheld, decide, is_of_age
from storage.duties import Duty
from storage.incidents import paused_for
from storage.payloads import Chosen, PartyCard
from storage.projection import child_of, child_waits_for
from storage.queries import (
    CaseLine,
    CasePlan,
    CaseRules,
    Find,
    HerCards,
    MaySee,
    NoNotice,
    Plan,
    PlanLine,
    Purpose,
    Reach,
    Receiver,
    Receivers,
    RulesOf,
    Ruling,
    WorkLine,
    WorkList,
)
from storage.records import (
    AID_PART,
    CHILD_PART,
    STAFF_PART,
    CaseId,
    Channel,
    Entry,
    EntryView,
    HoldKind,
    Leave,
    PersonId,
    Promise,
    ReaderClass,
    Role,
    StaffId,
    Strength,
    Task,
    TieKind,
)
from storage.rules import Investigation
from storage.safe_contact import SafeContact, Stands, safe_contact
from storage.staff_sign_in import staff_name
from storage.standing import Standing
from storage.visits import told_of

STAFF_ONLY = frozenset({STAFF_PART})
LISTED = 100
# A notice says nothing of a case; a yes to any of these is a yes to being written to.
NOTICE_SCOPES = ("telegram_notice", "telegram_full", "reminders")

_LINKED = select(t.conversation.c.id).where(
    t.conversation.c.person == bindparam("person"),
    t.conversation.c.channel == Channel.TELEGRAM.value,
    t.conversation.c.ended_at.is_(None),
)


def _find(desk: Desk, _: Grant, query: Find) -> tuple[CaseLine, ...]:
    """Other units' cases are dropped here by the rule itself, so a miss and a foreign hit look alike."""
    if not query.words.strip() or desk.actor.side is None:
        return ()
    hits = [case for what in ("ref", "number", "name") for case in find(desk.tx, desk.actor.side, what, query.words)]
    return tuple(_named(desk, list(dict.fromkeys(hits))).values())


def _named(desk: Desk, cases: list[str]) -> dict[str, CaseLine]:
    """The cases among these that the worker may open, by id; one statement for all their names."""
    grants = [grant for case in cases if (grant := opens_case(desk, case)) is not None]
    owners = [grant.subject for grant in grants]
    taken = open_rows(desk.tx, grants, parts_sql.PARTS_OF_CASES, {"owners": owners}) if owners else []
    return {case: _case_line(case, [part for part in taken if part.owner == case], 0) for case in owners}


def _work_list(desk: Desk, _: Grant, query: WorkList) -> tuple[WorkLine, ...]:
    """The most urgent that are hers to see; rows that are others' take no place from hers."""
    many = LISTED
    while True:
        wanted = {"unit": query.unit, "of_side": desk.actor.side, "limit": many, "now": desk.tx.now_ms}
        rows = desk.tx.rows(sql.OPEN_TASKS, wanted)
        lines = _lines(desk, rows)
        if len(lines) >= LISTED or len(rows) < many:
            return tuple(lines[:LISTED])
        many *= 4


def _lines(desk: Desk, rows: Sequence[Row[Any]]) -> list[WorkLine]:
    named = _named(desk, list(dict.fromkeys(row.case_id for row in rows if row.case_id)))
    lines = []
    for row in rows:
        # A row of a case that this worker may not open (the other side of the house) is not hers to see.
        # Of a sealed case there is one row, without its name, so that two can find it and break the seal.
        if row.case_id and row.case_id not in named and row.code != Duty.SEALED:
            continue
        if row.code in (Duty.LOG_REVIEW, Duty.LOG_REVIEW_LATE) and not _climbed_to(desk, row.code, row.ref):
            continue
        if row.code in (Duty.MANY_CASES, Duty.BAIT):
            lines += _about_colleague(desk, row)
            continue
        line = named.get(row.case_id or "") or CaseLine(CaseId(""), "", "", 0)
        task = Task(row.id, row.unit, row.case_id, row.code, row.ref, instant_or(row.due_at, desk.tx.now))
        lines.append(WorkLine(task, line.ref, line.name))
    return lines


def _about_colleague(desk: Desk, row: Row[Any]) -> list[WorkLine]:
    """That a colleague opened very many cases, or a bait, is for the managers beside her, with her name."""
    if not may_lift(desk, row.ref):
        return []
    task = Task(row.id, row.unit, None, row.code, row.ref, instant_or(row.due_at, desk.tx.now))
    return [WorkLine(task, "", staff_name(desk.tx, StaffId(row.ref)))]


def _climbed_to(desk: Desk, code: str, side: str | None) -> bool:
    """The review of the log is the auditor's, and stands on her page; what was not done in time is the manager's."""
    return code == Duty.LOG_REVIEW_LATE and desk.actor.role is Role.MANAGER and side == desk.actor.side


def _rules_of(desk: Desk, _: Grant, query: RulesOf) -> CaseRules:
    standing = desk.known(query.subject)
    child = next((tie.person for tie in standing.ties() if tie.kind is TieKind.CHILD), None)
    investigation = None
    for recorded in standing.rules:
        if isinstance(recorded.rule, Investigation):
            investigation = recorded.rule
    today, named = desk.tx.now.date(), standing.assigned()
    return CaseRules(
        standing.contact(child) if child else None,
        investigation,
        standing.consents(),
        standing.exceptions(),
        standing.protected(),
        standing.embargo(today),
        child is not None and age_on(standing.born, today) >= standing.ages.decides and not standing.wished(child),
        tuple(
            replace(one, who=one.who or staff_name(desk.tx, StaffId(one.staff)))
            for one in standing.glasses(desk.tx.now)
        ),
        desk.actor.id in named,
        _contacts(desk, standing),
    )


def _contacts(desk: Desk, standing: Standing) -> tuple[tuple[PersonId, SafeContact], ...]:
    people = dict.fromkeys(tie.person for tie in standing.ties())
    found = ((one, safe_contact(standing, one, desk.tx.now.date(), desk.tx.terms)) for one in people)
    return tuple((person, how) for person, how in found if how.stands is not Stands.NEVER)


def _may_see(desk: Desk, grant: Grant, query: MaySee) -> Ruling | Withheld | None:
    """The rule is asked as if she stood at the door, with all that is known of the entry.

    Of an entry that is kept back from the worker nothing is told, not whom it was released to.
    """
    part = take_one(desk.tx, grant, query.entry, "entry", compartments=STAFF_ONLY)
    if part is None:
        return None
    standing = desk.known(query.subject)
    strength = Strength.CHANNEL if query.channel is Channel.TELEGRAM else Strength.PIN
    entry: Entry = part.payload
    if (no := kept_back(desk, grant, query, entry)) is not None:
        return no
    question = Question(query.case, Purpose.OWN_STORY, Reach.STORY, entry=_asked(entry, standing, query.person))
    verdict = decide(Actor(query.person, strength), question, standing, query.channel, desk.tx.now)
    if isinstance(verdict, Withheld):
        return Ruling(False, verdict.reason, False)
    there = readable(desk.tx, query.entry)
    return Ruling(True, verdict.reason, any(verdict.opens(query.case, one) for one in there))


def _asked(entry: Entry, standing: Standing, person: str) -> AskedEntry:
    """What the rule must know of an entry when this person asks for it. Others in it are left out of her part."""
    ties = standing.tied(person)
    mine = {tie.tie for tie in ties}
    kinds = {tie.kind for tie in ties}
    to = ReaderClass.CHILD if TieKind.CHILD in kinds else (
        ReaderClass.GUARDIAN if TieKind.GUARDIAN in kinds else ReaderClass.SHARED)  # fmt: skip
    leaves = [one.leave for one in entry.releases if one.to is to and one.tie in {None, *mine}]
    waits, child = child_waits_for(entry), child_of(standing.ties())
    told = any(one.person == child for one in entry.told)
    # That it was told does not end a promised day: somebody looks again (policy P59).
    untold = waits is HoldKind.NOT_YET or (waits is HoldKind.IN_PERSON_FIRST and not told)
    leave = leaves[-1] if leaves else Leave.NONE
    return AskedEntry(
        entry.source, waits is HoldKind.INVESTIGATION, untold, leave, facts=leave is Leave.FACTS,
        in_person=waits is HoldKind.IN_PERSON_FIRST, back=entry.taken_back,
    )  # fmt: skip


def _her_cards(desk: Desk, _: Grant, query: HerCards) -> tuple[EntryView | Promise, ...] | Withheld:
    """The rule is asked on her behalf, and what is opened is opened by that grant: never more than she would get."""
    herself = Actor(query.person, Strength.PIN)
    question = Question(query.case, Purpose.OWN_STORY, Reach.STORY)
    verdict = decide(herself, question, desk.known(query.subject), Channel.WEB, desk.tx.now)
    if isinstance(verdict, Withheld):
        return verdict
    return tuple(part.payload for part in take(desk.tx, verdict, "view", "promise"))


def _receivers(desk: Desk, grant: Grant, query: Receivers) -> tuple[Receiver, ...]:
    standing = desk.known(query.subject)
    taken = take(desk.tx, grant, "party", "chosen", compartments=STAFF_ONLY)
    chosen = {part.payload.tie: part.payload for part in taken if part.name == "chosen"}
    cards = [part.payload for part in taken if part.name == "party"]
    names = names_of(desk.tx, query.ref)
    shown = frozenset(one for one, name in names.items() if name != ASIDE)
    there = _There(shown, has_declined(desk.tx, grant, query.ref), ASIDE in names.values())
    told = told_of(standing, query.ref)
    found = (_receiver(desk, standing, card, chosen.get(card.tie), there) for card in cards)
    return tuple(replace(one, visit=one.tie in told) for one in found)


@dataclass(frozen=True, slots=True)
class _There:
    """In which compartments a text lies that its reader is shown; what the child has said about it.

    `declined`: she does not want to be told of such things. `aside`: she says that it is not about her.
    """

    readable: frozenset[str]
    declined: bool
    aside: bool


def _receiver(desk: Desk, standing: Standing, card: PartyCard, chosen: Chosen | None, there: _There) -> Receiver:
    return Receiver(
        person=card.person,
        tie=card.tie,
        kind=card.kind,
        name=card.name,
        locale=chosen.locale if chosen else card.locale,
        level=chosen.level if chosen else card.level,
        born=card.born.isoformat() if card.born else None,
        why=_why_not(desk, standing, card, there),
        wording=card.wording,
        hours=safe_hours(reminders_wanted(standing, card.person, desk.tx.now)),
    )


def _why_not(desk: Desk, standing: Standing, card: PartyCard, there: _There) -> str | None:
    """The first thing that stands in the way of a notice: the rule, then the text, then the channel and her yes."""
    meeting = card.kind is TieKind.RECIPIENT
    purpose, reach = (Purpose.OWN_MEETINGS, Reach.AID) if meeting else (Purpose.OWN_STORY, Reach.STORY)
    today = desk.tx.now.date()
    herself, question = Actor(card.person, Strength.PIN), Question(standing.subject, purpose, reach)
    verdict = decide(herself, question, standing, Channel.WEB, desk.tx.now)
    if isinstance(verdict, Withheld):
        return verdict.reason
    if card.kind is TieKind.CHILD and there.aside:
        return NoNotice.PUT_ASIDE
    if not verdict.compartments & there.readable:
        return NoNotice.NOT_OPEN
    if card.kind is TieKind.CHILD and there.declined:
        return NoNotice.NOT_WANTED
    if card.kind is TieKind.CHILD and not is_of_age(standing.born, today):
        return NoNotice.MINOR
    if paused_for((one.rule for one in standing.rules), card.person) is not None:
        return NoNotice.PAUSED
    if not _has_said_yes(standing, card.person, today):
        old = safe_contact(standing, card.person, today, desk.tx.terms).ended
        return NoNotice.CONTACT_OLD if old else NoNotice.NO_YES
    return None if desk.tx.row(_LINKED, {"person": card.person}) is not None else NoNotice.NOT_LINKED


def _has_said_yes(standing: Standing, person: str, today: date) -> bool:
    return any(
        yes.by == person
        and yes.scope in NOTICE_SCOPES
        and yes.from_ <= today
        and (yes.until is None or today <= yes.until)
        for yes in standing.consents()
    )


def _case_plan(desk: Desk, grant: Grant, _: CasePlan) -> tuple[PlanLine, ...]:
    taken = take(desk.tx, grant, "goal", compartments=frozenset({AID_PART, CHILD_PART}))
    return tuple(
        PlanLine(
            part.record,
            Plan(
                part.payload.goal,
                part.payload.who,
                part.payload.next_on.isoformat() if part.payload.next_on else None,
            ),
        )
        for part in taken
    )


CONSOLE_ANSWERS: Mapping[type, Ask] = {
    Find: _find,
    WorkList: _work_list,
    RulesOf: _rules_of,
    MaySee: _may_see,
    HerCards: _her_cards,
    Receivers: _receivers,
    CasePlan: _case_plan,
}
