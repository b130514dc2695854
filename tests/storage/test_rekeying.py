"""New keys under an open house: nothing is lost on the way, writes go on, and a kill is gone on from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from sqlalchemy import bindparam, select

from storage import _tables as tables
from storage import sign_in
from storage._desk import Done
from storage._sealing import Culled, number_of
from storage._sql import Tx
from storage.commands import OpenCase, Say, SetProfile
from storage.consent import Reason, Withheld
from storage.gate import Sitting
from storage.payloads import TalkState
from storage.queries import MyProfile, MyThread, Sheet, Timeline, WholeEntries
from storage.records import CaseId, Channel, Side
from storage.rekeying import Progress, reseal, rewrap, status
from storage.talks import move, open_talk, state_text
from tests.parts.postgres import Postgres
from tests.prove.kills import closed_rows
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, Family, everyone, full_entry, move_in
from tests.storage.house import UNIT, House, open_house, signed_in

MONTH = "2046-03"
_A_DEK = select(tables.dek).where(tables.dek.c.owner == bindparam("o")).order_by(tables.dek.c.compartment)


@pytest.fixture(params=["file", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty house in a file, or on PostgreSQL."""
    if request.param == "file":
        with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path) as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create_database()
    with open_house(server.url(name), tmp_path) as opened:
        yield opened
    server.drop_database(name)


@pytest.fixture
def full(house: House) -> Family:
    """Mira's case with a card for everyone and a message."""
    family = move_in(house)
    family.contact()
    family.clear()
    for kind in ("report_social", "trial"):
        family.write(full_entry(kind, kind, releases=everyone()))
    house.done(signed_in(MIRA), Say(CASE, "hej", None, None))
    return family


def all_said(house: House) -> list[object]:
    """What everybody in the case reads."""
    return [
        house.see(signed_in(MIRA), Timeline(CASE)),
        house.see(signed_in(MIRA), MyThread(CASE)),
        house.see(signed_in(MIRA), MyProfile(MIRA)),
        house.see(signed_in(MOTHER), Timeline(CASE)),
        house.see(HANNA, Sheet(CASE)),
        house.see(HANNA, WholeEntries(CASE)),
    ]


def wraps(house: House) -> dict[tuple[str, str], bytes]:
    """Every wrapped data key."""
    return {(row.owner, row.compartment): row.wrapped for row in house.rows(tables.dek)}


def test_rewrapping_changes_every_wrap_and_no_word_and_ends_the_old_key(full: Family) -> None:
    house = full.house
    said, before = all_said(house), wraps(house)
    done = rewrap(house.store, seconds=60)
    assert (done.done, done.total, done.broken, done.finished) == (len(before), len(before), 0, True)
    after = wraps(house)
    assert {number_of(wrapped) for wrapped in after.values()} == {2}
    assert all(after[at] != before[at] for at in before)
    assert all_said(house) == said
    assert house.store.keyring.months() == {MONTH: (2,)}
    house.store.close()
    with open_house(house.url, house.folder) as again:
        assert all_said(again) == said
        full.house.store = again.store
        full.write(full_entry("verdict", "later"))
        assert house.see(HANNA, WholeEntries(CASE)) != said[-1]


def test_resealing_changes_every_row_and_no_word(full: Family) -> None:
    house = full.house
    said, before = all_said(house), wraps(house)
    sealed = {row.sealed for table in (tables.part, tables.rule) for row in house.rows(table)}
    done = reseal(house.store, seconds=60)
    assert (done.broken, done.finished) == (0, True)
    after = {row.sealed for table in (tables.part, tables.rule) for row in house.rows(table)}
    assert len(after) == len(sealed)
    assert not sealed & after
    assert not set(before.values()) & set(wraps(house).values())
    house.store.smith.forget()
    assert all_said(house) == said
    house.done(signed_in(MIRA), SetProfile(MIRA, "en"))


def test_a_conversation_that_was_resealed_stands_where_it_stood(full: Family) -> None:
    store = full.house.store
    token, code = store.run(lambda tx: sign_in.make_invite(tx, MIRA, CASE, by_letter=False))
    start = state_text(TalkState("welcome/start", 1, {}))
    came = store.run(lambda tx: sign_in.accept_invite(tx, token, code, start))
    assert came is not None
    here = TalkState("my_way/timeline", 1, {})

    def step(tx: object) -> None:
        talk = open_talk(tx, came.token, write=True)  # type: ignore[arg-type]
        assert talk is not None
        move(tx, talk, here, forward=True)  # type: ignore[arg-type]

    store.run(step)
    assert reseal(store, seconds=60).finished
    store.smith.forget()
    talk = store.run(lambda tx: open_talk(tx, came.token, write=False))
    assert talk is not None
    assert talk.state == here


@pytest.mark.parametrize("deed", [rewrap, reseal])
def test_in_slices_others_write_between_them_and_it_goes_on_where_it_was(full: Family, deed: object) -> None:
    house = full.house
    first: Progress = deed(house.store, seconds=-1)  # type: ignore[operator]
    assert not first.finished
    under_way = status(house.store)
    assert under_way.rewrapping == ((MONTH,) if deed is rewrap else ())
    full.write(full_entry("verdict", "between"))
    house.carry_in("noa")
    said = all_said(house)
    house.store.close()
    with open_house(house.url, house.folder) as again:
        done: Progress = deed(again.store, seconds=60)  # type: ignore[operator]
        assert done.finished
        assert all_said(again) == said
        after = status(again.store)
        assert (after.rewrapping, after.resealing) == ((), False)
        if deed is rewrap:
            assert again.store.keyring.months()[MONTH] == (2,)


def test_what_does_not_open_is_left_as_it_lies_and_keeps_its_key(full: Family) -> None:
    house = full.house
    (row,) = house.rows(tables.dek, owner=CASE, compartment="child")
    bad = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
    house.tamper(tables.dek.update().where(tables.dek.c.wrapped == row.wrapped).values(wrapped=bad))
    house.store.smith.forget()
    done = rewrap(house.store, seconds=60)
    assert (done.broken, done.finished) == (1, True)
    assert wraps(house)[(CASE, "child")] == bad
    assert house.store.keyring.months()[MONTH] == (1, 2)
    assert reseal(house.store, seconds=60).broken == 1
    assert house.open_codes(CASE).count("f1") == 1
    assert len(house.see(HANNA, WholeEntries(CASE))) == 2


def test_a_key_of_another_month_opens_nothing_though_it_was_open_a_moment_ago(full: Family) -> None:
    """The memory of keys goes by the month too: a row moved away from a culled month is no way back."""
    house = full.house
    house.carry_in("noa")
    other = next(month for month in house.store.keyring.months() if month != MONTH)
    assert house.see(signed_in(MIRA), Timeline(CASE)).items
    house.store.keyring.destroy_month(MONTH)
    house.tamper(tables.dek.update().where(tables.dek.c.owner == CASE).values(month=other))
    assert house.ask(signed_in(MIRA), Timeline(CASE)) == Withheld(Reason.INTEGRITY)


def test_a_second_process_learns_of_new_keys_when_it_meets_them(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.create_database()
    url = postgres.url(name)
    with open_house(url, tmp_path) as one, open_house(url, tmp_path) as two:
        family = move_in(one)
        family.contact()
        family.write(full_entry("trial", releases=everyone()))
        assert len(two.see(HANNA, WholeEntries(CASE))) == 1
        assert rewrap(one.store, seconds=60).finished
        two.store.smith.forget()
        assert len(two.see(HANNA, WholeEntries(CASE))) == 1
        two.done(signed_in(MIRA), Say(CASE, "hej", None, None))
        assert {number_of(row.wrapped) for row in two.rows(tables.dek)} == {2}
    with psycopg.connect(postgres.conninfo(name)) as connection:
        assert connection.execute("SELECT count(*) FROM meta WHERE name LIKE 'rewrap:%'").fetchone() == (0,)
    postgres.drop_database(name)


def test_what_one_process_culled_is_not_held_by_another(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.create_database()
    url = postgres.url(name)
    with open_house(url, tmp_path) as one, open_house(url, tmp_path) as two:
        family = move_in(one)
        family.contact()
        two.store.keyring.refresh()
        assert two.store.keyring.month(MONTH) is not None
        one.store.keyring.destroy_month(MONTH)
        two.store.keyring.refresh()
        assert two.store.keyring.month(MONTH) is None
        assert two.ask(signed_in(MIRA), Timeline(CASE)) == Withheld(Reason.CULLED)
    postgres.drop_database(name)


def test_the_first_key_of_a_month_that_two_processes_want_at_once_is_one(postgres: Postgres, tmp_path: Path) -> None:
    name = postgres.create_database()
    url = postgres.url(name)
    with open_house(url, tmp_path) as one, open_house(url, tmp_path) as two:
        deeds = [
            house.store.submit(partial(_open_a_case, f"case-{number}")) for number, house in enumerate((one, two) * 6)
        ]
        assert all(deed.result() for deed in deeds)
        assert one.store.keyring.months().keys() == two.store.keyring.months().keys() == {"2050-01"}
        for house in (one, two):
            for number in range(12):
                assert house.see(HANNA, Sheet(CaseId(f"case-{number}"))).ref == f"case-{number}"
    postgres.drop_database(name)


def _open_a_case(name: str, tx: Tx) -> bool:
    with Sitting(tx, HANNA, Channel.CONSOLE, lock=True) as sitting:
        return isinstance(sitting.do(OpenCase(CaseId(name), UNIT, Side.BARNAHUS, name, "2050-01")), Done)


def test_writes_go_on_while_every_key_is_changed_and_all_of_it_opens(full: Family) -> None:
    house, wrong, done = full.house, [], Event()

    def write() -> None:
        number = 0
        while not done.is_set() or number < 20:
            number += 1
            try:
                house.done(signed_in(MIRA), Say(CASE, f"word {number}", None, None))
                house.done(signed_in(MIRA), SetProfile(MIRA, "sv" if number % 2 else "en"))
            except Exception as broke:
                wrong.append(broke)

    writers = [Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for _ in range(4):
        assert reseal(house.store, seconds=60).broken == 0
        assert rewrap(house.store, seconds=60).broken == 0
    done.set()
    for writer in writers:
        writer.join()
    assert wrong == []
    house.store.smith.forget()
    assert house.store.run(closed_rows) == 0


@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_a_row_read_before_its_key_was_changed_and_opened_after_is_read_again(full: Family) -> None:
    """A reader slower than a whole change of keys: on PostgreSQL it is told the words, never that they are culled."""
    house, tries = full.house, []

    def read_slowly(tx: Tx) -> None:
        row = tx.rows(_A_DEK, {"o": MIRA})[0]
        tries.append(number_of(row.wrapped))
        if len(tries) == 1:
            house.store.smith.forget()
            assert tx.locks, "one writer does not read while keys are changed"
            changing = Thread(target=partial(rewrap, house.store, seconds=60))
            changing.start()
            changing.join()
        tx.smith.unwrap(row.wrapped, row.owner, row.compartment, row.month)

    house.store.run(read_slowly)
    assert tries == [1, 2]


def test_a_row_whose_replaced_key_is_gone_is_told_as_culled_and_not_asked_for_for_ever(full: Family) -> None:
    """A copy of the database from before a change of keys, put back: its rows name a key that nobody has."""
    house, tries = full.house, []
    before = house.store.run(lambda tx: tx.rows(_A_DEK, {"o": MIRA})[0])
    rewrap(house.store, seconds=60)
    house.store.smith.forget()

    def read(tx: Tx) -> None:
        tries.append(1)
        tx.smith.unwrap(before.wrapped, before.owner, before.compartment, before.month)

    with pytest.raises(Culled):
        house.store.run(read)
    assert len(tries) == (1 if house.store.is_sqlite else 5)
