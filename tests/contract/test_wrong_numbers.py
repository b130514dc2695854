"""Words, and numbers beyond every calendar, where a row has a number: each read is quiet, and no round stops at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import BigInteger, Integer, Table, delete, insert

from bot.jobs.ticks import JOBS
from storage import _tables as tables
from storage import sign_in
from storage._sql import Tx
from storage.bindings import find_chat, mint, pressed, talk_in, tidy
from storage.commands import AskToBeSent, Say
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.letters import decide_letter
from storage.maintenance import all_tasks, inbox_rows, outbox_rows
from storage.outbox import claim, hold, pause, paused_until, sweep
from storage.payloads import TalkState
from storage.places import places_of
from storage.queries import Deliveries, OpenTasks, WhoRead
from storage.records import RecordId, StaffId
from storage.staff_sign_in import my_sessions
from storage.talks import open_talk, state_text
from tests.contract.signing_in import accept, invite
from tests.storage.family import CASE, MIRA
from tests.storage.house import UNIT, House, open_house, signed_in
from tests.storage.planted import AID, AMINA, CHAT, HANNA, MARIA, plant
from tests.test_doors import QUERIES, TABLE, sample

NUMBERS = [
    (table, column.name)
    for table in tables.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Integer | BigInteger)
]
VALUES = {"words": "'words'", "huge": str(2**62), "below": str(-(2**62))}
START = TalkState("welcome/start", 1, {})
WHO = ("the child", "her worker", "the auditor", "the recipient", "the aid worker")
Try = Callable[[House], object]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which every table has rows, two children's lives ahead of a clock that stands still."""
    with open_house("sqlite://", tmp_path_factory.mktemp("numbers")) as house:
        plant(house)
        house.done(MARIA, AskToBeSent(AID, AMINA, RecordId("meeting-1"), house.clock.now + timedelta(days=1)))
        house.store.run(lambda tx: sign_in.attempt_pin(tx, MIRA))
        house.store.run(lambda tx: sign_in.guess_slot(tx, "address:1"))
        house.store.run(lambda tx: pause(tx, "bot", 1))
        yield house


def test_every_number_of_every_table_is_swept(street: House) -> None:
    assert len(NUMBERS) > 40
    assert {table.name for table, _ in NUMBERS if street.count(table) == 0} == set()


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("table", "column"), NUMBERS, ids=lambda one: getattr(one, "name", one))
def test_a_number_that_is_none_breaks_nothing(street: House, table: Table, column: str, value: str) -> None:
    kept = _before(street)
    for doing in _tries(street):
        try:
            street.store.run(lambda tx: _spoil(tx, table, column, VALUES[value]))
            doing(street)
        finally:
            _restore(street, kept)


def test_a_list_that_does_not_read_is_refused_and_a_worker_has_the_task(street: House) -> None:
    kept = _before(street)
    try:
        street.store.run(lambda tx: _spoil(tx, tables.outbox, "due_at", VALUES["huge"]))
        assert street.ask(MARIA, Deliveries(AID)) == Withheld(Reason.INTEGRITY)
        assert Duty.INTEGRITY in street.open_codes(AID)
        street.store.run(lambda tx: _spoil(tx, tables.visit, "at", VALUES["below"]))
        assert street.ask(signed_in(MIRA), WhoRead(CASE)) == Withheld(Reason.INTEGRITY)
        assert Duty.INTEGRITY in street.open_codes(CASE)
    finally:
        _restore(street, kept)


def test_a_duty_whose_day_is_none_is_due_and_not_gone(street: House) -> None:
    kept = _before(street)
    try:
        shown = {task.id for task in street.see(HANNA, OpenTasks(UNIT))}
        street.store.run(lambda tx: _spoil(tx, tables.task, "due_at", VALUES["below"]))
        tasks = street.see(HANNA, OpenTasks(UNIT))
        assert shown <= {task.id for task in tasks}
        assert {task.due_at for task in tasks} == {street.clock.now}
    finally:
        _restore(street, kept)


def _spoil(tx: Tx, table: Table, column: str, value: str) -> None:
    key = column in table.primary_key.columns
    where = f" WHERE rowid IN (SELECT max(rowid) FROM {table.name})" if key else ""
    tx.conn.exec_driver_sql(f"UPDATE {table.name} SET {column} = {value}{where}")


def _before(house: House) -> dict[Table, list[dict[str, Any]]]:
    return {table: [dict(row._mapping) for row in house.rows(table)] for table in tables.metadata.sorted_tables}


def _restore(house: House, kept: dict[Table, list[dict[str, Any]]]) -> None:
    for table, rows in kept.items():
        house.tamper(delete(table))
        if rows:
            house.tamper(insert(table).values(rows))


def _tries(house: House) -> Iterator[Try]:
    """Everything that reads rows: the questions, the doors, the rounds of the clock, the sender."""
    yield _every_question
    yield _coming_in
    yield _in_a_chat
    yield _the_rounds
    yield _the_sender
    yield _saying_something


def _every_question(house: House) -> None:
    for who in WHO:
        actor, case, person, allowed = TABLE[who]
        for of in QUERIES:
            if of.__name__ in allowed:
                house.ask(actor, sample(of, case, person))


def _coming_in(house: House) -> None:
    def call(tx: Tx) -> None:
        came = sign_in.visit_open(tx, state_text(START))
        open_talk(tx, came.token, write=True)
        places_of(tx, MIRA)
        sign_in.attempt_pin(tx, MIRA)
        sign_in.guess_slot(tx, "address:1")
        my_sessions(tx, StaffId("nobody"))

    house.store.run(call)
    accept(house, *invite(house))


def _in_a_chat(house: House) -> None:
    def call(tx: Tx) -> None:
        talk = talk_in(tx, find_chat(tx, CHAT), START, content=True)
        pressed(tx, mint(tx, talk.id, 1, ["help"])["help"])
        tidy(tx)

    house.store.run(call)


def _the_rounds(house: House) -> None:
    for _, round_ in JOBS:
        house.store.run(round_)
    for list_ in (all_tasks, inbox_rows, outbox_rows):
        house.store.run(list_)


def _the_sender(house: House) -> None:
    house.store.run(sweep)
    house.store.run(lambda tx: hold(tx, "bot", "w", 1000))
    house.store.run(lambda tx: paused_until(tx, "bot"))
    house.clock.move(days=1)
    for row in house.store.run(lambda tx: claim(tx, "w", 50)):
        house.store.run(partial(decide_letter, row=row, worker="w"))
    house.clock.move(days=-1)


def _saying_something(house: House) -> None:
    house.do(signed_in(MIRA), Say(CASE, "hej", None, None))
