"""What cannot be taken out of a chat in time is told of before, counted when it is too late, and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import _tables as t
from storage._reminding import take_away
from storage._sql import Tx
from storage.commands import AskToBeSent, EndLink
from storage.duties import Duty
from storage.letters import decide_letter
from storage.outbox import End, Outcome, claim, finish, left_behind, mark_sending, sweep
from storage.queries import Deliveries
from storage.records import PersonId, ReaderClass
from tests.channels.telegram_house import link
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
    def send(tx: Tx) -> None:
        for row in claim(tx, "sender", 5):
            if row.what == what and mark_sending(tx, row, "sender"):
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


def test_in_a_chat_that_is_linked_no_more_it_stays_and_a_worker_hears_of_it(sent: Family) -> None:
    house = sent.house
    house.done(signed_in(MOTHER), EndLink(PersonId(MOTHER)))
    house.clock.move(hours=25)
    house.store.run(lambda tx: [decide_letter(tx, row, "sender") for row in claim(tx, "sender", 5)])
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
