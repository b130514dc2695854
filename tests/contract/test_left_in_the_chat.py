"""What cannot be taken out of a chat in time is told of before, counted when it is too late, and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import _tables as t
from storage._reminding import take_away
from storage._sql import Tx
from storage.commands import AskToBeSent, EndLink, ShutSignIn, TakeBack
from storage.duties import Duty
from storage.letters import Removal, decide_letter
from storage.outbox import End, Outcome, claim, finish, left_behind, mark_sending, sweep
from storage.queries import Deliveries
from storage.records import PersonId, ReaderClass, Shutting
from tests.channels.telegram_house import PHONE, link
from tests.storage.family import CASE, HANNA, MOTHER, MOTHERS, Family, full_entry, release
from tests.storage.house import House, signed_in


@pytest.fixture
def sent(family: Family) -> Family:
    """A notice that lies in the mother's chat in two messages, with its removal due in a day."""
    family.contact()
    family.clear()
    link(family.house, MOTHER)
    entry = family.write(full_entry("trial", releases=(release(ReaderClass.GUARDIAN, MOTHERS),))).id
    family.house.done(HANNA, AskToBeSent(CASE, MOTHER, entry, family.house.clock.now))
    _arrives(family.house, "notice")
    return family


def _arrives(house: House, what: str) -> None:
    (hers,) = [row.id for row in house.rows(t.conversation, person=MOTHER) if row.ended_at is None]

    def send(tx: Tx) -> None:
        for row in claim(tx, "sender", 5):
            if row.what == what and mark_sending(tx, row, "sender", hers if what == "notice" else None):
                finish(tx, row, Outcome(End.SENT, messages=(7, 8)), "bot")

    house.store.run(send)


def _left(house: House) -> tuple[int, list[int]]:
    """How many stay, by the house's count and by the lines of the case."""
    shown = [line.left for line in house.see(HANNA, Deliveries(CASE)) if line.left]
    return house.store.run(left_behind), shown


def test_a_removal_that_gets_late_is_a_task_while_something_can_still_be_done(sent: Family) -> None:
    house = sent.house
    house.clock.move(hours=39)
    house.store.run(sweep)
    assert Duty.DELIVERY not in house.open_codes(CASE)
    house.clock.move(hours=2)
    house.store.run(sweep)
    assert Duty.DELIVERY in house.open_codes(CASE)
    assert _left(house) == (0, [])


def test_what_was_not_removed_in_time_is_counted_by_message_and_shown(sent: Family) -> None:
    house = sent.house
    house.clock.move(hours=50)
    house.store.run(sweep)
    house.store.run(sweep)
    assert _left(house) == (2, [2])
    tasks = [row for row in house.rows(t.task, case_id=CASE) if row.code == Duty.DELIVERY]
    assert len(tasks) == 1, "one task, and not one more at each look"


def test_what_is_removed_in_time_is_not_counted(sent: Family) -> None:
    house = sent.house
    house.clock.move(hours=25)
    _arrives(house, "delete")
    house.clock.move(hours=25)
    house.store.run(sweep)
    assert _left(house) == (0, [])


def test_what_lies_in_a_chat_is_taken_away_though_she_has_ended_the_link_and_then_the_chat_is_forgotten(
    sent: Family,
) -> None:
    house = sent.house
    house.done(signed_in(MOTHER), EndLink(PersonId(MOTHER)))
    assert len(house.rows(t.part, owner=MOTHER, name="parting")) == 1
    house.clock.move(hours=25)
    (row,) = house.store.run(lambda tx: claim(tx, "sender", 5))
    going = house.store.run(lambda tx: decide_letter(tx, row, "sender"))
    assert isinstance(going, Removal)
    assert going.messages == (7, 8)
    house.store.run(lambda tx: finish(tx, row, Outcome(End.SENT), "bot"))
    assert house.rows(t.part, owner=MOTHER, name="parting") == []
    assert house.rows(t.part, owner=MOTHER, name="bound") == []
    assert _left(house) == (0, [])


def test_a_chat_kept_for_removals_is_forgotten_when_their_time_is_over(sent: Family) -> None:
    house = sent.house
    house.done(signed_in(MOTHER), EndLink(PersonId(MOTHER)))
    house.clock.move(hours=50)
    house.store.run(sweep)
    assert house.rows(t.part, owner=MOTHER, name="parting") == []
    assert _left(house) == (2, [2])


@pytest.mark.parametrize("for_good", [False, True])
def test_what_lies_in_a_chat_that_her_worker_has_shut_is_taken_away_all_the_same(sent: Family, for_good: bool) -> None:
    house = sent.house
    house.done(HANNA, ShutSignIn(CASE, PersonId(MOTHER), Shutting.SEAL if for_good else Shutting.SUSPEND))
    house.clock.move(hours=25)
    assert _goes_to(house, PHONE)
    assert house.rows(t.part, owner=MOTHER, name="parting") == []
    assert house.rows(t.part, owner=MOTHER, name="bound") == []
    assert _left(house) == (0, [])


OTHER_PHONE = 300_000_777


def _goes_to(house: House, chat: int) -> bool:
    """Whether what is due is one removal of her two messages, from that chat; it is done then."""

    def go(tx: Tx) -> bool:
        (row,) = claim(tx, "sender", 5)
        going = decide_letter(tx, row, "sender")
        finish(tx, row, Outcome(End.SENT), "bot")
        return going == Removal(chat, (7, 8))

    return house.store.run(go)


def _another_phone(house: House) -> None:
    """She links another telephone; the trial that follows is another story's."""
    link(house, MOTHER, OTHER_PHONE)
    house.store.run(lambda tx: tx.run(t.outbox.delete().where(t.outbox.c.what == "trial"), {}))


def test_messages_are_taken_out_of_the_chat_they_lie_in_though_she_has_linked_another(sent: Family) -> None:
    house = sent.house
    _another_phone(house)
    house.clock.move(hours=25)
    assert _goes_to(house, PHONE), "their numbers are somebody else's messages in the other chat"
    assert _left(house) == (0, [])
    kept = [row.record for row in house.rows(t.part, owner=MOTHER, name="parting")]
    (hers,) = [row.id for row in house.rows(t.conversation, person=MOTHER) if row.ended_at is None]
    assert kept == [f"{hers}.parting"], "the first is forgotten, and the other kept for what will lie in it"


def test_after_the_link_was_ended_and_another_chat_linked_the_first_is_still_known(sent: Family) -> None:
    house = sent.house
    house.done(signed_in(MOTHER), EndLink(PersonId(MOTHER)))
    _another_phone(house)
    house.done(signed_in(MOTHER), EndLink(PersonId(MOTHER)))
    house.clock.move(hours=25)
    assert _goes_to(house, PHONE)
    assert house.rows(t.part, owner=MOTHER, name="parting") == []


def test_a_card_taken_back_after_another_chat_was_linked_goes_from_the_chat_it_lies_in(sent: Family) -> None:
    house = sent.house
    (notice,) = house.rows(t.outbox, what="notice")
    _another_phone(house)
    house.done(HANNA, TakeBack(CASE, notice.ref, "another child's"))
    assert _goes_to(house, PHONE)


def test_a_removal_from_a_chat_that_nobody_knows_goes_nowhere_and_is_counted(sent: Family) -> None:
    house = sent.house
    house.tamper(t.part.delete().where(t.part.c.owner == MOTHER, t.part.c.name == "parting"))
    _another_phone(house)
    house.clock.move(hours=25)
    assert not _goes_to(house, PHONE)
    assert _left(house) == (2, [2])
    assert Duty.DELIVERY in house.open_codes(CASE)


def test_a_message_older_than_telegram_removes_is_asked_for_once_so_that_it_is_counted(sent: Family) -> None:
    house = sent.house
    house.store.run(lambda tx: tx.run(t.outbox.delete().where(t.outbox.c.what == "delete"), {}))
    (notice,) = house.rows(t.outbox, what="notice")
    house.clock.now += timedelta(hours=60)
    for _ in range(2):
        house.store.run(lambda tx: take_away(tx, CASE, notice.ref, tx.now))
    (row,) = house.store.run(lambda tx: [row for row in claim(tx, "sender", 5) if row.what == "delete"])
    house.store.run(lambda tx: mark_sending(tx, row, "sender"))
    house.store.run(lambda tx: finish(tx, row, Outcome(End.DEAD, "message can't be deleted"), "bot"))
    assert _left(house) == (2, [2])


def test_a_removal_thought_of_late_has_no_longer_than_telegram_gives_from_when_the_message_came(sent: Family) -> None:
    house = sent.house
    house.store.run(lambda tx: tx.run(t.outbox.delete().where(t.outbox.c.what == "delete"), {}))
    (notice,) = house.rows(t.outbox, what="notice")
    house.clock.now += timedelta(hours=46)
    house.store.run(lambda tx: take_away(tx, CASE, notice.ref, tx.now))
    (removal,) = house.rows(t.outbox, what="delete")
    assert removal.not_after == notice.done_at + 47 * 3600 * 1000
    house.clock.now += timedelta(hours=2)
    house.store.run(sweep)
    assert _left(house) == (2, [2]), "it is not kept for two days more as if something could still be done"
