"""Safe contact: a yes to being written to runs out, is asked again, and ends at once with another telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from storage import _tables as tables
from storage._sql import Tx, instant
from storage.bindings import meet
from storage.commands import (
    AskedAgain,
    AskForLink,
    Book,
    EndLink,
    KeepConsent,
    KeepContact,
    SameWords,
    SayYes,
    ShutSignIn,
    Withdraw,
)
from storage.consent import TELEGRAM_FULL, Reason, Withheld
from storage.letters import Letter, decide_letter
from storage.outbox import claim
from storage.queries import CaseVisits, MyChoices, MyContact, MyLink, NoNotice, Receivers, RulesOf
from storage.records import Channel, EntryState, Meeting, PhoneHeld, RecordId, Shutting, Strength
from storage.safe_contact import SafeContact, Stands
from storage.terms import Terms
from tests.channels.telegram_house import AMINA, CASE, MARIA, consent, link, moving_in, tried
from tests.storage.house import House, signed_in

HER = signed_in(AMINA)
FIRST = date(2026, 11, 23)
LAST = FIRST + timedelta(days=90)
ASK = LAST - timedelta(days=14)


@pytest.fixture
def amina(house: House) -> House:
    """Amina said yes to reminders on a Monday in November, and her chat is linked; the trial has come."""
    house.done(MARIA, *moving_in(), consent())
    link(house)
    tried(house)
    return house


def at(house: House, day: date, hour: int = 10) -> None:
    """It is ten o'clock in the morning of a day."""
    house.clock.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def booked(starts: datetime) -> Book:
    meeting = Meeting(RecordId("m"), starts, "Europe/Stockholm", "Maria", "Storgatan 1", "first", EntryState.PLANNED)
    return Book(CASE, AMINA, meeting)


def how(house: House) -> SafeContact:
    return house.see(HER, MyContact(CASE))


def leaves(house: House) -> list[Letter | None]:
    """What the sender would send now."""

    def call(tx: Tx) -> list[Letter | None]:
        return [decide_letter(tx, row, "sender") for row in claim(tx, "sender", 10)]

    return house.store.run(call)


def ended(house: House, what: str) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in house.rows(tables.outbox, what=what)]


def test_a_yes_without_a_last_day_gets_one(amina: House) -> None:
    assert how(amina) == SafeContact(Stands.HOLDS, LAST, "09:00-19:00")
    ((_, _, _, until),) = amina.see(HER, MyChoices(CASE)).given
    assert until == LAST.isoformat()


def test_on_a_telephone_that_others_see_it_is_asked_sooner(house: House) -> None:
    house.done(MARIA, *moving_in(), replace(consent(), phone=PhoneHeld.SHARED))
    assert how(house).until == FIRST + timedelta(days=30)


def test_a_shorter_yes_stays_as_short(house: House) -> None:
    house.done(MARIA, *moving_in(), replace(consent(), until=date(2026, 12, 1)))
    assert how(house).until == date(2026, 12, 1)


def test_a_municipality_may_ask_sooner_and_never_later(house: House) -> None:
    house.store.terms = Terms(contact=40, shared_phone=20, ask_before=7)
    house.done(MARIA, *moving_in(), consent())
    assert how(house).until == FIRST + timedelta(days=40)
    with pytest.raises(ValueError, match="only be shortened"):
        Terms(contact=91)
    with pytest.raises(ValueError, match="not asked later"):
        Terms(contact=20, shared_phone=21)


def test_a_yes_to_let_somebody_read_has_no_such_day(house: House) -> None:
    house.done(MARIA, *moving_in())
    yes = KeepConsent(CASE, "y", AMINA, AMINA, "share_treatment", "own_story", None, FIRST, None)
    house.done(MARIA, yes)
    assert how(house).stands is Stands.NEVER
    assert house.see(HER, MyChoices(CASE)).given[0][3] is None


def test_the_worker_has_the_task_before_the_last_day_and_not_from_the_start(amina: House) -> None:
    assert amina.open_codes(CASE) == []
    at(amina, ASK - timedelta(days=1))
    assert (amina.open_codes(CASE), how(amina).stands) == ([], Stands.HOLDS)
    at(amina, ASK)
    assert (amina.open_codes(CASE), how(amina).stands) == (["v1"], Stands.ASK)


def test_she_says_herself_that_it_is_still_so_and_the_log_knows(amina: House) -> None:
    at(amina, ASK)
    amina.done(HER, KeepContact(CASE, PhoneHeld.OWN))
    assert how(amina) == SafeContact(Stands.HOLDS, ASK + timedelta(days=90), "09:00-19:00", "own")
    assert amina.open_codes(CASE) == []
    assert len(amina.see(HER, MyChoices(CASE)).given) == 1
    assert ("KeepContact", True) in [(line.purpose, line.allowed) for line in amina.see(MARIA, CaseVisits(CASE))]


def test_the_worker_who_asked_her_writes_it_down(amina: House) -> None:
    at(amina, ASK)
    amina.done(MARIA, AskedAgain(CASE, AMINA, PhoneHeld.SHARED, "in_person"))
    assert how(amina) == SafeContact(Stands.HOLDS, ASK + timedelta(days=30), "09:00-19:00", "shared")
    (yes,) = amina.see(MARIA, RulesOf(CASE)).consents
    assert (yes.how, yes.phone, yes.from_) == ("in_person", "shared", ASK)


def test_nobody_answers_for_who_was_never_asked(house: House) -> None:
    house.done(MARIA, *moving_in())
    assert house.do(MARIA, AskedAgain(CASE, AMINA, PhoneHeld.OWN, "in_person")) == Withheld(Reason.NOT_FOUND)
    assert house.do(HER, KeepContact(CASE, PhoneHeld.OWN)) == Withheld(Reason.NOT_FOUND)


def test_it_is_not_said_in_the_chat_that_may_be_in_other_hands(amina: House) -> None:
    at(amina, ASK)
    in_chat = replace(HER, strength=Strength.CHANNEL)
    assert isinstance(amina.do(in_chat, KeepContact(CASE, PhoneHeld.OWN), Channel.TELEGRAM), Withheld)
    assert how(amina).stands is Stands.ASK


def test_the_last_day_is_a_day_and_after_it_nothing_leaves(amina: House) -> None:
    at(amina, ASK)
    amina.done(MARIA, booked(datetime(2027, 2, 23, 9, tzinfo=UTC)))
    at(amina, LAST)
    assert [type(one).__name__ for one in leaves(amina)] == ["MeetingLetter"]
    at(amina, LAST + timedelta(days=1))
    assert leaves(amina) == [None]
    assert ("suppressed", NoNotice.CONTACT_OLD) in ended(amina, "reminder")
    assert amina.open_codes(CASE) == ["d1", "v1"]


def test_whom_nobody_has_asked_again_is_grey_with_the_reason(amina: House) -> None:
    amina.done(MARIA, booked(datetime(2027, 3, 1, 10, tzinfo=UTC)))
    at(amina, LAST + timedelta(days=1))
    (line,) = amina.see(MARIA, Receivers(CASE, "m"))
    assert line.why == NoNotice.CONTACT_OLD


def test_said_again_before_the_meeting_the_reminder_comes(amina: House) -> None:
    amina.done(MARIA, booked(datetime(2027, 2, 26, 10, tzinfo=UTC)))
    at(amina, LAST + timedelta(days=2), 8)
    amina.done(HER, KeepContact(CASE, PhoneHeld.OWN))
    at(amina, LAST + timedelta(days=3))
    assert [type(one).__name__ for one in leaves(amina)] == ["MeetingLetter"]


def test_other_hours_move_the_reminders_that_wait(amina: House) -> None:
    amina.done(MARIA, booked(datetime(2026, 12, 4, 14, tzinfo=UTC)))
    amina.done(HER, KeepContact(CASE, None, "09:00-12:00"))
    waiting = [instant(row.due_at) for row in amina.rows(tables.outbox, what="reminder", state="queued")]
    assert sorted(waiting) == [datetime(2026, 12, day, 11, tzinfo=UTC) for day in (1, 3)]
    assert how(amina).hours == "09:00-12:00"
    assert amina.do(HER, KeepContact(CASE, None, "always")) == Withheld(Reason.INVALID)


def test_another_chat_ends_it_at_once_and_it_is_asked_again(amina: House) -> None:
    relink(amina, 7777)
    assert how(amina) == SafeContact(Stands.CHANGED, None, "09:00-19:00")
    assert amina.open_codes(CASE) == ["v1"]
    amina.done(HER, KeepContact(CASE, PhoneHeld.OWN))
    assert how(amina) == SafeContact(Stands.HOLDS, LAST, "09:00-19:00", "own")
    assert amina.open_codes(CASE) == []


def test_the_same_chat_linked_again_ends_nothing(amina: House) -> None:
    relink(amina, 7001)
    assert how(amina).stands is Stands.HOLDS


def test_what_waited_for_the_other_chat_is_not_sent_to_this_one(amina: House) -> None:
    amina.done(MARIA, booked(datetime(2026, 12, 4, 10, tzinfo=UTC)))
    relink(amina, 7777)
    at(amina, date(2026, 12, 1))
    assert leaves(amina) == [None]
    assert ("suppressed", NoNotice.CONTACT_OLD) in ended(amina, "reminder")


@pytest.mark.parametrize("way", [Shutting.SUSPEND, Shutting.SEAL])
def test_a_lost_telephone_ends_it(amina: House, way: Shutting) -> None:
    amina.done(MARIA, ShutSignIn(CASE, AMINA, way))
    amina.done(MARIA, ShutSignIn(CASE, AMINA, Shutting.OPEN))
    assert how(amina).stands is Stands.CHANGED


def test_who_unlinks_it_herself_is_not_asked_for_it_again(amina: House) -> None:
    amina.done(HER, EndLink(AMINA))
    assert (how(amina).stands, amina.open_codes(CASE)) == (Stands.NEVER, [])
    at(amina, LAST)
    assert amina.open_codes(CASE) == []


def test_a_yes_taken_back_leaves_no_task(amina: House) -> None:
    at(amina, ASK)
    amina.done(HER, Withdraw(CASE, f"yes-{AMINA}"))
    assert amina.open_codes(CASE) == []


def test_stopped_and_said_again_in_time_the_reminder_comes_after_all(amina: House) -> None:
    amina.done(MARIA, booked(datetime(2026, 12, 4, 10, tzinfo=UTC)))
    amina.done(HER, EndLink(AMINA))
    assert set(ended(amina, "reminder")) == {("suppressed", "unlinked")}
    link(amina)
    amina.done(HER, SayYes(CASE, "reminders", "09:00-19:00"))
    assert set(ended(amina, "reminder")) == {("queued", None)}


# --- reading in Telegram ------------------------------------------------------------------------------------


def full(house: House) -> Any:
    return house.do(HER, SayYes(CASE, TELEGRAM_FULL, ""))


def test_a_grown_up_says_yes_to_reading_there_herself(amina: House) -> None:
    assert full(amina).fresh
    scopes = {scope: until for _, scope, _, until in amina.see(HER, MyChoices(CASE)).given}
    assert scopes == {"reminders": LAST.isoformat(), TELEGRAM_FULL: LAST.isoformat()}
    assert isinstance(
        amina.see(replace(HER, strength=Strength.CHANNEL), MyChoices(CASE), Channel.TELEGRAM).given, tuple
    )
    at(amina, LAST + timedelta(days=1))
    late = amina.ask(replace(HER, strength=Strength.CHANNEL), MyChoices(CASE), Channel.TELEGRAM)
    assert late == Withheld(Reason.CHANNEL)


def test_not_where_the_municipality_has_not_allowed_it(amina: House) -> None:
    amina.store.telegram_full = False
    assert full(amina) == Withheld(Reason.CHANNEL)


def test_not_before_her_chat_is_linked(house: House) -> None:
    house.done(MARIA, *moving_in(), consent())
    assert full(house) == Withheld(Reason.CHANNEL)


def test_not_for_who_is_not_grown_or_of_unknown_age(house: House) -> None:
    house.done(MARIA, *moving_in(born=None), consent())
    link(house)
    assert full(house) == Withheld(Reason.CHANNEL)


def test_not_said_in_the_chat_itself(amina: House) -> None:
    full(amina)
    in_chat = replace(HER, strength=Strength.CHANNEL)
    assert isinstance(amina.do(in_chat, SayYes(CASE, TELEGRAM_FULL, ""), Channel.TELEGRAM), Withheld)


def relink(house: House, number: int) -> None:
    """Her page and a chat show the same four words, while another chat is hers already."""
    house.done(HER, AskForLink(AMINA))
    token = house.see(HER, MyLink(AMINA)).token or ""
    assert house.store.run(lambda tx: meet(tx, token, number)) is not None
    house.done(HER, SameWords(AMINA))
