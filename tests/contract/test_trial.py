"""The trial: sent once when somebody on aid has linked her chat and said yes, and decided again before it leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import _tables as tables
from storage import outbox
from storage._sql import Tx
from storage.commands import EndLink, KeepContact, PickCodeWord, SayYes, Withdraw
from storage.consent import Reason, Withheld
from storage.letters import Letter, TrialLetter, decide_letter
from storage.outbox import End, Outcome
from storage.queries import CaseVisits, Deliveries, NoNotice
from storage.records import CaseId, NoticeWording, PersonId, PhoneHeld, Side
from tests.channels.telegram_house import AMINA, CASE, MARIA, PHONE, consent, link, moving_in
from tests.storage.house import House, signed_in, worker

HER = signed_in(AMINA)
EVENING = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
NOT_DELIVERED = "d1"


@pytest.fixture
def amina(house: House) -> House:
    """Amina stands beside Maria: she is enrolled, and nothing is linked yet."""
    house.clock.now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    house.done(MARIA, *moving_in())
    return house


def leaves(house: House) -> list[Letter | None]:
    """What the sender would send now; it arrives."""

    def call(tx: Tx) -> list[Letter | None]:
        found = []
        for row in outbox.claim(tx, "sender", 10):
            found.append(decide_letter(tx, row, "sender"))
            if found[-1] is not None:
                outbox.finish(tx, row, Outcome(End.SENT, messages=(7,)), "bot")
        return found

    return house.store.run(call)


def trials(house: House) -> list[tuple[str, str | None]]:
    return [(line.state, line.reason) for line in house.see(MARIA, Deliveries(CASE, trials=True))]


def test_it_comes_at_once_with_her_word_and_the_line_she_chose(amina: House) -> None:
    amina.done(MARIA, consent())
    assert trials(amina) == []
    link(amina)
    assert trials(amina) == [("queued", None)]
    assert leaves(amina) == [TrialLetter(PHONE, "sv", NoticeWording.READ, "boat")]
    assert trials(amina) == [("sent", None)]
    assert "Trial" in [line.purpose for line in amina.see(MARIA, CaseVisits(CASE))]


def test_who_links_first_gets_it_when_she_says_yes(amina: House) -> None:
    link(amina)
    assert trials(amina) == []
    amina.done(HER, SayYes(CASE, "reminders", "09:00-19:00"))
    assert [type(one) for one in leaves(amina)] == [TrialLetter]


def test_it_comes_once_however_often_she_says_yes(amina: House) -> None:
    amina.done(MARIA, consent())
    link(amina)
    assert [type(one) for one in leaves(amina)] == [TrialLetter]
    amina.done(HER, KeepContact(CASE, PhoneHeld.OWN, "08:00-18:00"), PickCodeWord(AMINA, "lake"))
    amina.clock.move(hours=2)
    assert leaves(amina) == []
    assert trials(amina) == [("sent", None)]


def test_it_is_taken_away_after_a_day(amina: House) -> None:
    amina.done(MARIA, consent())
    link(amina)
    leaves(amina)
    ((due, message),) = [(row.due_at, row.message_id) for row in amina.rows(tables.outbox, what="delete")]
    assert (due, message) == (int((amina.clock.now + timedelta(hours=24)).timestamp() * 1000), "7")


def test_nothing_is_tried_without_a_yes(amina: House) -> None:
    link(amina)
    assert amina.rows(tables.outbox, what="trial") == []


def test_a_yes_taken_back_before_it_left_stops_it_and_is_nobodys_task(amina: House) -> None:
    amina.done(MARIA, consent())
    link(amina)
    amina.done(HER, Withdraw(CASE, "yes-amina"))
    assert leaves(amina) == [None]
    assert (trials(amina), amina.open_codes(CASE)) == ([("suppressed", NoNotice.NO_YES)], [])


def test_who_unlinks_before_it_left_gets_none(amina: House) -> None:
    amina.done(MARIA, consent())
    link(amina)
    amina.done(HER, EndLink(AMINA))
    assert leaves(amina) == []
    assert trials(amina) == [("suppressed", "unlinked")]


def test_in_the_evening_it_waits_for_her_hours(amina: House) -> None:
    amina.clock.now = EVENING
    amina.done(MARIA, consent(hours="10:00-16:00"))
    link(amina)
    assert leaves(amina) == [None]
    assert trials(amina) == [("queued", None)]
    amina.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert [type(one) for one in leaves(amina)] == [TrialLetter]


def test_a_trial_for_the_chat_before_is_not_sent_to_the_one_after(amina: House) -> None:
    amina.clock.now = EVENING
    amina.done(MARIA, consent())
    link(amina)
    amina.done(HER, EndLink(AMINA))
    amina.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    link(amina, number=7777)
    amina.done(HER, SayYes(CASE, "reminders", "09:00-19:00"))
    assert [one.chat for one in leaves(amina) if one is not None] == [7777]
    assert sorted(trials(amina)) == [("sent", None), ("suppressed", "unlinked")]


@pytest.mark.parametrize(("end", "state"), [(End.BLOCKED, "blocked"), (End.DEAD, "dead"), (End.AMBIGUOUS, "ambiguous")])
def test_what_does_not_come_is_the_workers_task_and_is_not_sent_again(amina: House, end: End, state: str) -> None:
    amina.done(MARIA, consent())
    link(amina)

    def fails(tx: Tx) -> None:
        (row,) = outbox.claim(tx, "sender", 10)
        assert isinstance(decide_letter(tx, row, "sender"), TrialLetter)
        outbox.finish(tx, row, Outcome(end, "why"), "bot")

    amina.store.run(fails)
    assert trials(amina) == [(state, "why")]
    assert amina.open_codes(CASE) == [NOT_DELIVERED]
    amina.clock.move(hours=1)
    assert leaves(amina) == []


def test_a_trial_that_nobody_could_send_for_two_days_is_a_task(amina: House) -> None:
    amina.done(MARIA, consent())
    link(amina)
    amina.clock.move(days=2, minutes=1)
    amina.store.run(outbox.sweep)
    assert trials(amina) == [("expired", "late")]
    assert amina.open_codes(CASE) == [NOT_DELIVERED]


def test_a_trial_without_her_part_of_the_case_is_not_sent(amina: House) -> None:
    """A row that somebody aims at another case of aid is not one that the house queued."""
    amina.done(MARIA, consent())
    link(amina)
    other, case = PersonId("johan"), CaseId("case-johan")
    amina.done(MARIA, *moving_in(other, case))
    amina.tamper(tables.outbox.update().where(tables.outbox.c.what == "trial").values(case_id=case))
    assert leaves(amina) == []
    assert amina.see(MARIA, Deliveries(case, trials=True))[0].reason == "forged"


def test_another_units_worker_sees_nothing_of_it(amina: House) -> None:
    stranger = worker("bo", unit="annan", side=Side.AID)
    assert amina.ask(stranger, Deliveries(CASE, trials=True)) == Withheld(Reason.OTHER_UNIT)
