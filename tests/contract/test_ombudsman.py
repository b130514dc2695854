"""What went wrong in Sweden, by the name it has, and the same deeds here: each story tells what happened first.

The decisions are the Parliamentary Ombudsman's (JO); the last story is the seal of 1177, the health service's own
site. Where the same is held in more detail elsewhere, the story is short.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from storage._sql import Tx
from storage.commands import (
    AskForLink,
    AskToBeSent,
    EndConsent,
    KeepConsent,
    ProtectIdentity,
    ReleaseEntry,
    SealCase,
    SetStatus,
    ShutSignIn,
    TellOfVisit,
)
from storage.consent import Reason, Withheld
from storage.letters import Letter, MeetingLetter, NoticeLetter, decide_letter
from storage.outbox import claim
from storage.queries import Adults, OneEntry, OpenToHer, Sheet, Timeline, WholeEntries, WholeStory
from storage.records import (
    Channel,
    EntryId,
    EntryState,
    EntryView,
    GuardianStatus,
    PersonId,
    ReaderClass,
    Shutting,
    Strength,
    TieId,
    TieKind,
)
from tests.channels.telegram_house import link
from tests.contract.signing_in import accept, attempt, invite, strength, with_pin
from tests.storage.family import (
    CASE,
    FATHER,
    FATHERS,
    HANNA,
    MIRA,
    MOTHER,
    MOTHERS,
    OLLE,
    SINCE,
    Family,
    contact,
    enrol,
    full_entry,
    release,
)
from tests.storage.house import TODAY, House, signed_in

NADIA, NADIAS = PersonId("nadia"), TieId("tie-nadia")


def sent(house: House) -> list[Letter]:
    """What leaves the house now."""

    def call(tx: Tx) -> list[Letter]:
        letters = (decide_letter(tx, row, "sender") for row in claim(tx, "sender", 20))
        return [letter for letter in letters if letter is not None]

    return house.store.run(call)


@pytest.fixture
def guardian(family: Family) -> Family:
    """Nadia is a guardian cleared by two, has said yes to notices, and her chat is linked."""
    family.contact()
    family.house.done(HANNA, enrol(NADIA, NADIAS, TieKind.GUARDIAN, born=date(1985, 5, 5)))
    family.clear(NADIAS)
    yes = KeepConsent(CASE, "yes", NADIA, NADIA, "telegram_notice", "09:00-19:00", Channel.TELEGRAM, SINCE, None)
    family.house.done(HANNA, yes)
    link(family.house, NADIA)
    return family


def a_notice(house: House, entry: EntryId, person: PersonId = NADIA) -> None:
    house.done(HANNA, AskToBeSent(CASE, person, entry, house.clock()))


def test_jo_2535_2007_a_man_was_told_that_he_was_suspected_before_the_police_had_spoken_with_him(
    guardian: Family,
) -> None:
    """A social worker told a man that he was suspected of having raped a child, and the police had not heard him yet.

    Here two people have even cleared him, released the report to him, asked that he be sent a notice and opened the
    day of the interview to him, when the suspicion falls on him. Nothing reaches him, and nothing shows him why.
    """
    house = guardian.house
    report = guardian.write(full_entry("report_police", releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    ahead = full_entry("child_interview", on=TODAY + timedelta(days=2), state=EntryState.PLANNED)
    guardian.write(ahead)
    house.done(HANNA, TellOfVisit(CASE, ahead.id, NADIAS, told=True))
    a_notice(house, report.id)
    house.done(HANNA, SetStatus(CASE, NADIAS, GuardianStatus.SUSPECTED))
    assert sent(house) == []
    for question in (Timeline(CASE), WholeStory(CASE), Adults(CASE), OpenToHer(CASE), OneEntry(CASE, report.id)):
        assert house.ask(signed_in(NADIA), question) == Withheld(Reason.STATUS)
    assert house.do(HANNA, TellOfVisit(CASE, ahead.id, FATHERS, told=True)) == Withheld(Reason.NOT_CLEARED)


def test_jo_2535_2007_and_before_the_prosecutors_notice_no_guardian_hears_anything(guardian: Family) -> None:
    """Cleared or not: until the notice is recorded the case is closed to every guardian."""
    house = guardian.house
    report = guardian.write(full_entry("report_police", releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    house.done(HANNA, contact(embargo=True))
    a_notice(house, report.id)
    assert sent(house) == []
    assert house.ask(signed_in(NADIA), Timeline(CASE)) == Withheld(Reason.EMBARGO)


def test_jo_3223_2009_a_file_was_given_to_a_fifteen_year_old_and_nobody_had_asked_what_it_told_of_others(
    family: Family,
) -> None:
    """The whole file was handed to a boy of fifteen, with what it said of other people in it.

    Here everything that names her father is left out of all that she reads and saves, until he allows it; what the
    police have not let go is not there at all.
    """
    house = family.house
    family.contact()
    house.clock.now = datetime(2031, 6, 1, 11, tzinfo=UTC)
    family.write(full_entry("report_social", about=(FATHER,), releases=(release(ReaderClass.CHILD),)))
    family.write(full_entry("child_interview"))
    (card,) = house.see(signed_in(MIRA), WholeStory(CASE))
    assert {"whom", "own_words"} <= set(card.left_out)
    assert not {"whom", "own_words"} & card.fields.keys()
    assert "wish" in card.fields, "a child's own wish is hers"


def test_jo_gaevle_a_hidden_mothers_workplace_was_sent_to_the_father_with_the_investigation(guardian: Family) -> None:
    """While an investigation was communicated, the father got the paper with the place where the mother worked.

    Here the identity is protected, and a guardian who may read reads no place, no words in which a place may stand,
    and no telephone or office of a grown-up; nor in what was released to him before.
    """
    house = guardian.house
    before = guardian.write(full_entry("child_talk", releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    view = house.see(signed_in(NADIA), OneEntry(CASE, before.id))
    assert isinstance(view, EntryView)
    assert "place" in view.fields
    house.done(HANNA, ProtectIdentity(CASE, protected=True))
    after = guardian.write(full_entry("consultation"))
    house.done(HANNA, ReleaseEntry(CASE, after.id, release(ReaderClass.SHARED)))
    for card in house.see(signed_in(NADIA), WholeStory(CASE)):
        assert not {"place", "own_words"} & card.fields.keys()
    grown_ups = house.see(signed_in(NADIA), Adults(CASE))
    assert {(one.phone, one.function) for one in grown_ups} == {(None, None)}


def test_jo_1376_2013_who_has_said_no_to_a_channel_is_not_written_to_there(guardian: Family) -> None:
    """In Malmö people were written to by e-mail: a simple message may go where she wants it, and her no is respected.

    Here a notice waits, she takes her yes back, and it does not leave; what would have left had no word of a case.
    """
    house = guardian.house
    entry = guardian.write(full_entry("child_talk", releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    a_notice(house, entry.id)
    (letter,) = sent(house)
    assert isinstance(letter, NoticeLetter)
    house.clock.move(minutes=1)
    a_notice(house, entry.id)
    house.done(HANNA, EndConsent(CASE, "yes"))
    assert sent(house) == []


def test_jo_avesta_a_girl_of_fourteen_in_care_was_written_to_on_snapchat(family: Family) -> None:
    """The social services spoke with a girl of fourteen in an app, and what they said was secret.

    Here nobody under eighteen links a chat, no decision opens one, and of a minor nothing goes by one to anybody.
    """
    house = family.house
    family.contact(notices=True)
    entry = family.write(full_entry("child_talk", releases=(release(ReaderClass.CHILD),)))
    house.clock.now = datetime(2030, 6, 1, 11, tzinfo=UTC)
    assert isinstance(house.do(signed_in(MIRA), AskForLink(MIRA)), Withheld)
    for scope in ("telegram_notice", "telegram_meetings", "telegram_full"):
        house.done(HANNA, KeepConsent(CASE, scope, MIRA, MIRA, scope, "", Channel.TELEGRAM, SINCE, None))
    her = replace(signed_in(MIRA), strength=Strength.CHANNEL)
    for question in (Timeline(CASE), OneEntry(CASE, entry.id)):
        assert house.ask(her, question, Channel.TELEGRAM) == Withheld(Reason.CHANNEL)
    a_notice(house, entry.id, MIRA)
    assert sent(house) == []


def test_jo_494_2016_a_mother_got_a_text_message_signed_soc_aange() -> None:
    """Who held the telephone could read that she had to do with the social services.

    Here a message has no place for a sender, a name, a reason or a place: a time, a code word, a token, a wording.
    """
    assert {field.name for field in fields(NoticeLetter)} == {"chat", "locale", "token", "wording"}
    assert {field.name for field in fields(MeetingLetter)} == {
        "chat", "locale", "what", "starts", "code", "answers", "silent",
    }  # fmt: skip


def test_jo_846_2012_a_nineteen_year_olds_telephone_number_was_given_to_her_mother(family: Family) -> None:
    """It was well meant: the mother worried, and the daughter was grown.

    Here a guardian opens nothing of a grown daughter's, cleared or not, released or not, and is not told why.
    """
    house = family.house
    family.contact()
    family.clear()
    family.write(full_entry("child_talk", releases=(release(ReaderClass.GUARDIAN, MOTHERS),)))
    assert len(house.see(signed_in(MOTHER), WholeStory(CASE))) == 1
    house.clock.now = datetime(2035, 6, 1, 11, tzinfo=UTC)
    for question in (Timeline(CASE), WholeStory(CASE), Adults(CASE), OpenToHer(CASE), Sheet(CASE)):
        assert house.ask(signed_in(MOTHER), question) == Withheld(Reason.OF_AGE)


def test_1177_a_guardian_who_may_have_the_childs_own_sign_in_is_met_by_sealing_it(family: Family) -> None:
    """At 1177 a guardian can be blocked; but who holds the child's telephone or e-ID comes in as the child.

    So the whole account is locked and the record sealed. Here one worker does the first with one press: every sign-in
    ends, no code lets anybody back in, and only a new invite does, given in person.
    """
    house = family.house
    family.contact()
    _, entered = with_pin(house)
    assert strength(house, entered.token) is Strength.PIN
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SEAL))
    assert strength(house, entered.token) is None
    assert not hasattr(attempt(house), "verifier")
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.OPEN))
    came = accept(house, *invite(house))
    assert came is not None
    assert strength(house, came.token) is Strength.CHANNEL


def test_1177_and_the_record_is_sealed_by_one_and_opened_by_two(guardian: Family) -> None:
    """Sealed it opens to nobody, staff included; nothing that waits is sent; one alone does not open it again."""
    house = guardian.house
    entry = guardian.write(full_entry("child_talk", releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    a_notice(house, entry.id)
    house.done(HANNA, SealCase(CASE, sealed=True))
    assert sent(house) == []
    for who, question in (
        (signed_in(MIRA), Timeline(CASE)), (signed_in(NADIA), Timeline(CASE)), (HANNA, WholeEntries(CASE)),
    ):  # fmt: skip
        assert house.ask(who, question) == Withheld(Reason.SEALED)
    house.done(HANNA, SealCase(CASE, sealed=False))
    assert house.ask(HANNA, WholeEntries(CASE)) == Withheld(Reason.SEALED)
    house.done(OLLE, SealCase(CASE, sealed=False))
    assert [one.id for one in house.see(HANNA, WholeEntries(CASE))] == [entry.id]
