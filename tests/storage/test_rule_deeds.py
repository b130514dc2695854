"""What is decided about a case, deed by deed: who is refused it, why, and what is so afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage._desk import Done
from storage.commands import (
    BlockGuardian,
    BreakGlass,
    ClearGuardian,
    Command,
    EndTie,
    Invite,
    KeepConsent,
    SealCase,
    SetInvestigation,
    SetStatus,
    ShutSignIn,
    Unlock,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.queries import RulesOf, Sheet, Timeline
from storage.records import CaseId, GuardianStatus, PersonId, ReaderClass, Role, Shutting, TieId
from tests.contract.signing_in import with_pin
from tests.storage.family import (
    APPOINTED_UNTIL,
    CASE,
    FATHER,
    FATHERS,
    HANNA,
    LAWYERS,
    MIRA,
    MIRAS,
    MOTHER,
    MOTHERS,
    OLLE,
    SINCE,
    Family,
    contact,
    full_entry,
)
from tests.storage.house import TODAY, House, signed_in, worker

ULLA = replace(OLLE, id="ulla", role=Role.MANAGER)
SAME = Done(fresh=False)
NOBODYS, NOBODY = TieId("nobodys"), PersonId("nobody")
CLEARED = ClearGuardian(CASE, MOTHERS, "No part in it.")


def refused(house: House, deed: Command, reason: Reason) -> None:
    assert house.do(HANNA, deed) == Withheld(reason)


def sees(family: Family) -> bool:
    """Whether the mother is shown anything at all."""
    return not isinstance(family.house.ask(signed_in(MOTHER), Timeline(CASE)), Withheld)


@pytest.mark.parametrize("deed", [
    SetStatus(CASE, NOBODYS, GuardianStatus.NONE), SetStatus(CASE, LAWYERS, GuardianStatus.NONE),
    ClearGuardian(CASE, NOBODYS, "x"), ClearGuardian(CASE, LAWYERS, "x"), BlockGuardian(CASE, NOBODYS, blocked=True),
    EndTie(CASE, NOBODYS, TODAY), contact(person=NOBODY), contact(person=MOTHER),
], ids=lambda deed: f"{type(deed).__name__} {getattr(deed, 'tie', getattr(deed, 'person', ''))}")  # fmt: skip
def test_what_the_case_does_not_have_is_not_found(family: Family, deed: Command) -> None:
    refused(family.house, deed, Reason.NOT_FOUND)


def test_two_clear_a_guardian_and_the_same_one_is_not_two(family: Family) -> None:
    family.contact()
    family.house.done(HANNA, CLEARED)
    refused(family.house, CLEARED, Reason.CONFLICT)
    assert not sees(family)
    family.house.done(OLLE, CLEARED)
    assert sees(family)


def test_with_a_part_in_it_or_blocked_nobody_is_cleared(family: Family) -> None:
    family.house.done(HANNA, SetStatus(CASE, MOTHERS, GuardianStatus.SUSPECTED))
    refused(family.house, CLEARED, Reason.STATUS)
    family.house.done(HANNA, SetStatus(CASE, MOTHERS, GuardianStatus.NONE))
    family.block()
    refused(family.house, CLEARED, Reason.BLOCKED)


def test_a_manager_and_another_let_somebody_back_and_two_case_workers_do_not(family: Family) -> None:
    back = BlockGuardian(CASE, FATHERS, blocked=False)
    family.block(FATHERS)
    family.house.done(HANNA, back)
    family.house.done(OLLE, back)
    blocked = {line.tie: line.blocked for line in family.house.see(HANNA, Sheet(CASE)).parties}
    assert blocked == {MIRAS: False, MOTHERS: False, FATHERS: True, LAWYERS: False}
    family.house.done(ULLA, back)
    assert not any(line.blocked for line in family.house.see(HANNA, Sheet(CASE)).parties)


def test_a_child_is_never_shut_out_of_her_own_case(family: Family) -> None:
    refused(family.house, BlockGuardian(CASE, MIRAS, blocked=True), Reason.INVALID)


def test_a_tie_is_ended_sooner_and_not_lengthened(family: Family) -> None:
    refused(family.house, EndTie(CASE, LAWYERS, APPOINTED_UNTIL + timedelta(days=1)), Reason.TIE_NOT_VALID)
    family.house.done(HANNA, EndTie(CASE, LAWYERS, APPOINTED_UNTIL))
    family.house.done(HANNA, EndTie(CASE, LAWYERS, TODAY))
    until = {line.tie: line.until for line in family.house.see(HANNA, Sheet(CASE)).parties}
    assert until[LAWYERS] == TODAY.isoformat()


def test_one_seals_and_two_open(family: Family) -> None:
    opened = SealCase(CASE, sealed=False)
    assert family.house.do(HANNA, opened) == SAME
    family.house.done(HANNA, SealCase(CASE, sealed=True))
    assert Duty.SEALED in family.house.open_codes(CASE)
    family.house.done(HANNA, opened)
    refused(family.house, opened, Reason.NEEDS_SECOND)
    assert Duty.SEALED in family.house.open_codes(CASE)
    family.house.done(OLLE, opened)
    assert Duty.SEALED not in family.house.open_codes(CASE)
    family.house.see(HANNA, Sheet(CASE))


def test_the_investigations_secrecy_is_laid_once_and_looked_at_again(family: Family) -> None:
    house, laid = family.house, SetInvestigation(CASE, active=True, review_on=None)
    assert house.do(HANNA, SetInvestigation(CASE, active=False, review_on=None)) == SAME
    assert house.do(HANNA, laid).rules_changed is True
    assert house.do(HANNA, laid) == SAME
    house.done(HANNA, replace(laid, review_on=TODAY))
    found = house.see(HANNA, RulesOf(CASE)).investigation
    assert found is not None
    assert (found.active, found.review_on) == (True, TODAY)


def test_the_same_decision_twice_is_one(family: Family) -> None:
    assert family.house.do(HANNA, contact()).rules_changed is True
    assert family.house.do(HANNA, contact()) == SAME
    assert family.house.do(HANNA, contact(notices=True)).rules_changed is True


# --- inviting, unlocking, shutting ------------------------------------------------------------------------------------


def test_who_is_invited(family: Family) -> None:
    house = family.house
    refused(house, Invite(CASE, NOBODY), Reason.NO_RELATION)
    refused(house, Invite(CASE, MIRA), Reason.NO_CONTACT_DECISION)
    family.contact()
    house.done(HANNA, Invite(CASE, MIRA), Invite(CASE, MOTHER))
    family.block()
    refused(house, Invite(CASE, MOTHER), Reason.BLOCKED)
    house.done(HANNA, Invite(CASE, FATHER), EndTie(CASE, FATHERS, TODAY - timedelta(days=1)))
    house.done(HANNA, SealCase(CASE, sealed=True))
    assert isinstance(house.do(HANNA, Invite(CASE, MIRA)), Withheld)


def test_while_guardians_may_not_know_none_is_invited_and_the_child_is(family: Family) -> None:
    family.contact(guardians_may_know=False)
    refused(family.house, Invite(CASE, MOTHER), Reason.NO_CONTACT_DECISION)
    family.house.done(HANNA, Invite(CASE, MIRA))


def test_whose_sign_in_is_shut_is_not_invited_before_it_is_opened(family: Family) -> None:
    family.contact()
    with_pin(family.house)
    opened = ShutSignIn(CASE, MIRA, Shutting.OPEN)
    assert family.house.do(HANNA, opened) == SAME
    family.house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SUSPEND))
    refused(family.house, Invite(CASE, MIRA), Reason.CONFLICT)
    assert family.house.do(HANNA, opened).rules_changed is True
    family.house.done(HANNA, Invite(CASE, MIRA))


@pytest.mark.parametrize("deed", [ShutSignIn(CASE, NOBODY, Shutting.SEAL), Unlock(CASE, NOBODY)])
def test_nobody_elses_sign_in_is_shut_or_unlocked(family: Family, deed: Command) -> None:
    refused(family.house, deed, Reason.NO_RELATION)


# --- a yes ------------------------------------------------------------------------------------------------------------


def test_a_yes_is_written_down_once_and_of_nobody_else(family: Family) -> None:
    yes = KeepConsent(CASE, "yes", MOTHER, MIRA, "share_story", "own_story", None, SINCE, None, to=FATHER, how="met",
                      language="ar")  # fmt: skip
    refused(family.house, replace(yes, by=NOBODY), Reason.NO_RELATION)
    assert family.house.do(HANNA, yes).rules_changed is True
    assert family.house.do(HANNA, yes) == SAME
    (kept,) = family.house.see(HANNA, RulesOf(CASE)).consents
    assert (kept.by, kept.for_, kept.to, kept.how, kept.language) == (MOTHER, MIRA, FATHER, "met", "ar")


def test_a_deed_about_a_case_that_is_none_does_nothing(family: Family) -> None:
    entry = family.write(full_entry())
    assert isinstance(family.house.do(HANNA, replace(CLEARED, case=CaseId(entry.id))), Withheld)
    family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    assert not sees(family)


def test_a_broken_glass_is_told_of_as_long_as_it_is_open(family: Family) -> None:
    house, ivo = family.house, worker("ivo", unit="elsewhere")
    house.done(ivo, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    (open_,) = house.see(HANNA, RulesOf(CASE)).glasses
    assert open_.staff == "ivo"
    house.clock.now = open_.until - timedelta(seconds=1)
    assert house.see(HANNA, RulesOf(CASE)).glasses == (open_,)
    house.clock.now = open_.until
    assert house.see(HANNA, RulesOf(CASE)).glasses == ()
