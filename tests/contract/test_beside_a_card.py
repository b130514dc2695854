"""Beside a card: what is wrong is kept, what is not hers goes at once, her notes are hers, and nobody is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from storage import _tables as tables
from storage.clockwork import counts_folded
from storage.commands import (
    AnswerObjection,
    ChooseTold,
    CountUnclear,
    DropNote,
    KeepNote,
    RecordTold,
    SayNotMine,
    SayWrong,
    TakeBack,
    WriteEntry,
)
from storage.consent import Actor, Reason, Withheld
from storage.her_words import MOST_NOTES, Objects, Outcome, SetAside, TellOf, Unclear
from storage.queries import (
    Adults,
    CaseSayings,
    MaySee,
    MyNotes,
    MyObjections,
    MyToldAbout,
    OneEntry,
    Receivers,
    Timeline,
    UnclearTexts,
    WholeEntry,
    WholeStory,
)
from storage.records import Channel, EntryId, EntryView, ReaderClass, RecordId, Strength, TieKind, Told
from tests.storage.family import CASE, HANNA, LAWYER, MIRA, MIRAS, MOTHER, MOTHERS, OLLE, Family, enrol, full_entry
from tests.storage.house import TODAY, UNIT, House, signed_in

ME, PAPA = signed_in(MIRA), signed_in(MOTHER)
WRONG = "Det var inte på en måndag."


def _card(family: Family, kind: str = "child_talk", *, guardian: bool = False) -> EntryId:
    """A card that Mira can read, and her mother too where a story wants it."""
    family.contact()
    family.clear()
    entry = family.write(full_entry(kind))
    family.release(entry.id, ReaderClass.CHILD)
    if guardian:
        family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    family.house.done(HANNA, RecordTold(CASE, entry.id, Told(MIRA, "Hanna", TODAY, "in_person", "understood")))
    return entry.id


def _edit(family: Family, entry: EntryId) -> None:
    whole = family.house.see(HANNA, WholeEntry(CASE, entry))
    assert whole is not None
    family.house.done(HANNA, WriteEntry(CASE, replace(whole, on=date(2026, 11, 4), version=whole.version + 1)))


# --- something is wrong -----------------------------------------------------------------------------------------------


def test_what_she_says_is_wrong_is_kept_whatever_becomes_of_the_entry(family: Family) -> None:
    house, entry = family.house, _card(family)
    before = house.see(ME, OneEntry(CASE, entry))
    house.done(ME, SayWrong(CASE, entry, WRONG, None))
    assert house.see(ME, OneEntry(CASE, entry)) == before
    (mine,) = house.see(ME, MyObjections(CASE))
    assert (mine.objects, mine.words, mine.outcome) == (Objects.WRONG, WRONG, None)
    assert mine.answer_by == TODAY + timedelta(days=7)
    _edit(family, entry)
    assert house.see(ME, MyObjections(CASE)) == (mine,)
    house.done(HANNA, TakeBack(CASE, entry, "the wrong day"))
    assert house.see(ME, MyObjections(CASE)) == (mine,)
    assert house.see(HANNA, CaseSayings(CASE)).objections == (mine,)


def test_a_worker_has_the_task_until_she_has_answered(family: Family) -> None:
    house, entry = family.house, _card(family)
    house.done(ME, SayWrong(CASE, entry, WRONG, None))
    assert house.open_codes(CASE) == ["q1"]
    (mine,) = house.see(ME, MyObjections(CASE))
    assert house.do(HANNA, AnswerObjection(CASE, mine.id, Outcome.HERS)) == Withheld(Reason.INVALID)
    house.done(HANNA, AnswerObjection(CASE, mine.id, Outcome.TALK), AnswerObjection(CASE, mine.id, Outcome.CORRECTED))
    (mine,) = house.see(ME, MyObjections(CASE))
    assert (mine.outcome, mine.by, mine.on, mine.words) == (Outcome.CORRECTED, HANNA.label, TODAY, WRONG)
    assert house.open_codes(CASE) == []


def test_words_that_may_mean_danger_are_a_task_for_now(family: Family) -> None:
    house, entry = family.house, _card(family)
    house.done(ME, SayWrong(CASE, entry, WRONG, "danger"))
    assert house.open_codes(CASE) == ["q3"]


def test_nothing_is_objected_to_that_she_cannot_read(family: Family) -> None:
    house, _ = family.house, _card(family)
    held = family.write(full_entry("social_measure"))
    for entry in (held.id, EntryId("nothing")):
        assert house.do(ME, SayWrong(CASE, entry, WRONG, None)) == Withheld(Reason.NOT_FOUND)
        assert house.do(ME, SayNotMine(CASE, entry)) == Withheld(Reason.NOT_FOUND)
    assert house.do(ME, SayWrong(CASE, held.id, "  ", None)) == Withheld(Reason.INVALID)
    assert house.see(ME, MyObjections(CASE)) == ()


@pytest.mark.parametrize("who", [MOTHER, LAWYER, "reader"])
def test_nobody_else_objects_or_reads_what_she_objects_to(family: Family, who: str) -> None:
    house, entry = family.house, _card(family, guardian=True)
    house.done(HANNA, enrol("reader", "tie-reader", TieKind.READER))  # type: ignore[arg-type]
    house.done(ME, SayWrong(CASE, entry, WRONG, None))
    for query in (MyObjections(CASE), MyToldAbout(CASE), CaseSayings(CASE)):
        assert isinstance(house.ask(signed_in(who), query), Withheld)
    for deed in (SayWrong(CASE, entry, WRONG, None), SayNotMine(CASE, entry), CountUnclear(CASE, "a.7-12", "sv"),
                 ChooseTold(CASE, TellOf.VERDICT, wanted=False)):  # fmt: skip
        assert isinstance(house.do(signed_in(who), deed), Withheld)


# --- this is not about me ---------------------------------------------------------------------------------------------


def test_a_card_that_is_not_hers_is_out_of_her_sight_at_once_and_only_out_of_hers(family: Family) -> None:
    house, entry = family.house, _card(family, guardian=True)
    mothers = house.see(PAPA, OneEntry(CASE, entry))
    house.done(ME, SayNotMine(CASE, entry))
    assert house.see(ME, OneEntry(CASE, entry)) == SetAside(entry, house.clock.now)
    assert house.see(ME, Timeline(CASE)).items == (SetAside(entry, house.clock.now),)
    assert house.see(ME, WholeStory(CASE)) == ()
    assert house.see(PAPA, OneEntry(CASE, entry)) == mothers
    assert house.open_codes(CASE) == ["q2"]
    ruling = house.see(HANNA, MaySee(CASE, entry, MIRA, Channel.WEB))
    assert ruling is not None
    assert not ruling.has_part
    (hers,) = [one for one in house.see(HANNA, Receivers(CASE, entry)) if one.person == MIRA]
    assert hers.why == "put_aside"


def test_it_stays_out_of_her_sight_when_the_entry_is_edited(family: Family) -> None:
    house, entry = family.house, _card(family)
    house.done(ME, SayNotMine(CASE, entry))
    _edit(family, entry)
    family.house.done(HANNA, RecordTold(CASE, entry, Told(MIRA, "Hanna", TODAY, "phone", "understood")))
    assert isinstance(house.see(ME, OneEntry(CASE, entry)), SetAside)
    assert house.see(ME, WholeStory(CASE)) == ()
    assert house.see(ME, Adults(CASE)) == ()


def test_when_somebody_has_looked_and_it_is_hers_it_lies_there_again_as_it_is_now(family: Family) -> None:
    house, entry = family.house, _card(family)
    house.done(ME, SayNotMine(CASE, entry))
    (mine,) = house.see(ME, MyObjections(CASE))
    assert (mine.entry, mine.objects, mine.outcome) == (entry, Objects.NOT_MINE, None)
    _edit(family, entry)
    assert house.do(HANNA, AnswerObjection(CASE, mine.id, Outcome.KEPT)) == Withheld(Reason.INVALID)
    house.done(HANNA, AnswerObjection(CASE, mine.id, Outcome.HERS))
    card = house.see(ME, OneEntry(CASE, entry))
    assert isinstance(card, EntryView)
    assert card.on == date(2026, 11, 4)
    (mine,) = house.see(ME, MyObjections(CASE))
    assert (mine.entry, mine.outcome, mine.by) == (entry, Outcome.HERS, HANNA.label)
    assert house.open_codes(CASE) == []


def test_when_it_was_not_hers_it_is_taken_back_and_she_is_told_so(family: Family) -> None:
    house, entry = family.house, _card(family)
    house.done(ME, SayNotMine(CASE, entry))
    house.done(HANNA, TakeBack(CASE, entry, "another child's"))
    assert house.see(ME, OneEntry(CASE, entry)) is None
    (mine,) = house.see(ME, MyObjections(CASE))
    assert (mine.entry, mine.outcome, mine.by) == (entry, Outcome.REMOVED, HANNA.label)
    assert house.open_codes(CASE) == ["g1"]


# --- what she wants to be told of -------------------------------------------------------------------------------------


def test_her_choice_is_kept_and_changes_nothing_of_what_she_may_read(family: Family) -> None:
    house, entry = family.house, _card(family, "verdict")
    assert house.see(ME, MyToldAbout(CASE)) is None
    house.done(ME, ChooseTold(CASE, TellOf.VERDICT, wanted=False), ChooseTold(CASE, TellOf.CLOSED, wanted=True))
    told = house.see(ME, MyToldAbout(CASE))
    assert told is not None
    assert told.answers == {TellOf.VERDICT: False, TellOf.CLOSED: True}
    assert house.see(HANNA, CaseSayings(CASE)).told == told
    assert isinstance(house.see(ME, OneEntry(CASE, entry)), EntryView)
    (hers,) = [one for one in house.see(HANNA, Receivers(CASE, entry)) if one.person == MIRA]
    assert hers.why == "not_wanted"
    house.done(ME, ChooseTold(CASE, TellOf.VERDICT, wanted=True))
    (hers,) = [one for one in house.see(HANNA, Receivers(CASE, entry)) if one.person == MIRA]
    assert hers.why == "minor"


def test_her_no_leaves_the_duty_to_tell_her(family: Family) -> None:
    """What the law says she must be told is told by a person; her no is what that person sees first."""
    family.contact()
    family.house.done(ME, ChooseTold(CASE, TellOf.VERDICT, wanted=False))
    family.write(full_entry("verdict"))
    assert family.house.open_codes(CASE) == ["a1"]


# --- her own notes ----------------------------------------------------------------------------------------------------


def _note(house: House, words: str = "I dag ringde jag själv.") -> RecordId:
    house.done(ME, KeepNote(MIRA, words, None))
    return house.see(ME, MyNotes(MIRA)).notes[0].id


def test_a_note_to_herself_opens_for_nobody_else(family: Family) -> None:
    house = family.house
    note = _note(house)
    others = (PAPA, signed_in(LAWYER), HANNA, replace(HANNA, unit="elsewhere"), Actor(MIRA, Strength.CHANNEL),
              Actor(MIRA, Strength.LINK))  # fmt: skip
    for one in others:
        for channel in Channel:
            assert isinstance(house.ask(one, MyNotes(MIRA), channel), Withheld)
            assert isinstance(house.do(one, DropNote(MIRA, note), channel), Withheld)
    assert isinstance(house.ask(ME, MyNotes(MIRA), Channel.TELEGRAM), Withheld)
    (kept,) = house.see(ME, MyNotes(MIRA)).notes
    assert kept.words == "I dag ringde jag själv."


def test_it_lies_under_a_key_of_its_own_and_is_nobodys_task(family: Family) -> None:
    house = family.house
    _note(house)
    assert {row.compartment for row in house.rows(tables.dek, owner=MIRA)} >= {"notes", "person"}
    (part,) = house.rows(tables.part, name="note")
    assert (part.owner, part.compartment) == (MIRA, "notes")
    assert house.open_codes(CASE) == []
    house.tamper(update(tables.part).where(tables.part.c.name == "note").values(compartment="person"))
    assert house.ask(ME, MyNotes(MIRA)).notes == ()  # type: ignore[union-attr]


def test_she_takes_a_note_away_for_good(family: Family) -> None:
    house = family.house
    note = _note(house)
    house.done(ME, DropNote(MIRA, note))
    assert house.see(ME, MyNotes(MIRA)).notes == ()
    assert house.rows(tables.part, name="note") == []
    assert house.do(ME, DropNote(MIRA, note)) == Withheld(Reason.NOT_FOUND)


def test_notes_are_bounded_in_number_and_in_length(family: Family) -> None:
    house = family.house
    assert house.do(ME, KeepNote(MIRA, "x" * 2001, None)) == Withheld(Reason.INVALID)
    for number in range(MOST_NOTES):
        house.clock.move(seconds=1)
        house.done(ME, KeepNote(MIRA, f"Nummer {number}", None))
    assert house.do(ME, KeepNote(MIRA, "En till", None)) == Withheld(Reason.CONFLICT)
    first = house.see(ME, MyNotes(MIRA))
    assert (len(first.notes), first.more, first.notes[0].words) == (20, True, "Nummer 99")
    last = house.see(ME, MyNotes(MIRA, 4))
    assert (last.notes[-1].words, last.more) == ("Nummer 0", False)


def test_a_note_is_no_door_to_anybody_elses_part(family: Family) -> None:
    """She names the card that she wrote from, and another record's id drops nothing."""
    house, entry = family.house, _card(family)
    assert house.do(ME, DropNote(MIRA, RecordId(entry))) == Withheld(Reason.NOT_FOUND)
    assert isinstance(house.see(ME, OneEntry(CASE, entry)), EntryView)


# --- counted without persons ------------------------------------------------------------------------------------------


def test_what_is_not_understood_is_counted_up_to_yesterday_and_from_five(family: Family) -> None:
    house = family.house
    _card(family)
    for text, locale, times in (("child_talk.7-12", "sv", 5), ("child_talk.7-12", "ti", 4), ("verdict.7-12", "sv", 6)):
        for _ in range(times):
            house.done(ME, CountUnclear(CASE, text, locale))
    assert house.store.run(counts_folded) == 0
    assert house.see(HANNA, UnclearTexts(UNIT)) == ()
    house.clock.move(days=1)
    assert house.store.run(counts_folded) == 3
    known = (Unclear("verdict.7-12", "sv", 6), Unclear("child_talk.7-12", "sv", 5))
    assert house.see(HANNA, UnclearTexts(UNIT)) == known
    house.done(ME, CountUnclear(CASE, "child_talk.7-12", "ti"))
    assert house.see(OLLE, UnclearTexts(UNIT)) == known
    house.clock.move(days=1)
    assert house.store.run(counts_folded) == 1
    assert Unclear("child_talk.7-12", "ti", 5) in house.see(HANNA, UnclearTexts(UNIT))
    assert [row.day for row in house.rows(tables.tally)] == [None, None, None]


def test_no_row_ties_her_to_a_press(family: Family) -> None:
    house = family.house
    _card(family)
    before, visits = house.counts(), house.count(tables.visit)
    house.done(ME, CountUnclear(CASE, "child_talk.7-12", "sv"))
    assert house.count(tables.visit) == visits
    after = house.counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"tally": 1}
    (row,) = house.rows(tables.tally)
    assert not {MIRA, CASE, MIRAS} & {str(value) for value in row._mapping.values()}


def test_a_press_that_is_refused_is_written_down_like_any_other(family: Family) -> None:
    house = family.house
    _card(family)
    visits = house.count(tables.visit)
    assert isinstance(house.do(PAPA, CountUnclear(CASE, "child_talk.7-12", "sv")), Withheld)
    assert house.count(tables.visit) == visits + 1
    assert house.rows(tables.tally) == []
