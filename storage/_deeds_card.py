"""What she does beside a card: objects to it, chooses what to be told of, is counted; and writes to herself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed

from storage._aside import HERS_ALONE, answer_aside, aside_of
from storage._chain import add_rule, tell_outside
from storage._desk import Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._entry_parts import STAFF_ONLY, adults_of, keep_entry
from storage._shelf import drop, places, put, replace, take, take_one
from storage.coming_of_age import is_to_be_told
from storage.commands import (
    AnswerObjection,
    ChooseTold,
    CountUnclear,
    DropNote,
    KeepNote,
    KnowTiesEnded,
    SayNotMine,
    SayWrong,
)
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.her_words import (
    ANSWER_WITHIN,
    LONGEST,
    MOST_NOTES,
    OUTCOMES,
    Aside,
    Note,
    Objection,
    Objects,
    ToldAbout,
    told_record,
)
from storage.records import CHILD_PART, NOTES_PART, STAFF_PART, PersonId, RecordId, new_id
from storage.rules import GrownTold
from storage.safety import PutAside, ToldChosen
from storage.tally import count_unclear


def _know_ties_ended(desk: Desk, _: Grant, deed: KnowTiesEnded) -> Done | Withheld:
    today, person = desk.tx.now.date(), desk.actor.id
    if not is_to_be_told(desk.known(deed.case), person, today):
        return Done(fresh=False)
    add_rule(desk.tx, deed.case, GrownTold(PersonId(person), today))
    return Done(rules_changed=True)


def _say_wrong(desk: Desk, grant: Grant, deed: SayWrong) -> Done | Withheld:
    if not deed.words.strip():
        return Withheld(Reason.INVALID)
    if take_one(desk.tx, grant, deed.entry, "view", "promise", "aside") is None:
        return Withheld(Reason.NOT_FOUND)
    now = desk.tx.now
    by = now + ANSWER_WITHIN
    note = Objection(
        RecordId(new_id()), deed.entry, PersonId(desk.actor.id), Objects.WRONG, now, by.date(), deed.words
    )  # fmt: skip
    put(desk.tx, deed.case, CHILD_PART, "objection", note.id, note)
    duty, due = (Duty.WRONG_ALARM, now) if deed.alarm else (Duty.WRONG, by)
    open_duty(desk.tx, desk.known(deed.case).unit, deed.case, duty, note.id, due)
    return Done()


def _say_not_mine(desk: Desk, grant: Grant, deed: SayNotMine) -> Done | Withheld:
    part = take_one(desk.tx, grant, deed.entry, "view")
    if part is None:
        return Withheld(Reason.NOT_FOUND)
    aside = Aside(part.payload, PersonId(desk.actor.id), desk.tx.now)
    replace(desk.tx, deed.case, part.compartment, "aside", part.record, aside, was=part.version, day=part.day)
    kept = places(desk.tx, deed.entry)[STAFF_PART]
    tell_outside(desk.tx, deed.case, 0, PutAside(deed.entry, desk.actor.id, kept))
    open_duty(desk.tx, desk.known(deed.case).unit, deed.case, Duty.NOT_MINE, deed.entry, desk.tx.now)
    return Done()


def _answer_objection(desk: Desk, grant: Grant, deed: AnswerObjection) -> Done | Withheld:
    part = take_one(desk.tx, grant, deed.objection, "objection", compartments=HERS_ALONE)
    if part is None:
        return _give_back(desk, grant, deed)
    old: Objection = part.payload
    if deed.outcome not in OUTCOMES[old.objects] or old.objects is Objects.NOT_MINE:
        return Withheld(Reason.INVALID)
    if old.outcome is deed.outcome:
        return Done(fresh=False)
    new = changed(old, outcome=deed.outcome, by=desk.actor.label, on=desk.tx.now.date())
    replace(desk.tx, deed.case, part.compartment, "objection", part.record, new, was=part.version)
    close_duties(desk.tx, deed.case, part.record, Duty.WRONG, Duty.WRONG_ALARM)
    return Done()


def _give_back(desk: Desk, grant: Grant, deed: AnswerObjection) -> Done | Withheld:
    """The card is hers after all: it lies on her way again, as the entry says now, and she is told who looked."""
    there = aside_of(desk, grant, deed.objection)
    entry = take_one(desk.tx, grant, deed.objection, "entry", compartments=STAFF_ONLY)
    if there is None or entry is None:
        return Withheld(Reason.NOT_FOUND)
    if deed.outcome not in OUTCOMES[Objects.NOT_MINE]:
        return Withheld(Reason.INVALID)
    answer_aside(desk, deed.case, there, deed.outcome)
    drop(desk.tx, there.record, CHILD_PART)
    keep_entry(desk, grant, entry.payload, adults_of(desk, grant))
    return Done()


def _choose_told(desk: Desk, grant: Grant, deed: ChooseTold) -> Done | Withheld:
    if grant.tie is None or CHILD_PART not in grant.compartments:
        return Withheld(Reason.INVALID)
    record, today = told_record(grant.tie.tie), desk.tx.now.date()
    part = take_one(desk.tx, grant, record, "told")
    if part is None:
        told = ToldAbout(PersonId(desk.actor.id), today, {deed.of: deed.wanted})
        put(desk.tx, deed.case, CHILD_PART, "told", record, told)
        _tell_chosen(desk, grant.tie.tie, deed, 1)
        return Done()
    old: ToldAbout = part.payload
    if old.answers.get(deed.of) is deed.wanted:
        return Done(fresh=False)
    new = changed(old, on=today, answers={**old.answers, deed.of: deed.wanted})
    replace(desk.tx, deed.case, CHILD_PART, "told", record, new, was=part.version)
    _tell_chosen(desk, grant.tie.tie, deed, part.version + 1)
    return Done()


def _tell_chosen(desk: Desk, tie: str, deed: ChooseTold, kept: int) -> None:
    tell_outside(desk.tx, deed.case, 0, ToldChosen(tie, desk.actor.id, deed.of, deed.wanted, kept))


def _count_unclear(desk: Desk, _: Grant, deed: CountUnclear) -> Done | Withheld:
    count_unclear(desk.tx, deed.text, deed.locale)
    return Done()


def _keep_note(desk: Desk, grant: Grant, deed: KeepNote) -> Done | Withheld:
    if not deed.words.strip() or len(deed.words) > LONGEST:
        return Withheld(Reason.INVALID)
    if take(desk.tx, grant, "note", limit=1, offset=MOST_NOTES - 1, newest=True):
        return Withheld(Reason.CONFLICT)
    note = Note(RecordId(new_id()), desk.tx.now, deed.words, deed.about)
    put(desk.tx, deed.person, NOTES_PART, "note", note.id, note)
    return Done()


def _drop_note(desk: Desk, grant: Grant, deed: DropNote) -> Done | Withheld:
    if take_one(desk.tx, grant, deed.note, "note") is None:
        return Withheld(Reason.NOT_FOUND)
    drop(desk.tx, deed.note, NOTES_PART)
    return Done()


CARD_DEEDS: Mapping[type, Deed] = {
    SayWrong: _say_wrong,
    SayNotMine: _say_not_mine,
    AnswerObjection: _answer_objection,
    ChooseTold: _choose_told,
    KnowTiesEnded: _know_ties_ended,
    CountUnclear: _count_unclear,
    KeepNote: _keep_note,
    DropNote: _drop_note,
}
