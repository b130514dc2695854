"""What a worker does in a case: open it, write entries, release, tell, look again, take back, book, answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import date, timedelta

from storage import _sql as sql
from storage._carrier_rows import ask_for_carrier, homeless, not_a_writer, written_late
from storage._chain import add_rule, found_subject, tell_outside
from storage._desk import Deed, Desk, Done, opens_a_case_of
from storage._duty_rows import close_duties, open_duty
from storage._entry_parts import (
    STAFF_ONLY,
    adults_of,
    all_entries,
    ask_anew,
    change_adult,
    change_entry,
    keep_entry,
    note_ended,
)
from storage._months import keep_with
from storage._outbox_rows import NOTICED, STOP_IN_CASE, Push, queue_push
from storage._reminding import take_back
from storage._search import index_case, index_person
from storage._shelf import places, put, readable, take, take_one
from storage.afterwards import STOCKHOLM
from storage.commands import (
    AskToBeSent,
    CarryEntry,
    ChangeState,
    Enrol,
    KeepAdult,
    LookAgain,
    OpenCase,
    ReadTogether,
    RecordTold,
    TakeBack,
    WriteEntry,
)
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.entry_check import faults, likeness, mixes_scripts
from storage.entry_days import day_faults, has_order, order_faults, told_fault
from storage.incidents import ChannelPaused
from storage.payloads import CaseName, PartyCard
from storage.projection import child_of, lies_open_to
from storage.records import (
    STAFF_PART,
    Entry,
    PersonId,
    Profile,
    Side,
    SubjectSort,
    TieKind,
    Told,
)
from storage.rules import StatusSet, Tied
from storage.safety import TakenBack
from storage.second_reading import Changed, takes_two
from storage.ways_in import chat_of

# The ground on which a file adds an entry to a log that has closed since the file before.
CARRIED_IN = "case/1"
NOTICE_LIVES = timedelta(days=2)


def _open_case(desk: Desk, _: Grant, deed: OpenCase) -> Done | Withheld:
    if (standing := desk.standing(deed.case)) is not None:
        there = desk.tx.row(sql.SUBJECT, {"id": deed.case})
        if there is not None and there.sort != SubjectSort.CASE:
            return Withheld(Reason.CONFLICT)
        return Done(fresh=False) if standing.unit == deed.unit else Withheld(Reason.OTHER_UNIT)
    if deed.side != desk.actor.side:
        return Withheld(Reason.OTHER_UNIT)
    if deed.cull_month < f"{desk.tx.now.year}-{desk.tx.now.month:02d}":
        # A month that has gone by may be culled already; whatever came under it would be gone at the next start.
        return Withheld(Reason.INVALID)
    found_subject(desk.tx, deed.case, SubjectSort.CASE, deed.side, deed.unit, deed.cull_month)
    put(desk.tx, deed.case, STAFF_PART, "case", f"{deed.case}.case", CaseName(deed.ref))
    index_case(desk.tx, deed.side, deed.ref, deed.case)
    if deed.side == Side.BARNAHUS:
        ask_for_carrier(desk.tx, deed.unit, deed.case)
    return Done(rules_changed=True)


def _enrol(desk: Desk, _: Grant, deed: Enrol) -> Done | Withheld:
    case = desk.known(deed.case)
    if any(tie.tie == deed.tie for tie in case.ties()):
        return Done(fresh=False)
    if deed.kind is TieKind.CHILD and child_of(case.ties()) is not None:
        return Withheld(Reason.CONFLICT)
    if (deed.kind is TieKind.RECIPIENT) != (case.side == "aid"):
        return Withheld(Reason.OTHER_UNIT)
    if places(desk.tx, f"{deed.tie}.party"):
        # The tie of another case, by an id that a form brought.
        return Withheld(Reason.CONFLICT)
    there = desk.standing(deed.person)
    if there is not None and not opens_a_case_of(desk, deed.person):
        return Withheld(Reason.NOT_FOUND)
    if there is None:
        subject = desk.tx.row(sql.SUBJECT, {"id": deed.case})
        month = subject.cull_month if subject is not None else ""
        found_subject(desk.tx, deed.person, SubjectSort.PERSON, case.side, case.unit, month)
        profile = Profile(deed.person, deed.name, deed.born, deed.locale, deed.level, deed.number, deed.wording)
        put(desk.tx, deed.person, "person", "profile", f"{deed.person}.profile", profile)
    else:
        keep_with(desk.tx, deed.person, deed.case)
    card = PartyCard(deed.person, deed.tie, deed.kind, deed.name, deed.born, deed.locale, deed.level, deed.number,
                     deed.status, deed.wording)  # fmt: skip
    put(desk.tx, deed.case, STAFF_PART, "party", f"{deed.tie}.party", card)
    add_rule(
        desk.tx,
        deed.case,
        Tied(
            deed.tie,
            deed.person,
            deed.kind,
            deed.from_,
            deed.until,
            deed.decided_by,
            born=deed.born,
        ),
    )
    if deed.kind is TieKind.GUARDIAN:
        add_rule(desk.tx, deed.case, StatusSet(deed.tie, deed.status, desk.actor.id))
    desk.tx.run(sql.ADD_PARTY, {"person": deed.person, "tie": deed.tie, "case_id": deed.case})
    index_person(desk.tx, case.side, deed.name, deed.number, deed.person, deed.case)
    return Done(rules_changed=True)


def _keep_adult(desk: Desk, grant: Grant, deed: KeepAdult) -> Done | Withheld:
    """Write a grown-up down, or change her everywhere she already stands."""
    known = {part.record: part for part in take(desk.tx, grant, "adult", compartments=STAFF_ONLY)}
    if mixes_scripts(deed.adult.label):
        return Withheld(Reason.INVALID)
    mine = likeness(deed.adult.label)
    if any(mine & likeness(part.payload.label) for ref, part in known.items() if ref != deed.adult.id):
        return Withheld(Reason.CONFLICT)
    if deed.adult.id not in known and places(desk.tx, deed.adult.id):
        return Withheld(Reason.CONFLICT)
    if deed.adult.id not in known:
        put(desk.tx, deed.case, STAFF_PART, "adult", deed.adult.id, deed.adult)
        return Done()
    if known[deed.adult.id].payload == deed.adult:
        return Done(fresh=False)
    change_adult(desk, deed.case, deed.adult)
    return Done()


def _write_entry(desk: Desk, grant: Grant, deed: WriteEntry | CarryEntry) -> Done | Withheld:
    adults = adults_of(desk, grant)
    if faults(deed.entry, adults):
        return Withheld(Reason.INVALID)
    part = take_one(desk.tx, grant, deed.entry.id, "entry", compartments=STAFF_ONLY)
    if part is None and places(desk.tx, deed.entry.id):
        # An id that a form brought, and that names something else: another case's entry, or what the house keeps.
        return Withheld(Reason.CONFLICT)
    old, carried = part.payload if part is not None else None, isinstance(deed, CarryEntry)
    if old == deed.entry:
        return Done(fresh=False)
    # A file is looked through as a whole, days and all, before any of it stays (`storage.importing`).
    if not carried and _contradicts(desk, grant, deed.entry, old):
        return Withheld(Reason.INVALID)
    if old is not None and (old.kind != deed.entry.kind or old.taken_back):
        return Withheld(Reason.CONFLICT)
    stand = old.releases if old is not None else ()
    if not carried and any(takes_two(deed.entry, one.to) for one in deed.entry.releases if one not in stand):
        return Withheld(Reason.NEEDS_SECOND)
    standing = desk.known(deed.case)
    no = written_late(desk, standing, deed.entry.id, deed.late if isinstance(deed, WriteEntry) else CARRIED_IN)
    if no is not None:
        return no
    note_ended(desk, deed.case, stand, deed.entry)
    entry = deed.entry
    if old is not None:
        # Who wants it read by whom is said by releasing; a form that says so says nothing.
        entry = ask_anew(desk, standing, Changed(old, changed(entry, proposed=old.proposed), adults), carried=carried)
    keep_entry(desk, grant, entry, adults)
    homeless(desk.tx, standing, entry)
    return Done(rules_changed=True)


def _contradicts(desk: Desk, grant: Grant, entry: Entry, saved: Entry | None) -> bool:
    """Whether the days of an entry, as it is to be kept, contradict today or the other entries of the case."""
    if day_faults(entry, _today(desk), saved, born=desk.known(grant.subject).born):
        return True
    return has_order(entry.kind) and bool(order_faults(entry, all_entries(desk, grant), saved))


def _today(desk: Desk) -> date:
    return desk.tx.now.astimezone(STOCKHOLM).date()


def _record_told(desk: Desk, grant: Grant, deed: RecordTold) -> Done | Withheld:
    def add(entry: Entry) -> Entry | Withheld:
        if deed.told not in entry.told and told_fault(entry, deed.told, _today(desk)) is not None:
            return Withheld(Reason.INVALID)
        return entry if deed.told in entry.told else changed(entry, told=(*entry.told, deed.told))

    return change_entry(desk, grant, deed.case, deed.entry, add)


def _look_again(desk: Desk, grant: Grant, deed: LookAgain) -> Done | Withheld:
    today = desk.tx.now.date()

    def look(entry: Entry) -> Entry | Withheld:
        if entry.hold is None or (not deed.yes and deed.until is None):
            return Withheld(Reason.INVALID)
        if deed.yes:
            return changed(entry, hold=changed(entry.hold, lifted=True, looked=today))
        return changed(entry, hold=changed(entry.hold, until=deed.until, looked=today))

    return change_entry(desk, grant, deed.case, deed.entry, look)


def _change_state(desk: Desk, grant: Grant, deed: ChangeState) -> Done | Withheld:
    no = not_a_writer(desk, desk.known(deed.case))
    if no is not None:
        return no

    def change(entry: Entry) -> Entry | Withheld:
        new = changed(entry, state=deed.state, on=deed.on or entry.on)
        return Withheld(Reason.INVALID) if _contradicts(desk, grant, new, entry) else new

    return change_entry(desk, grant, deed.case, deed.entry, change)


def _take_back(desk: Desk, grant: Grant, deed: TakeBack) -> Done | Withheld:
    back, reached = {"taken_back": True, "taken_back_why": deed.why}, _reached(desk, deed)
    done = change_entry(desk, grant, deed.case, deed.entry, lambda entry: changed(entry, **back))
    if isinstance(done, Done):
        take_back(desk.tx, deed.case, deed.entry, reached)
        tell_outside(desk.tx, deed.case, 0, TakenBack(deed.entry))
        close_duties(desk.tx, deed.case, deed.entry, Duty.SECOND_RELEASE)
        for person in sorted(one for one in reached if _has_chat(desk, one)):
            add_rule(
                desk.tx, deed.case, ChannelPaused(person, True, deed.why, desk.actor.id, deed.entry, desk.actor.label)
            )
            desk.tx.run(STOP_IN_CASE, {"of": person, "in_case": deed.case, "why": "paused", "at": desk.tx.now_ms})
        return changed(done, rules_changed=True)
    return done


def _reached(desk: Desk, deed: TakeBack) -> set[PersonId]:
    """Whom the text had reached: it lay open to her, or she was sent a notice about it."""
    there = readable(desk.tx, deed.entry)
    told = {row.person for row in desk.tx.rows(NOTICED, {"case_id": deed.case, "of": deed.entry})}
    return {tie.person for tie in desk.known(deed.case).ties() if tie.person in told or lies_open_to(tie, there)}


def _has_chat(desk: Desk, person: PersonId) -> bool:
    found = desk.standing(person)
    return found is not None and chat_of(one.rule for one in found.rules) != ""


def _read_together(desk: Desk, grant: Grant, deed: ReadTogether) -> Done | Withheld:
    if any(take_one(desk.tx, grant, ref, "entry", compartments=STAFF_ONLY) is None for ref in deed.entries):
        return Withheld(Reason.NOT_FOUND)
    told = Told(deed.person, desk.actor.label, deed.on, "together", deed.understood)
    for ref in deed.entries:
        done = change_entry(
            desk,
            grant,
            deed.case,
            ref,
            lambda entry: changed(entry, told=(*entry.told, told)),
        )
        if isinstance(done, Withheld):
            return done
    if deed.understood != "understood":
        unit = desk.known(deed.case).unit
        open_duty(desk.tx, unit, deed.case, Duty.UNSURE, deed.person, desk.tx.now)
    return Done()


def _ask_to_be_sent(desk: Desk, _: Grant, deed: AskToBeSent) -> Done | Withheld:
    case = desk.known(deed.case)
    if not case.tied(deed.person):
        return Withheld(Reason.NO_RELATION)
    push = Push(
        dedup=f"n:{deed.ref}:{deed.person}:{desk.tx.now_ms:x}",
        what="notice",
        person=deed.person,
        case=deed.case,
        ref=deed.ref,
        due_at=deed.not_before,
        not_after=deed.not_before.replace(microsecond=0) + NOTICE_LIVES,
    )
    queue_push(desk.tx, push)
    return Done()


CASE_DEEDS: Mapping[type, Deed] = {
    OpenCase: _open_case,
    Enrol: _enrol,
    KeepAdult: _keep_adult,
    WriteEntry: _write_entry,
    CarryEntry: _write_entry,
    RecordTold: _record_told,
    LookAgain: _look_again,
    ChangeState: _change_state,
    TakeBack: _take_back,
    ReadTogether: _read_together,
    AskToBeSent: _ask_to_be_sent,
}
