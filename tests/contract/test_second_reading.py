"""Two have let somebody read a heavy text, and one changes it: it waits for a second pair of eyes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from storage import _tables as tables
from storage.commands import (
    AllowNaming,
    CarryEntry,
    ChangeState,
    LookAgain,
    ReleaseEntry,
    TakeBack,
    WriteEntry,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.kinds import WHOM
from storage.queries import OneEntry, WholeEntry
from storage.records import Entry, EntryState, EntryView, Hold, HoldKind, Leave, ReaderClass, Told
from tests.storage.family import (
    CASE,
    FATHER,
    FATHERS,
    HANNA,
    LAWYER,
    MIRA,
    MOTHER,
    MOTHERS,
    OLLE,
    Family,
    full_entry,
    release,
)
from tests.storage.house import TODAY, signed_in, worker

KAJSA = worker("kajsa")
OTHER = {"outcome": "charged", "reason": None}
TOLD = Told(MIRA, "Hanna", date(2026, 11, 20), "in_person", "understood")
TO_HER = release(ReaderClass.GUARDIAN, MOTHERS)


def _stands(family: Family, **how: Any) -> Entry:
    """A charge decision that the child and her mother read; two have let the mother."""
    family.contact()
    family.clear()
    entry = full_entry("charge_decision", releases=(release(ReaderClass.CHILD),), told=(TOLD,), **how)
    family.write(entry)
    family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    return _whole(family, entry)


def _whole(family: Family, entry: Entry) -> Entry:
    now = family.house.see(HANNA, WholeEntry(CASE, entry.id))
    assert now is not None
    return now


def _write(family: Family, entry: Entry, **change: Any) -> Entry:
    """Hanna saves the entry with other words, as the form does."""
    now = _whole(family, entry)
    fields = {**now.fields, **change.pop("fields", {})}
    fields = {name: value for name, value in fields.items() if value is not None}
    family.house.done(HANNA, WriteEntry(CASE, replace(now, fields=fields, version=now.version + 1, **change)))
    return _whole(family, entry)


def _reads(family: Family, person: str, entry: Entry) -> EntryView | None:
    seen = family.house.see(signed_in(person), OneEntry(CASE, entry.id))
    assert seen is None or isinstance(seen, EntryView)
    return seen


def test_a_text_that_one_has_changed_is_closed_until_a_colleague_has_read_it(family: Family) -> None:
    house, entry = family.house, _stands(family)
    before = _reads(family, MOTHER, entry)
    assert before is not None
    changed = _write(family, entry, fields=OTHER)
    assert _reads(family, MOTHER, entry) is None
    assert [(one.to, one.tie, one.by, one.anew) for one in changed.proposed] == [
        (ReaderClass.GUARDIAN, MOTHERS, HANNA.label, True)
    ]
    assert house.open_codes(CASE).count(Duty.SECOND_RELEASE) == 1
    assert house.do(HANNA, ReleaseEntry(CASE, entry.id, TO_HER)) == Withheld(Reason.NEEDS_SECOND)
    assert _reads(family, MOTHER, entry) is None
    house.done(OLLE, ReleaseEntry(CASE, entry.id, TO_HER, changed.version))
    after = _reads(family, MOTHER, entry)
    assert after is not None
    assert (before.fields["outcome"], after.fields["outcome"]) == ("dropped", "charged")
    assert Duty.SECOND_RELEASE not in house.open_codes(CASE)
    assert _whole(family, entry).proposed == ()


def test_the_child_reads_the_correction_at_once(family: Family) -> None:
    entry = _stands(family)
    _write(family, entry, fields=OTHER)
    hers = _reads(family, MIRA, entry)
    assert hers is not None
    assert hers.fields["outcome"] == "charged"


def test_each_reader_whose_text_it_was_waits_until_her_own_is_confirmed(family: Family) -> None:
    family.contact()
    family.clear()
    family.clear(FATHERS)
    entry = family.write(full_entry("charge_decision", told=(TOLD,)))
    for tie in (MOTHERS, FATHERS):
        family.release(entry.id, ReaderClass.GUARDIAN, tie)
    family.release(entry.id, ReaderClass.SHARED)
    _write(family, entry, fields=OTHER)
    assert [_reads(family, one, entry) for one in (MOTHER, FATHER, LAWYER)] == [None, None, None]
    family.house.done(OLLE, ReleaseEntry(CASE, entry.id, TO_HER))
    assert [_reads(family, one, entry) is None for one in (MOTHER, FATHER, LAWYER)] == [False, True, True]
    assert Duty.SECOND_RELEASE in family.house.open_codes(CASE), "two still wait"
    family.house.done(OLLE, ReleaseEntry(CASE, entry.id, release(ReaderClass.GUARDIAN, FATHERS)))
    family.house.done(OLLE, ReleaseEntry(CASE, entry.id, release(ReaderClass.SHARED)))
    assert Duty.SECOND_RELEASE not in family.house.open_codes(CASE)


def test_what_only_staff_and_the_child_read_closes_nobody(family: Family) -> None:
    family.contact()
    family.clear()
    entry = family.write(full_entry("report_social", told=(TOLD,)))
    family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    assert _reads(family, MOTHER, entry) is not None
    _write(family, entry, fields={"wish": "something else"})
    assert _reads(family, MOTHER, entry) is not None
    assert Duty.SECOND_RELEASE not in family.house.open_codes(CASE)


def test_a_light_text_waits_for_nobody(family: Family) -> None:
    family.contact()
    family.clear()
    entry = family.write(full_entry("child_talk", releases=(TO_HER,), told=(TOLD,)))
    _write(family, entry, on=date(2026, 11, 5))
    assert _reads(family, MOTHER, entry) is not None


def test_a_text_is_not_changed_under_a_hold_and_opened_by_lifting_it(family: Family) -> None:
    house, entry = family.house, _stands(family)
    _write(family, entry, hold=Hold(HoldKind.INVESTIGATION))
    assert _reads(family, MOTHER, entry) is None
    assert _whole(family, entry).proposed == (), "a hold alone changes no text"
    _write(family, entry, fields=OTHER)
    house.done(HANNA, LookAgain(CASE, entry.id, True, None))
    assert _reads(family, MOTHER, entry) is None
    house.done(OLLE, ReleaseEntry(CASE, entry.id, TO_HER))
    assert _reads(family, MOTHER, entry) is not None


def test_nor_by_leaving_her_out_of_the_listeners_for_a_while(family: Family) -> None:
    entry = _stands(family)
    _write(family, entry, listeners=(ReaderClass.CHILD,), fields=OTHER)
    _write(family, entry, listeners=entry.listeners)
    assert _reads(family, MOTHER, entry) is None


def test_nor_by_leaving_a_field_out_for_the_sake_of_somebody(family: Family) -> None:
    """What is left out for another's sake is her text too, as soon as that other allows it."""
    family.contact()
    family.clear()
    entry = family.write(full_entry("family_contact", about=(FATHER,), told=(TOLD,)))
    family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    seen = _reads(family, MOTHER, entry)
    assert seen is not None
    assert "whom" not in seen.fields
    whom = next(one for one in WHOM if one != entry.fields["whom"])
    _write(family, entry, fields={"whom": whom})
    family.house.done(HANNA, AllowNaming(CASE, FATHER, allowed=True))
    assert _reads(family, MOTHER, entry) is None


def test_to_spare_nobody_any_more_is_another_text(family: Family) -> None:
    entry = _stands(family, about=(FATHER,))
    _write(family, entry, about=())
    assert _reads(family, MOTHER, entry) is None


def test_what_only_takes_away_is_one_click_and_closes_nothing(family: Family) -> None:
    house = family.house
    family.contact()
    family.clear()
    entry = family.write(full_entry("family_contact", told=(TOLD,)))
    family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    _write(family, entry, fields={"place_secret": None})
    _write(family, entry, about=(FATHER,))
    after = _reads(family, MOTHER, entry)
    assert after is not None
    assert {"place_secret", "whom"} & after.fields.keys() == set()
    house.done(HANNA, TakeBack(CASE, entry.id, "wrong card"))
    assert _reads(family, MOTHER, entry) is None
    assert Duty.SECOND_RELEASE not in house.open_codes(CASE)


def test_what_was_taken_back_is_not_written_into_life_again(family: Family) -> None:
    house, entry = family.house, _stands(family)
    house.done(HANNA, TakeBack(CASE, entry.id, "wrong card"))
    again = replace(entry, version=entry.version + 2)
    for deed in (WriteEntry(CASE, again), CarryEntry(CASE, again)):
        assert house.do(HANNA, deed) == Withheld(Reason.CONFLICT)
    assert _reads(family, MOTHER, entry) is None


def test_a_row_that_waits_for_a_second_falls_with_what_is_taken_back(family: Family) -> None:
    house, entry = family.house, _stands(family)
    _write(family, entry, fields=OTHER)
    house.done(HANNA, TakeBack(CASE, entry.id, "wrong card"))
    assert Duty.SECOND_RELEASE not in house.open_codes(CASE)


@pytest.mark.parametrize("state", [EntryState.MOVED, EntryState.HAPPENED])
def test_what_was_let_go_as_a_plan_waits_when_it_is_moved_or_has_happened(family: Family, state: EntryState) -> None:
    entry = _stands(family, state=EntryState.PLANNED)
    family.house.done(HANNA, ChangeState(CASE, entry.id, state, TODAY))
    assert _reads(family, MOTHER, entry) is None
    family.house.done(OLLE, ReleaseEntry(CASE, entry.id, TO_HER))
    assert _reads(family, MOTHER, entry) is not None


def test_who_changes_what_waits_becomes_the_first_of_the_two(family: Family) -> None:
    """Olle wanted it read, Hanna wrote it anew: Hanna is not the second pair of eyes of her own words."""
    house = family.house
    family.contact()
    family.clear()
    entry = family.write(full_entry("charge_decision", told=(TOLD,)))
    house.done(OLLE, ReleaseEntry(CASE, entry.id, replace(TO_HER, leave=Leave.FACTS)))
    _write(family, entry, on=date(2026, 11, 9))
    assert house.do(HANNA, ReleaseEntry(CASE, entry.id, TO_HER)) == Withheld(Reason.NEEDS_SECOND)
    house.done(OLLE, ReleaseEntry(CASE, entry.id, TO_HER))
    assert _whole(family, entry).releases[-1].leave is Leave.FACTS, "and no more than was said first"


def test_a_form_cannot_say_what_somebody_else_has_wanted(family: Family) -> None:
    house = family.house
    family.contact()
    family.clear()
    entry = family.write(full_entry("charge_decision", told=(TOLD,)))
    house.done(OLLE, ReleaseEntry(CASE, entry.id, replace(TO_HER, leave=Leave.FACTS)))
    now = _whole(family, entry)
    house.done(HANNA, WriteEntry(CASE, replace(now, proposed=(TO_HER,), version=now.version + 1)))
    assert _whole(family, entry).proposed == now.proposed


def test_an_approval_from_a_page_that_is_older_than_the_text_is_refused(family: Family) -> None:
    house, entry = family.house, _stands(family)
    seen = _write(family, entry, fields=OTHER).version
    _write(family, entry, on=date(2026, 11, 9))
    assert house.do(OLLE, ReleaseEntry(CASE, entry.id, TO_HER, seen)) == Withheld(Reason.CONFLICT)
    assert _reads(family, MOTHER, entry) is None
    house.done(OLLE, ReleaseEntry(CASE, entry.id, TO_HER, seen + 1))


def test_three_people_can_take_turns_and_the_last_two_count(family: Family) -> None:
    house, entry = family.house, _stands(family)
    _write(family, entry, fields=OTHER)
    now = _whole(family, entry)
    other = replace(now, on=date(2026, 11, 9), version=now.version + 1)
    house.done(OLLE, WriteEntry(CASE, other))
    assert house.do(OLLE, ReleaseEntry(CASE, entry.id, TO_HER)) == Withheld(Reason.NEEDS_SECOND)
    house.done(KAJSA, ReleaseEntry(CASE, entry.id, TO_HER))
    assert _whole(family, entry).releases[-1].approves == OLLE.label


def test_a_file_brings_its_releases_with_its_words(family: Family) -> None:
    """Whoever runs the house carries in what was decided elsewhere, on the words of that file."""
    family.contact()
    family.clear()
    entry = family.write(full_entry("charge_decision", told=(TOLD,), releases=(TO_HER,)))
    fields = {**entry.fields, "outcome": "charged"}
    del fields["reason"]
    family.write(replace(entry, fields=fields, version=2))
    seen = _reads(family, MOTHER, entry)
    assert seen is not None
    assert seen.fields["outcome"] == "charged"


def test_no_part_of_hers_is_left_while_it_waits(family: Family) -> None:
    entry = _stands(family)
    at = f"guardian:{MOTHERS}"
    assert family.house.rows(tables.part, record=entry.id, compartment=at) != []
    _write(family, entry, fields=OTHER)
    assert family.house.rows(tables.part, record=entry.id, compartment=at) == []
