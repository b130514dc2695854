"""An answer that never left is given again, unless the very case it tells of sends her nothing now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import messenger
from bot.channels.web import house_of
from bot.engine import nothing
from bot.messenger import Inbound, Press, Reply
from bot.talk import Typed
from storage import _outbox_rows as rows
from storage import _tables as t
from storage import outbox
from storage._chain import add_rule
from storage.commands import OpenCase
from storage.incidents import ChannelPaused
from storage.outbox import End, Outcome
from storage.records import CaseId, PersonId, Side, TieId, TieKind
from storage.vault import Tx
from tests.channels.telegram_house import MORNING
from tests.channels.test_cost import NOA, Chat
from tests.channels.test_telegram_linked import demo
from tests.storage.family import enrol
from tests.storage.house import Clock, open_house, worker

OTHER = CaseId("zz-another")
LINA = worker("lina", unit="lindvik")


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(MORNING)) as house:
        demo(house)
        yield Chat(house, NOA, content=True)


def _lost_on_her_way(chat: Chat) -> Reply:
    """Noa, whom somebody else lets read along too, asks for her way; nobody knows whether the answer came to her."""
    home, _ = chat.says(Typed("/start"))
    noa = home.row.person
    chat.house.done(LINA, OpenCase(OTHER, "lindvik", Side.BARNAHUS, "BH-99", "2046-03"))
    chat.house.done(LINA, enrol(noa, TieId("tie-other"), TieKind.READER, case=OTHER))
    inbound = Inbound(next(chat.updates), NOA, Press(home.nonces["way"]), "sv")
    spoken = replace(house_of(nothing), content=True)

    def turn(tx: Tx) -> Reply:
        way = messenger.turn(tx, spoken, inbound, "killed")
        assert way is not None
        outbox.finish(tx, way.row, Outcome(End.AMBIGUOUS, "lost"), "bot")
        tx.run(update(t.outbox).where(t.outbox.c.id == way.row.id).values(lease_until=0), {})
        return way

    return chat.house.store.run(turn)


def _taken_up(chat: Chat, way: Reply) -> object:
    """What the sender makes of that answer."""
    spoken = replace(house_of(nothing), content=True)

    def push(tx: Tx) -> object:
        (row,) = [row for row in outbox.claim(tx, "sender", 9) if row.id == way.row.id]
        return messenger.push(tx, spoken, row, "sender")

    return chat.house.store.run(push)


def _pause(chat: Chat, case: CaseId, way: Reply) -> None:
    paused = ChannelPaused(PersonId(way.row.person), True, "Fel barn.", LINA.id)
    chat.house.store.run(lambda tx: add_rule(tx, case, paused))


def test_a_pause_in_another_case_holds_nothing_back(chat: Chat) -> None:
    way = _lost_on_her_way(chat)
    _pause(chat, OTHER, way)
    again = _taken_up(chat, way)
    assert isinstance(again, Reply)
    assert again.shown.step == way.shown.step == "my_way/timeline"


def test_what_tells_of_the_paused_case_stays_unsaid(chat: Chat) -> None:
    way = _lost_on_her_way(chat)
    (hers,) = {row.case_id for row in chat.house.rows(t.party, person=way.row.person)} - {OTHER}
    _pause(chat, hers, way)
    assert _taken_up(chat, way) is None
    (row,) = chat.house.rows(t.outbox, id=way.row.id)
    assert (row.state, row.reason) == (rows.SUPPRESSED, "paused")
