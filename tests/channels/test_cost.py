"""What a Telegram turn costs: nine statements with one question, one for each further one, six for a deed.

The second commit writes down what became of the answer, and what is to be taken away again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot import messenger
from bot.channels.web import house_of
from bot.engine import nothing, resolve
from bot.messenger import Inbound, Press, Reply
from bot.talk import Go, Typed
from storage import outbox
from storage.letters import MeetingLetter
from storage.outbox import End, Outcome
from storage.vault import Tx
from tests.channels.telegram_house import MARIA, MORNING, PHONE, book, settle
from tests.channels.test_telegram_linked import demo
from tests.flows.places import CHILDREN
from tests.storage.counting import Cost, counted
from tests.storage.house import Clock, House, open_house

MOST, MORE, DEED = 9, 1, 6
# Where it shows what is hers, it is also asked whether that was taken back while it was on its way.
AFTER, AFTER_HERS = 2, 3
NOA = 700_002


@dataclass
class Chat:
    """One chat, without a line: turns are taken and answers written down as given."""

    house: House
    number: int
    content: bool = False
    updates: Iterator[int] = field(default_factory=lambda: count(1))

    def says(self, said: Press | Typed) -> tuple[Reply, Cost]:
        """One turn, and what it costs; that its answer was given costs one commit more."""
        spoken = replace(house_of(nothing), content=self.content)
        inbound = Inbound(next(self.updates), self.number, said, "sv")
        with counted(self.house.store) as cost:
            reply = self.house.store.run(lambda tx: messenger.turn(tx, spoken, inbound, "w"))
        assert reply is not None
        with counted(self.house.store) as after:
            done = Outcome(End.SENT, messages=(1,), personal=reply.personal)
            self.house.store.run(lambda tx: outbox.finish(tx, reply.row, done, "bot"))
        assert (cost.commits, after.commits) == (1, 1)
        assert 0 < len(after.statements) <= (AFTER_HERS if reply.personal else AFTER), after
        return reply, cost


@pytest.fixture
def amina(tmp_path: Path) -> Iterator[Chat]:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(MORNING)) as house:
        settle(house)
        yield Chat(house, PHONE)


@pytest.fixture
def noa(tmp_path: Path) -> Iterator[Chat]:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(MORNING)) as house:
        demo(house)
        yield Chat(house, NOA, content=True)


def test_somebody_nobody_knows(amina: Chat) -> None:
    stranger = replace(amina, number=1)
    first, cost = stranger.says(Typed("/start"))
    assert 0 < len(cost.statements) <= MOST, cost
    _, cost = stranger.says(Press(first.nonces["open"]))
    assert 0 < len(cost.statements) <= MOST, cost


def test_her_own_story(noa: Chat) -> None:
    home, _ = noa.says(Typed("/start"))
    way, cost = noa.says(Press(home.nonces["way"]))
    # A whole turn asks for the place she stood at and for the one she comes to.
    asked = sum(len(resolve(Go(step)).needs(CHILDREN[3])) for step in (home.shown.step, way.shown.step))
    assert way.shown.step == "my_way/timeline"
    assert 0 < len(cost.statements) <= MOST + (asked - 1) * MORE, cost


def test_the_answer_to_a_reminder(amina: Chat) -> None:
    amina.says(Typed("/start"))
    amina.house.done(MARIA, book(MORNING + timedelta(days=2)))
    amina.house.clock.move(days=1)

    def leaves(tx: Tx) -> MeetingLetter:
        letters = [messenger.push(tx, house_of(nothing), row, "w") for row in outbox.claim(tx, "w", 9)]
        return next(one for one in letters if isinstance(one, MeetingLetter))

    letter = amina.house.store.run(leaves)
    reply, cost = amina.says(Press(letter.answers["come"]))
    assert reply.shown.step == "telegram/answered"
    assert 0 < len(cost.statements) <= MOST + DEED, cost
