"""What guards a case, through the door: two for a heavy text, third parties spared, a broken glass, a guardian's no."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.story import tell
from storage import _tables as tables
from storage.commands import (
    AllowNaming,
    AssignCase,
    BlockColleague,
    BreakGlass,
    EndTie,
    GuardianSaysNo,
    KeepException,
    LookAgain,
    ProtectIdentity,
    RecordTold,
    ReleaseEntry,
    ReviewGlass,
    SetProfile,
    TakeBack,
    WriteEntry,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.queries import (
    CaseThread,
    CaseVisits,
    HerCards,
    MaySee,
    OneEntry,
    Ruling,
    Sheet,
    Timeline,
    WholeEntry,
    WhoRead,
)
from storage.records import (
    Channel,
    EntryView,
    Hold,
    HoldKind,
    Leave,
    Listener,
    PersonId,
    ReaderClass,
    Role,
    StaffId,
    TieId,
    TieKind,
    Told,
)
from tests.storage.family import (
    CASE,
    FATHER,
    HANNA,
    LAWYER,
    MIRA,
    MOTHER,
    MOTHERS,
    OLLE,
    Family,
    enrol,
    everyone,
    full_entry,
    release,
)
from tests.storage.house import TODAY, UNIT, signed_in, worker

IVO = worker("ivo", unit="elsewhere")
ULLA = replace(worker("ulla"), role=Role.MANAGER)


def _view(family: Family, person: str, entry: Any) -> EntryView:
    view = family.house.see(signed_in(person), OneEntry(CASE, entry.id))
    assert isinstance(view, EntryView)
    return view


def test_a_heavy_text_reaches_a_guardian_when_two_have_said_so(family: Family) -> None:
    house = family.house
    family.contact()
    family.clear()
    entry = family.write(full_entry("charge_decision", releases=(release(ReaderClass.CHILD),)))
    to_her = ReleaseEntry(CASE, entry.id, release(ReaderClass.GUARDIAN, MOTHERS))
    house.done(HANNA, to_her)
    saved = house.see(HANNA, WholeEntry(CASE, entry.id))
    assert saved is not None
    assert [one.to for one in saved.proposed] == [ReaderClass.GUARDIAN]
    assert Duty.SECOND_RELEASE in house.open_codes(CASE)
    assert house.do(HANNA, to_her) == Withheld(Reason.NEEDS_SECOND)
    house.done(OLLE, to_her)
    saved = house.see(HANNA, WholeEntry(CASE, entry.id))
    assert saved is not None
    assert (saved.releases[-1].approves, saved.proposed) == ("Hanna", ())
    assert Duty.SECOND_RELEASE not in house.open_codes(CASE)


def test_what_tells_about_somebody_else_is_left_out_until_she_allows_it(family: Family) -> None:
    """JO 3223-2009: a file was given to a fifteen-year-old without asking what it told about others."""
    family.contact()
    entry = family.write(full_entry("report_social", about=(FATHER,), releases=(release(ReaderClass.CHILD),)))
    view = _view(family, MIRA, entry)
    assert "whom" not in view.fields
    assert "own_words" not in view.fields
    assert view.fields["wish"] == entry.fields["wish"], "a child's own wish is hers"
    assert set(view.left_out) == {"whom", "own_words"}
    family.house.done(HANNA, AllowNaming(CASE, FATHER, allowed=True))
    assert _view(family, MIRA, entry).fields["whom"] == entry.fields["whom"]
    family.house.done(HANNA, AllowNaming(CASE, FATHER, allowed=False))
    assert "whom" not in _view(family, MIRA, entry).fields


def test_who_met_and_when_can_be_released_alone(family: Family) -> None:
    family.contact()
    facts = replace(release(ReaderClass.CHILD), leave=Leave.FACTS)
    entry = family.write(full_entry("child_talk", releases=(facts,)))
    view = _view(family, MIRA, entry)
    assert set(view.fields) == {"by", "with_me"}
    assert view.on == entry.on
    assert view.left_out == ()
    assert view.facts
    whole = ReleaseEntry(CASE, entry.id, release(ReaderClass.CHILD))
    family.house.done(HANNA, whole)
    view = _view(family, MIRA, entry)
    assert "place" in view.fields
    assert not view.facts
    assert family.house.do(HANNA, ReleaseEntry(CASE, entry.id, facts)).fresh is False, "it is not narrowed in silence"


def test_the_second_of_two_never_gives_more_than_the_first_has_said(family: Family) -> None:
    family.contact()
    family.clear()
    entry = family.write(full_entry("charge_decision", releases=(release(ReaderClass.CHILD),)))
    whole = release(ReaderClass.GUARDIAN, MOTHERS)
    family.house.done(HANNA, ReleaseEntry(CASE, entry.id, replace(whole, leave=Leave.FACTS)))
    family.house.done(OLLE, ReleaseEntry(CASE, entry.id, whole))
    saved = family.house.see(HANNA, WholeEntry(CASE, entry.id))
    assert saved is not None
    assert (saved.releases[-1].approves, saved.releases[-1].leave) == ("Hanna", Leave.FACTS)


def test_what_the_police_released_of_who_and_when_is_all_the_lawyer_opens(family: Family) -> None:
    """Without their release it is not there at all: its part was never sealed under the police's key."""
    family.contact()
    entry = family.write(full_entry("child_interview"))
    assert family.house.see(signed_in(LAWYER), OneEntry(CASE, entry.id)) is None
    facts = replace(release(ReaderClass.SHARED), leave=Leave.FACTS)
    for one in (HANNA, OLLE):
        family.house.done(one, ReleaseEntry(CASE, entry.id, facts))
    view = _view(family, LAWYER, entry)
    assert set(view.fields) == {"by", "listeners", "with_me"}
    told = tell(view, Listener.REPRESENTATIVE)
    assert "facts_only.about" in [line.key for line in told.missing]


def test_a_protected_place_goes_to_nobody_but_herself(family: Family) -> None:
    """JO Gävle: a mother's hidden workplace was sent to the father while an investigation was communicated."""
    family.contact()
    family.clear()
    to_both = (release(ReaderClass.CHILD), release(ReaderClass.GUARDIAN, MOTHERS))
    entry = family.write(full_entry("child_talk", releases=to_both))
    assert "place" in _view(family, MOTHER, entry).fields
    family.house.done(HANNA, ProtectIdentity(CASE, protected=True))
    assert "place" not in _view(family, MOTHER, entry).fields
    assert "place" in _view(family, MIRA, entry).fields


def test_a_suspect_hears_nothing_before_the_interview(family: Family) -> None:
    """JO 2535-2007: a man was told that he was suspected before the police had spoken with him."""
    family.contact(embargo=True)
    family.clear()
    family.write(full_entry("report_police", releases=(release(ReaderClass.GUARDIAN, MOTHERS),)))
    told = family.house.ask(signed_in(MOTHER), Timeline(CASE))
    assert told == Withheld(Reason.EMBARGO)


def test_a_channel_that_she_has_not_chosen_stays_shut(family: Family) -> None:
    """JO 1376-2013: whoever declines a channel is to be respected."""
    family.contact()
    assert family.house.ask(signed_in(MIRA), Timeline(CASE), Channel.TELEGRAM) == Withheld(Reason.CHANNEL)


def test_a_guardians_no_becomes_somebodys_task(family: Family) -> None:
    family.house.done(HANNA, GuardianSaysNo(CASE, MOTHERS, "Hon är för liten."))
    assert family.house.open_codes(CASE) == [Duty.GUARDIAN_NO]


def test_a_glass_is_broken_seen_by_the_child_and_reviewed(family: Family) -> None:
    house = family.house
    family.contact()
    assert house.ask(IVO, Sheet(CASE)) == Withheld(Reason.OTHER_UNIT)
    assert house.do(IVO, BreakGlass("elsewhere", "BH-1", " ")) == Withheld(Reason.INVALID)
    assert house.do(IVO, BreakGlass("elsewhere", "BH-unknown", "Now.")) == Withheld(Reason.NOT_FOUND)
    house.done(IVO, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    assert house.see(IVO, Sheet(CASE)).ref == "BH-1"
    assert house.open_codes(CASE) == [Duty.GLASS_BROKEN]
    read = house.see(signed_in(MIRA), WhoRead(CASE)).visits
    assert ("emergency", IVO.label) in {(visit.purpose, visit.who) for visit in read}
    assert house.do(HANNA, ReviewGlass(CASE, StaffId("ivo"), stands=False)) == Withheld(Reason.ROLE)
    house.done(ULLA, ReviewGlass(CASE, StaffId("ivo"), stands=False))
    assert house.ask(IVO, Sheet(CASE)) == Withheld(Reason.OTHER_UNIT)
    assert house.open_codes(CASE) == []


def test_a_tie_that_has_ended_is_not_lengthened_by_one(family: Family) -> None:
    """Ending takes one; a new tie is enrolled, and a guardian's is cleared by two again."""
    house = family.house
    house.done(HANNA, EndTie(CASE, MOTHERS, TODAY - timedelta(days=1)))
    assert house.do(HANNA, EndTie(CASE, MOTHERS, TODAY + timedelta(days=900))) == Withheld(Reason.TIE_NOT_VALID)
    house.done(HANNA, EndTie(CASE, MOTHERS, TODAY - timedelta(days=2)))


def test_who_opens_a_case_in_need_reads_a_page_of_it_and_changes_nothing(family: Family) -> None:
    house = family.house
    entry = family.write(full_entry())
    house.done(IVO, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    for deed in (TakeBack(CASE, entry.id, "Mistake."), EndTie(CASE, MOTHERS, TODAY)):
        assert house.do(IVO, deed) == Withheld(Reason.NOT_ASSIGNED)
    # Not even that there is nothing: the child's words are no part of what the glass opens.
    assert house.ask(IVO, CaseThread(CASE, MIRA)) == Withheld(Reason.PART)
    last = house.see(HANNA, CaseVisits(CASE))[:3]
    assert [(visit.who, visit.purpose, visit.allowed) for visit in last] == [
        (IVO.label, "CaseThread", False), (IVO.label, "EndTie", False), (IVO.label, "TakeBack", False),
    ]  # fmt: skip


def test_who_reads_on_a_provision_from_another_unit_changes_nothing_either(family: Family) -> None:
    house = family.house
    entry = family.write(full_entry())
    house.done(HANNA, KeepException(CASE, "x", PersonId("ivo"), "osl_26_9", "Ulla", "dnr 1", TODAY, None))
    assert house.see(IVO, Sheet(CASE)).ref == "BH-1"
    for deed in (TakeBack(CASE, entry.id, "Mistake."), EndTie(CASE, MOTHERS, TODAY)):
        assert house.do(IVO, deed) == Withheld(Reason.NOT_ASSIGNED)
    house.done(HANNA, TakeBack(CASE, entry.id, "Mistake."))


def test_a_glass_runs_out_after_a_day(family: Family) -> None:
    family.house.done(IVO, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    family.house.clock.move(hours=23, minutes=59)
    assert not isinstance(family.house.ask(IVO, Sheet(CASE)), Withheld)
    family.house.clock.move(minutes=1)
    assert family.house.ask(IVO, Sheet(CASE)) == Withheld(Reason.OTHER_UNIT)


def test_treatment_staff_read_on_a_named_provision_and_the_key_of_each_authority(family: Family) -> None:
    house = family.house
    family.contact()
    house.done(HANNA, enrol("bea", TieId("tie-bea"), TieKind.TREATMENT))
    bea = signed_in("bea")
    entry = family.write(full_entry("child_interview", releases=(release(ReaderClass.SHARED),)))
    assert house.ask(bea, Timeline(CASE)) == Withheld(Reason.NO_CONSENT)
    wrong = KeepException(CASE, "x", PersonId("bea"), "osl_10_27", "Ulla", "dnr 1", TODAY, None)
    assert house.do(HANNA, wrong) == Withheld(Reason.INVALID)
    house.done(HANNA, replace(wrong, ground="osl_26_9"))
    assert [one.id for one in house.see(bea, Timeline(CASE)).items] == [entry.id]
    assert {row.compartment for row in house.rows(tables.part, record=entry.id)} == {"staff", "shared:police"}


def test_a_worker_asks_the_rule_why(family: Family) -> None:
    family.contact()
    entry = family.write(full_entry("child_interview", releases=(release(ReaderClass.CHILD),)))
    told = {who: family.house.see(HANNA, MaySee(CASE, entry.id, who, Channel.WEB)) for who in (MIRA, MOTHER, LAWYER)}
    assert told == {
        MIRA: Ruling(True, "own", True),
        MOTHER: Ruling(False, "not_cleared", False),
        LAWYER: Ruling(False, "not_released", False),
    }


def test_that_it_was_told_does_not_end_a_promised_day(family: Family) -> None:
    """It opens when somebody has looked again (policy P59), and the worker is told so."""
    family.contact()
    until = Hold(HoldKind.NOT_YET, TODAY + timedelta(days=3), "Hanna")
    entry = family.write(full_entry("child_talk", hold=until, releases=(release(ReaderClass.CHILD),)))
    family.house.done(HANNA, RecordTold(CASE, entry.id, Told(MIRA, "Hanna", TODAY, "in_person", "understood")))
    asked = MaySee(CASE, entry.id, MIRA, Channel.WEB)
    assert family.house.see(HANNA, asked) == Ruling(False, "untold", False)
    family.house.done(HANNA, LookAgain(CASE, entry.id, yes=True, until=None))
    assert family.house.see(HANNA, asked) == Ruling(True, "own", True)


def test_a_kind_that_has_no_such_reader_is_released_to_none(family: Family) -> None:
    """It was accepted once, and then the entry could never be written again."""
    entry = family.write(full_entry("treatment_contact"))
    to_shared = ReleaseEntry(CASE, entry.id, release(ReaderClass.SHARED))
    assert family.house.do(HANNA, to_shared) == Withheld(Reason.INVALID)
    family.house.done(HANNA, WriteEntry(CASE, replace(entry, version=entry.version + 1)))


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.CONSOLE])
def test_before_her_code_nothing_about_her_opens(family: Family, channel: Channel) -> None:
    family.contact()
    before = replace(signed_in(MIRA), strength=type(signed_in(MIRA).strength)("channel"))
    assert family.house.do(before, SetProfile(MIRA, "en"), channel) == Withheld(Reason.STRENGTH)
    assert not isinstance(family.house.ask(HANNA, HerCards(CASE, MIRA)), Withheld)
    assert family.house.see(HANNA, Sheet(CASE)).unit == UNIT


def test_writing_an_entry_lets_nobody_have_what_takes_two_to_let_go(family: Family) -> None:
    """The form cannot be bent into a release: not when the entry is new, not when it is written again."""
    family.clear()
    told = full_entry("verdict", "verdict", releases=everyone())
    assert family.house.do(HANNA, WriteEntry(CASE, told)) == Withheld(Reason.NEEDS_SECOND)
    plain = replace(told, releases=())
    family.house.done(HANNA, WriteEntry(CASE, plain))
    assert family.house.do(HANNA, WriteEntry(CASE, replace(told, version=2))) == Withheld(Reason.NEEDS_SECOND)
    for one in (HANNA, OLLE):
        family.house.done(one, ReleaseEntry(CASE, told.id, release(ReaderClass.GUARDIAN, MOTHERS)))
    stands = family.house.see(HANNA, WholeEntry(CASE, told.id))
    assert stands is not None
    assert family.house.do(HANNA, WriteEntry(CASE, replace(stands, version=stands.version + 1))).fresh


def test_an_entry_never_becomes_another_kind(family: Family) -> None:
    """What was let go as something light does not turn heavy in its reader's hands."""
    light = full_entry("transport", "way", releases=())
    family.house.done(HANNA, WriteEntry(CASE, light))
    heavy = replace(full_entry("verdict", "way", releases=()), version=2)
    assert family.house.do(HANNA, WriteEntry(CASE, heavy)) == Withheld(Reason.CONFLICT)


def test_a_colleague_who_does_not_have_the_case_breaks_the_glass_too(family: Family) -> None:
    """Of the same unit and not named for the case: it opens to her as to another unit, and is reviewed as that is."""
    house, nora = family.house, worker("nora")
    house.hire(HANNA, worker("olle"))
    for one in ("hanna", "olle"):
        house.done(ULLA, AssignCase(CASE, StaffId(one), assigned=True))
    assert house.ask(nora, Sheet(CASE)) == Withheld(Reason.NOT_ASSIGNED)
    house.done(nora, BreakGlass(UNIT, "BH-1", "She rang, and nobody who has the case answers."))
    assert house.see(nora, Sheet(CASE))
    assert Duty.GLASS_BROKEN in house.open_codes(CASE)
    assert house.do(HANNA, BreakGlass(UNIT, "BH-1", "It is mine.")).fresh is False


def test_who_is_blocked_from_a_case_breaks_no_glass(family: Family) -> None:
    """Her own niece: not by the front door, and not in need."""
    near = worker("nora")
    family.house.hire(near)
    family.house.done(HANNA, BlockColleague(CASE, StaffId("nora"), blocked=True))
    assert family.house.do(near, BreakGlass(UNIT, "BH-1", "In need.")) == Withheld(Reason.BLOCKED)
