"""A marked word in every field of a case is found nowhere: not in files, not in logs, not in what goes wrong."""

from __future__ import annotations

import base64
import logging
import traceback
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from storage.backup import create
from storage.commands import Say, WriteEntry
from storage.payloads import PAYLOADS, Unreadable, read, write
from storage.queries import MyThread, OneEntry
from tests.parts.canaries import found, sweep
from tests.parts.postgres import Postgres
from tests.parts.tap import Tap
from tests.storage.family import CASE, MIRA, full_entry
from tests.storage.house import House, open_house, signed_in
from tests.storage.planted import CHAT, HANNA, MARK, OTHER_CHAT, WORDS, plant

SECRETS = (MARK, "2016-03-01", "sv-lattlast", "suicide", str(CHAT), str(OTHER_CHAT))


def _found(content: bytes, words: tuple[str, ...] = SECRETS) -> list[str]:
    return found(content, words)


def _files(house: House) -> list[Path]:
    """Every file in which this house's rows may lie."""
    if house.store.is_sqlite:
        return [path for path in house.folder.rglob("*") if path.is_file()]
    with psycopg.connect(make_url(house.url).set(drivername="postgresql").render_as_string(False)) as connection:
        connection.execute("CHECKPOINT")
        connection.execute("SELECT pg_switch_wal()")
        row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    assert row is not None
    return [path for path in Path(row[0]).rglob("*") if path.is_file()]


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every log at its loudest, from before the house is opened: an engine looks at its level when it is made."""
    for name in (None, "sqlalchemy.engine", "sqlalchemy.pool", "alembic", "psycopg", "storage"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def test_the_search_finds_a_word_that_lies_in_clear(house: House) -> None:
    word = "ZqxInClearVjk"
    house.store.run(lambda tx: tx.conn.execute(text("UPDATE meta SET value = :word"), {"word": word}) and None)
    if house.url == "sqlite://":
        assert _found(_image(house), (word,)) == [word]
        return
    assert any(_found(path.read_bytes(), (word,)) for path in _files(house))
    for n in range(3):
        assert _found(base64.b64encode(b"x" * n + word.encode() + b"yz"), (word,)) == [word]


def _image(house: House) -> bytes:
    """The database that lives in memory, as the file it would be."""
    image: bytes = house.store.run(lambda tx: tx.conn.connection.driver_connection.serialize())  # type: ignore[union-attr]
    return image


def test_no_file_holds_a_planted_word(house: House) -> None:
    plant(house)
    if house.url == "sqlite://":
        image = _image(house)
        assert len(image) > 50_000
        assert _found(image) == []
        return
    files = _files(house)
    assert sum(path.stat().st_size for path in files) > 100_000
    for path in files:
        # PostgreSQL throws away files of its own while they are looked through; what is gone holds nothing.
        with suppress(FileNotFoundError):
            assert _found(path.read_bytes()) == [], path


def test_no_backup_holds_a_planted_word(house: House) -> None:
    plant(house)
    place, manifest = create(house.store, house.folder / "copies", house.clock.now)
    assert manifest.bytes > 50_000
    assert sweep(place, SECRETS) == {}
    # The search would see it: the case's clear id lies there.
    assert found((place / manifest.file).read_bytes(), (CASE,)) == [CASE]


def test_the_wire_to_the_database_carries_no_planted_word(postgres: Postgres, tmp_path: Path) -> None:
    """What is sent to PostgreSQL and what comes back: ids, instants, and sealed bytes (as hex or as they are)."""
    name = postgres.create_database()
    url = postgres.url(name)
    with Tap.of(url) as tap:
        with open_house(tap.instead_of(url), tmp_path) as house:
            plant(house)
            for actor in (signed_in(MIRA), HANNA):
                house.ask(actor, OneEntry(CASE, full_entry("child_interview").id))
            clear = "ZqxInClearVjk"
            house.store.run(lambda tx: tx.conn.execute(text("SELECT :word"), {"word": clear}) and None)
        wire = tap.heard
    postgres.drop_database(name)
    assert b"INSERT INTO part" in wire
    assert len(wire) > 200_000
    assert found(wire, (clear,)) == [clear]
    assert found(wire, SECRETS) == []


def test_no_log_at_any_level_holds_a_planted_word(loud: pytest.LogCaptureFixture, house: House) -> None:
    plant(house)
    assert any("INSERT INTO part" in record.getMessage() for record in loud.records)
    assert _found(loud.text.encode()) == []
    assert _found("".join(str(record.__dict__) for record in loud.records).encode()) == []


def test_no_failure_of_the_database_quotes_a_planted_word(house: House) -> None:
    plant(house)
    house.store.run(lambda tx: tx.conn.execute(text("ALTER TABLE part RENAME TO part_gone")) and None)
    said = []
    entry = full_entry("verdict", "new", written_by=WORDS["entryby"])
    for call in (
        lambda: house.ask(signed_in(MIRA), MyThread(CASE)),
        lambda: house.ask(signed_in(MIRA), OneEntry(CASE, entry.id)),
        lambda: house.do(signed_in(MIRA), Say(CASE, WORDS["message"], None, None)),
        lambda: house.do(HANNA, WriteEntry(CASE, entry)),
    ):
        with pytest.raises(DBAPIError) as caught:
            call()
        said.append("".join(traceback.format_exception(caught.value)))
    house.store.run(lambda tx: tx.conn.execute(text("ALTER TABLE part_gone RENAME TO part")) and None)
    assert _found("".join(line for line in said).encode()) == []


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_of_the_wrong_shape_breaks_without_quoting_it(name: str) -> None:
    for raw in (b'{"child": "%s"}' % WORDS["child"].encode(), WORDS["child"].encode()):
        with pytest.raises(Unreadable) as caught:
            read(name, 1, raw)
        assert _found("".join(traceback.format_exception(caught.value)).encode()) == []
    with pytest.raises(Unreadable) as caught:
        write(name, {"child": WORDS["child"]})
    assert _found("".join(traceback.format_exception(caught.value)).encode()) == []
