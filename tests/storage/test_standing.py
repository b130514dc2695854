"""What a case's rules come to when they are read one after another: each about whom it names, and about nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from storage.records import CaseId, PersonId, StaffId, TieId, TieKind
from storage.rules import (
    Blocked,
    Connected,
    ContactDecided,
    Excepted,
    ExceptionEnded,
    ExportApproved,
    ExportAsked,
    GlassBroken,
    GuardianSaidNo,
    NoDecided,
    Proposed,
    Released,
    Rule,
    Tied,
    Wished,
)
from storage.standing import Standing
from tests.storage.rule_words import DAY, NOW, START, Told, mira

POLICE, COURT = "Polisen i Norr", "Tingsrätten"
LENA, PER = TieId("lena"), TieId("per")
MIRA, OMAR = PersonId("mira"), PersonId("omar")
AN_HOUR = timedelta(hours=1)


def after(*rules: Rule) -> Standing:
    """What stands when this was written down, one after the other."""
    return Told(rules).standing


def lifted(by: str, *, manager: bool = False, tie: TieId = LENA, staff: str | None = None) -> Blocked:
    return Blocked(tie, by, blocked=False, manager=manager, staff=staff)


def laid(tie: TieId = LENA, staff: str | None = None) -> Blocked:
    return Blocked(tie, "hanna", blocked=True, staff=staff)


# --- what leaves the house --------------------------------------------------------------------------------------------


def test_an_export_is_agreed_for_one_worker_and_one_receiver() -> None:
    agreed = after(ExportAsked(POLICE, "hanna", "Hanna", "mål 1"), ExportApproved(POLICE, "hanna", "ulla"))
    assert agreed.approved(POLICE, "hanna")
    assert not agreed.approved(COURT, "hanna")
    assert not agreed.approved(POLICE, "olle")
    assert not after(ExportApproved(POLICE, "hanna", "hanna")).approved(POLICE, "hanna"), "nobody agrees with herself"


def test_she_who_asks_again_waits_again_and_another_who_asks_takes_nothing_from_her() -> None:
    agreed = Told((ExportAsked(POLICE, "hanna", "Hanna", "mål 1"), ExportApproved(POLICE, "hanna", "ulla")))
    assert not agreed.then(ExportAsked(POLICE, "hanna", "Hanna", "mål 2")).standing.approved(POLICE, "hanna")
    beside = agreed.then(ExportAsked(COURT, "hanna", "Hanna", "mål 3"), ExportAsked(POLICE, "olle", "Olle", "mål 4"))
    assert beside.standing.approved(POLICE, "hanna")


def test_the_last_reason_to_each_receiver_is_the_one_that_counts() -> None:
    first, second = ExportAsked(POLICE, "hanna", "Hanna", "mål 1"), ExportAsked(POLICE, "hanna", "Hanna", "mål 2")
    court = ExportAsked(COURT, "hanna", "Hanna", "mål 3")
    asked = after(first, Wished(MIRA, "hanna", DAY), court, second)
    assert asked.exports_asked() == (second, court)
    assert asked.export_asked(POLICE, "hanna") == second
    assert asked.export_asked(COURT, "hanna") == court
    assert asked.export_asked(COURT, "olle") is None


def test_what_names_an_exception_stands_until_it_is_ended_by_its_own_name() -> None:
    one = Excepted("x", POLICE, "osl_10_27", "2026", "Ulla", "dnr 1", START, None)
    other = replace(one, exception="y", to=COURT)
    assert after(one, other).exceptions() == (one, other)
    assert after(one, other, ExceptionEnded("x", "hanna")).exceptions() == (other,)


# --- guardians and colleagues -----------------------------------------------------------------------------------------


def test_a_guardians_no_waits_until_somebody_has_decided_about_hers() -> None:
    lenas, pers = GuardianSaidNo(LENA, "hanna", "vill inte"), GuardianSaidNo(PER, "hanna", "vill inte heller")
    decided = NoDecided(PER, "hanna", told=True, why="barnet ska få veta")
    assert after(lenas, pers).undecided_no(LENA) == lenas
    assert after(lenas, pers, decided).undecided_no(LENA) == lenas
    assert after(lenas, pers, decided).undecided_no(PER) is None
    assert after(lenas, pers, decided, pers).undecided_no(PER) == pers, "she may say it again"


def test_who_wants_her_back_in_is_told_apart_from_who_wants_another() -> None:
    shut = Told((laid(), laid(PER), laid(TieId(""), staff="olle")))
    asked = shut.then(lifted("hanna"), lifted("eva", tie=PER), lifted("bo", tie=TieId(""), staff="olle")).standing
    assert asked.lifters(tie=LENA) == {"hanna"}
    assert asked.lifters(tie=PER) == {"eva"}
    assert asked.lifters(staff=StaffId("olle")) == {"bo"}
    assert shut.standing.lifters(tie=LENA) == set()
    assert after().lifters(tie=LENA) == set(), "nobody is shut out"
    assert shut.then(lifted("hanna"), lifted("ulla", manager=True)).standing.lifters(tie=LENA) == set()


def test_a_case_is_open_in_need_to_each_until_her_own_hour() -> None:
    olle, eva = GlassBroken("olle", "larm", NOW), GlassBroken("eva", "larm", NOW + AN_HOUR)
    assert after(olle, eva).glasses(NOW) == (eva,), "an hour that is over is over at its instant"
    assert after(olle, eva).glasses(NOW - AN_HOUR) == (olle, eva)
    assert after(Wished(MIRA, "hanna", DAY)).glasses(NOW) == ()


# --- the child, and what two must say ---------------------------------------------------------------------------------


def test_each_childs_wish_and_contact_are_her_own() -> None:
    wish = Wished(OMAR, "hanna", DAY)
    contact = ContactDecided(OMAR, "hanna", DAY, "hon frågar", "mogen", True)
    assert after(wish).wished(OMAR)
    assert not after(wish).wished(MIRA)
    assert after(contact).contact(OMAR) == contact
    assert after(contact).contact(MIRA) is None


def test_only_the_one_the_case_is_about_says_when_she_was_born() -> None:
    mother = Tied(LENA, PersonId("lena"), TieKind.GUARDIAN, START, None, "hanna", born=date(1985, 1, 1))
    assert after(mother).born is None
    assert after(mother, mira(date(2016, 3, 1))).born == date(2016, 3, 1)


def test_what_two_must_say_is_counted_for_one_reader_of_one_entry() -> None:
    first = Proposed("verdict", "guardian", "hanna", "hon ska veta", tie=LENA)
    second, other = replace(first, by="eva"), replace(first, by="bo", entry="trial")
    assert after(first, second, other).proposed("verdict", "guardian", LENA) == {"hanna", "eva"}
    assert after(first, second, replace(first, by="bo", anew=True)).proposed("verdict", "guardian", LENA) == {"bo"}
    assert after(first).proposed("verdict", "guardian", PER) == set()
    let_go = Released("verdict", "guardian", "eva", "två har sagt ja", tie=LENA)
    assert after(first, let_go).proposed("verdict", "guardian", LENA) == set()
    assert after(first, replace(let_go, entry="trial")).proposed("verdict", "guardian", LENA) == {"hanna"}


def test_a_request_is_about_the_case_it_was_last_connected_to() -> None:
    one, other = Connected(CaseId("one"), "hanna"), Connected(CaseId("other"), "hanna")
    assert after(one, other, Wished(MIRA, "hanna", DAY)).connected() == "other"
    assert after(Wished(MIRA, "hanna", DAY)).connected() is None
    assert after(one).stages() == ()
