"""What lies in a chat that was let go after the copy is taken out of it by the house that was put back, too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage import _tables as t
from storage._sql import Tx
from storage.backup import create, put_back
from storage.commands import AskToBeSent, EndLink
from storage.letters import Removal, decide_letter
from storage.outbox import End, Outcome, claim, finish, mark_sending
from storage.records import EntryId, PersonId
from storage.replay import RESTORED
from tests.channels.telegram_house import PHONE, link
from tests.storage.family import CASE, HANNA, MOTHER
from tests.storage.house import NOON, Clock, House, signed_in
from tests.storage.test_safety import COPIES, in_the_case, logged


def _lies_in_her_chat(house: House) -> None:
    """A notice came to the mother's chat in two messages; its removal is due in a day."""
    link(house, PersonId(MOTHER))
    (chat,) = [row.id for row in house.rows(t.conversation, person=MOTHER)]
    house.done(HANNA, AskToBeSent(CASE, MOTHER, EntryId("trial"), house.clock.now))

    def send(tx: Tx) -> None:
        for row in claim(tx, "sender", 5):
            if row.what == "notice" and mark_sending(tx, row, "sender", chat):
                finish(tx, row, Outcome(End.SENT, messages=(7, 8)), "bot")

    house.store.run(send)


def test_what_lies_in_a_chat_that_was_let_go_since_the_copy_is_taken_out_of_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with logged(url, tmp_path) as house:
        in_the_case(house)
        _lies_in_her_chat(house)
        place, _ = create(house.store, tmp_path / COPIES, NOON)
        house.done(signed_in(MOTHER), EndLink(PersonId(MOTHER)))
    put_back(place, url, RESTORED, replace=True)
    with logged(url, tmp_path, Clock(NOON + timedelta(hours=25))) as house:
        assert house.rows(t.part, owner=MOTHER, name="bound") == []
        (row,) = house.store.run(lambda tx: claim(tx, "sender", 5))
        assert house.store.run(lambda tx: decide_letter(tx, row, "sender")) == Removal(PHONE, (7, 8))
        house.store.run(lambda tx: finish(tx, row, Outcome(End.SENT), "bot"))
        assert house.rows(t.part, owner=MOTHER, name="parting") == []
