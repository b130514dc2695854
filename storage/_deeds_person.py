"""What a person changes herself, and what her worker does in their thread and with her meetings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from storage import _sql as sql
from storage._case_bound import lift, may_lift
from storage._deeds_contact import taken_back
from storage._desk import Deed, Desk, Done, opens_case
from storage._duty_rows import close_duties, open_duty
from storage._reminding import changed_meeting, remind
from storage._shelf import places, put, replace, take, take_one, take_own
from storage.commands import (
    Answer,
    AnswerMeeting,
    AskForCall,
    Book,
    CloseTask,
    KeepBookmark,
    KeepPlan,
    MarkRead,
    Say,
    SetProfile,
    Withdraw,
)
from storage.consent import Grant, Reason, Withheld
from storage.duties import CLIMBS, CLOSED_BY_HAND, Duty
from storage.payloads import Booked, Chosen, Goal, Spoken
from storage.records import (
    AID_PART,
    CHILD_PART,
    PERSON_PART,
    STAFF_PART,
    Bookmark,
    EntryState,
    Meeting,
    Message,
    PersonId,
    RecordId,
    TieId,
    TieKind,
    new_id,
)

ANSWER_WITHIN = timedelta(hours=24)
THREADS = frozenset({CHILD_PART, AID_PART})


def _say(desk: Desk, grant: Grant, deed: Say) -> Done | Withheld:
    compartment, person = next(iter(grant.compartments)), PersonId(desk.actor.id)
    asked = take_one(desk.tx, grant, deed.to, "adult") if deed.to is not None else None
    if deed.to is not None and asked is None:
        return Withheld(Reason.NOT_FOUND)
    to = (asked.payload.function or asked.payload.label) if asked is not None else None
    message = Message(RecordId(new_id()), "person", desk.tx.now, deed.words, deed.about, alarm=deed.alarm, to=to)
    put(desk.tx, deed.case, compartment, "message", message.id, Spoken(person, message))
    duty, due = (Duty.ALARM, desk.tx.now) if deed.alarm else (Duty.QUESTION, desk.tx.now + ANSWER_WITHIN)
    open_duty(desk.tx, desk.known(deed.case).unit, deed.case, duty, person, due)
    return Done()


def _ask_for_call(desk: Desk, _: Grant, deed: AskForCall) -> Done | Withheld:
    person = PersonId(desk.actor.id)
    open_duty(desk.tx, desk.known(deed.case).unit, deed.case, Duty.RING, person, desk.tx.now + ANSWER_WITHIN)
    return Done()


def _answer(desk: Desk, grant: Grant, deed: Answer) -> Done | Withheld:
    kind = next((tie.kind for tie in desk.known(deed.case).tied(deed.person)), None)
    if kind not in (TieKind.CHILD, TieKind.RECIPIENT):
        return Withheld(Reason.NO_RELATION)
    compartment = CHILD_PART if kind is TieKind.CHILD else AID_PART
    _read_all(desk, grant, deed.person)
    message = Message(RecordId(new_id()), desk.actor.label, desk.tx.now, deed.words)
    put(desk.tx, deed.case, compartment, "message", message.id, Spoken(deed.person, message))
    close_duties(desk.tx, deed.case, deed.person, Duty.QUESTION, Duty.ALARM)
    return Done()


def _mark_read(desk: Desk, grant: Grant, deed: MarkRead) -> Done | Withheld:
    return Done(fresh=_read_all(desk, grant, deed.person))


def _read_all(desk: Desk, grant: Grant, person: str) -> bool:
    """Let her see that a person has read what she wrote; whether anything was unread."""
    fresh = False
    for part in take(desk.tx, grant, "message", compartments=THREADS):
        spoken: Spoken = part.payload
        if spoken.person != person or spoken.message.sender != "person" or spoken.message.read_at is not None:
            continue
        read = changed(spoken, message=changed(spoken.message, read_at=desk.tx.now))
        replace(
            desk.tx,
            grant.subject,
            part.compartment,
            "message",
            part.record,
            read,
            was=part.version,
        )
        fresh = True
    return fresh


def _book(desk: Desk, grant: Grant, deed: Book) -> Done | Withheld:
    standing = desk.known(deed.case)
    if not any(tie.kind is TieKind.RECIPIENT for tie in standing.tied(deed.person)):
        return Withheld(Reason.NO_RELATION)
    if not deed.meeting.way.fits:
        return Withheld(Reason.INVALID)
    old = take_one(desk.tx, grant, deed.meeting.id, "meeting", compartments=frozenset({AID_PART}))
    if old is None and places(desk.tx, deed.meeting.id):
        return Withheld(Reason.CONFLICT)
    version, answer, answered_at = 1, None, None
    if old is not None:
        known: Meeting = old.payload.meeting
        version = known.version
        if _same_but_help(known, deed.meeting):
            # What to bring and how to get there change nothing that she has answered.
            answer, answered_at = known.answer, known.answered_at
        if changed(known, answer=None, answered_at=None) == changed(deed.meeting, version=version):
            return Done(fresh=False)
        version += 1
    meeting = changed(deed.meeting, version=version, answer=answer, answered_at=answered_at)
    booked, day = Booked(deed.person, meeting), meeting.starts.date().isoformat()
    if old is None:
        put(desk.tx, deed.case, AID_PART, "meeting", meeting.id, booked, day=day)
    else:
        replace(
            desk.tx,
            deed.case,
            AID_PART,
            "meeting",
            meeting.id,
            booked,
            was=old.version,
            day=day,
        )
        changed_meeting(desk.tx, standing, deed.person, old.payload.meeting, meeting)
    remind(desk.tx, standing, deed.person, meeting)
    return Done()


def _same_but_help(was: Meeting, now: Meeting) -> bool:
    """Whether it is the same meeting but for what to bring and how to get there."""
    bare = changed(was, answer=None, answered_at=None, bring=now.bring, way=now.way)
    return bare == changed(now, version=was.version, answer=None, answered_at=None)


def _answer_meeting(desk: Desk, grant: Grant, deed: AnswerMeeting) -> Done | Withheld:
    part = take_one(desk.tx, grant, deed.meeting, "meeting")
    if part is None or part.payload.person != desk.actor.id:
        return Withheld(Reason.NOT_FOUND)
    meeting: Meeting = part.payload.meeting
    if meeting.state is EntryState.CANCELLED or meeting.starts <= desk.tx.now:
        return Withheld(Reason.CONFLICT)
    if deed.answer not in ("come", "other_time", "call_me"):
        return Withheld(Reason.INVALID)
    answered = changed(meeting, answer=deed.answer, answered_at=desk.tx.now)
    replace(
        desk.tx, deed.case, AID_PART, "meeting", meeting.id, Booked(part.payload.person, answered),
        was=part.version, day=part.day,
    )  # fmt: skip
    unit = desk.known(deed.case).unit
    if deed.answer == "come":
        close_duties(desk.tx, deed.case, meeting.id, Duty.MEETING_ANSWER)
    else:
        open_duty(desk.tx, unit, deed.case, Duty.MEETING_ANSWER, meeting.id, desk.tx.now)
    return Done()


def _keep_plan(desk: Desk, grant: Grant, deed: KeepPlan) -> Done | Withheld:
    compartment = AID_PART if desk.known(deed.case).side == "aid" else CHILD_PART
    goal = Goal(deed.goal, deed.who, deed.next_on)
    old = take_one(desk.tx, grant, deed.plan, "goal", compartments=frozenset({compartment}))
    if old is None and places(desk.tx, deed.plan):
        return Withheld(Reason.CONFLICT)
    if old is None:
        put(desk.tx, deed.case, compartment, "goal", deed.plan, goal)
    elif old.payload == goal:
        return Done(fresh=False)
    else:
        replace(desk.tx, deed.case, compartment, "goal", deed.plan, goal, was=old.version)
    return Done()


def _withdraw(desk: Desk, _: Grant, deed: Withdraw) -> Done | Withheld:
    mine = [yes for yes in desk.known(deed.case).consents() if yes.consent == deed.consent]
    if not mine or mine[0].by != desk.actor.id:
        return Withheld(Reason.NOT_FOUND)
    taken_back(desk, deed.case, mine[0])
    return Done(rules_changed=True)


def _set_profile(desk: Desk, grant: Grant, deed: SetProfile) -> Done | Withheld:
    part = take_own(desk.tx, grant, "profile")
    profile = changed(
        part.payload,
        locale=deed.locale or part.payload.locale,
        level=deed.level or part.payload.level,
    )
    replace(
        desk.tx,
        deed.person,
        part.compartment,
        "profile",
        part.record,
        profile,
        was=part.version,
    )
    for tie in desk.tx.rows(sql.TIES_OF_PERSON, {"person": deed.person}):
        record, chosen = (
            f"{tie.tie}.chosen",
            Chosen(TieId(tie.tie), profile.locale, profile.level),
        )
        there = places(desk.tx, record)
        if STAFF_PART in there:
            replace(
                desk.tx,
                tie.case_id,
                STAFF_PART,
                "chosen",
                record,
                chosen,
                was=there[STAFF_PART],
            )
        else:
            put(desk.tx, tie.case_id, STAFF_PART, "chosen", record, chosen)
    return Done()


def _close_task(desk: Desk, _: Grant, deed: CloseTask) -> Done | Withheld:
    mine = {"of": deed.task, "at_unit": deed.unit, "of_side": desk.actor.side}
    row = desk.tx.row(sql.OPEN_TASK, mine)
    if row is None or row.code not in CLOSED_BY_HAND or not _is_hers_to_close(desk, row):
        return Withheld(Reason.NOT_FOUND)
    done = desk.tx.run(sql.DO_TASK, {**mine, "at": desk.tx.now_ms})
    if row.code == Duty.MANY_CASES and done:
        lift(desk, row.ref, row.id)
    if row.case_id is not None and row.ref is not None and row.code in CLIMBS:
        close_duties(desk.tx, row.case_id, row.ref, Duty(row.code))
    return Done() if done else Withheld(Reason.NOT_FOUND)


def _is_hers_to_close(desk: Desk, row: Row[Any]) -> bool:
    """Whether the row stands in her list; that a case is sealed stands, without its name, in everybody's."""
    if row.code in (Duty.MANY_CASES, Duty.BAIT):
        return may_lift(desk, row.ref)
    return row.case_id is None or row.code == Duty.SEALED or opens_case(desk, row.case_id) is not None


def _keep_bookmark(desk: Desk, _: Grant, deed: KeepBookmark) -> Done | Withheld:
    record, kept = f"{deed.person}.bookmark", Bookmark(deed.entry, deed.page)
    if there := places(desk.tx, record):
        replace(desk.tx, deed.person, PERSON_PART, "bookmark", record, kept, was=there[PERSON_PART])
    else:
        put(desk.tx, deed.person, PERSON_PART, "bookmark", record, kept)
    return Done()


PERSON_DEEDS: Mapping[type, Deed] = {
    Say: _say,
    AskForCall: _ask_for_call,
    Answer: _answer,
    MarkRead: _mark_read,
    Book: _book,
    AnswerMeeting: _answer_meeting,
    KeepPlan: _keep_plan,
    Withdraw: _withdraw,
    SetProfile: _set_profile,
    CloseTask: _close_task,
    KeepBookmark: _keep_bookmark,
}
