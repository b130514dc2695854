"""Looking waits for nobody: where writers of one case wait for one another, whoever only reads it does not."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from storage._sql import Tx
from storage.consent import Withheld
from storage.gate import Sitting
from storage.queries import Sheet
from storage.records import Channel
from tests.parts.postgres import Postgres
from tests.storage.family import CASE, HANNA, OLLE, move_in
from tests.storage.house import open_house


def test_who_only_looks_does_not_wait_for_who_is_changing_the_case(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.create_database()
    holds, enough = Event(), Event()

    def changes(tx: Tx) -> None:
        with Sitting(tx, HANNA, Channel.CONSOLE, lock=True) as sitting:
            assert sitting.standing(CASE) is not None
            holds.set()
            enough.wait(60)

    def looks(tx: Tx) -> str:
        with Sitting(tx, OLLE, Channel.CONSOLE) as sitting:
            sheet = sitting.ask(Sheet(CASE))
            return "no" if isinstance(sheet, Withheld) else sheet.ref

    with open_house(postgres.url(name), tmp_path) as house:
        move_in(house)
        change = house.store.submit(changes)
        try:
            assert holds.wait(60)
            assert house.store.submit(looks).result(10) == "BH-1"
            assert not change.done()
        finally:
            enough.set()
        change.result(60)
    postgres.drop_database(name)
